/* mremap: makes a mapping longer or shorter, or moves it together with its pages, which are not
 * copied.
 *
 * 1. Check the arguments; find the VMA, and ask the limits if it becomes larger (remap_source).
 * 2. If the mapping becomes shorter, unmap its end (remap_shorten). One that stays where it is, is
 *    done then.
 * 3. With the space's lock held, grow the VMA where it is, if what follows is free (remap_grow).
 * 4. Otherwise find the new place, or unmap what is there (remap_place), and move PTEs and VMAs
 *    (remap_move). All that can fail comes before the first change: memory for VMAs, and the tables
 *    at both ends.
 *
 * Between steps 2 and 3 the lock is free, so another thread may have changed everything: step 3
 * begins by checking the VMA again. Step 4 releases it between pieces, too, but then space->moving
 * is set: no other thread changes VMAs or pages, and faults wait. So they find what was mapped
 * before or what is mapped afterwards, and nothing in between. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "lock.h"
#include "syscall_calls.h"

struct remap {
    struct space *space;
    uint64_t old, old_bytes, new, new_bytes; /* page-aligned */
    unsigned flags;                          /* MREMAP_* */
    struct flush flush;
    struct list dead;
};

/* True if the caller says where, or that the mapping is to move: then it moves in any case. */
static bool is_placed(const struct remap *remap)
{
    return remap->flags & (MREMAP_FIXED | MREMAP_DONTUNMAP);
}

/* Checks the arguments in Linux's order and rounds the lengths; one beyond 2^64 becomes 0. 0 or
 * -EINVAL. */
static int remap_check(struct remap *remap)
{
    unsigned known = MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP;
    if (remap->flags & ~known || remap->old % PAGE_SIZE)
        return -EINVAL;
    if (is_placed(remap) && !(remap->flags & MREMAP_MAYMOVE))
        return -EINVAL;
    remap->old_bytes = align_up(remap->old_bytes, PAGE_SIZE);
    remap->new_bytes = align_up(remap->new_bytes, PAGE_SIZE);
    if (!remap->new_bytes || remap->new_bytes > USER_END)
        return -EINVAL;
    if (remap->flags & MREMAP_DONTUNMAP && remap->old_bytes != remap->new_bytes)
        return -EINVAL;
    if (!is_placed(remap))
        return 0;
    if (remap->new % PAGE_SIZE || remap->new > USER_END - remap->new_bytes)
        return -EINVAL;
    bool apart =
        remap->new + remap->new_bytes <= remap->old || remap->old + remap->old_bytes <= remap->new;
    return apart ? 0 : -EINVAL;
}

/* By how many bytes the mapped memory grows; 0 if it shrinks. */
static uint64_t bytes_added(const struct remap *remap)
{
    if (remap->flags & MREMAP_DONTUNMAP)
        return remap->new_bytes;
    return remap->new_bytes > remap->old_bytes ? remap->new_bytes - remap->old_bytes : 0;
}

/* May the VMA at the old place grow or move? Without old bytes, shared pages are mapped a second
 * time. 0, -EFAULT, -EINVAL, -ENOMEM, or -EAGAIN if too much would be locked. Lock: space->lock
 * held. */
static int remap_source(const struct remap *remap, const struct vma *vma)
{
    struct space *space = remap->space;
    if (!vma)
        return -EFAULT;
    if (!is_placed(remap) && remap->new_bytes <= remap->old_bytes)
        return 0;
    if (!remap->old_bytes && !(vma->flags & VMA_SHARED))
        return -EINVAL;
    if (min(remap->old_bytes, remap->new_bytes) > vma->end - remap->old)
        return -EFAULT;
    uint64_t offset = vma->offset + (remap->old - vma->start), more = bytes_added(remap);
    if (more && vma->backing && offset + remap->new_bytes < offset)
        return -EINVAL;
    int err = more ? space_check_locks(space, more, vma->flags, false) : 0;
    if (err)
        return err;
    return !more || space_within_limits(space, more, vma->prot, vma->flags) ? 0 : -ENOMEM;
}

/* Grows the VMA where it is, if it ends there and what follows is free. 0 or -ENOMEM. */
static int remap_grow(struct remap *remap, struct vma *vma)
{
    struct space *space = remap->space;
    uint64_t grown = remap->new_bytes - remap->old_bytes, end = remap->old + remap->old_bytes;
    if (vma->end != end || grown > USER_END - end || !vmas_free(space, end, end + grown))
        return -ENOMEM;
    vma_extend(space, vma, end + grown);
    return 0;
}

/* Unmaps the old place, from which the pages are gone, or, for MREMAP_DONTUNMAP, leaves it, not
 * locked. Needs two VMAs. */
static void remap_leave(struct remap *remap)
{
    struct space *space = remap->space;
    uint64_t end = remap->old + remap->old_bytes;
    if (!remap->old_bytes)
        return;
    if (!(remap->flags & MREMAP_DONTUNMAP)) {
        vmas_cut(space, remap->old, end, &remap->dead);
        return;
    }
    struct vma *vma = vma_at(space, remap->old);
    vma_change(space, vma, remap->old, end, vma->prot, vma->flags & ~VMA_LOCKS);
}

/* Makes the tables that the move of a piece changes, at both ends, this space's own. 0 or
 * -ENOMEM. */
static int piece_prepare(struct remap *remap, uint64_t at, uint64_t end)
{
    struct space *space = remap->space;
    uint64_t way = remap->new - remap->old;
    if (tables_isolate(space, at, &remap->flush) < 0 ||
        tables_isolate(space, end, &remap->flush) < 0)
        return -ENOMEM;
    while (next_table(space, &at, end)) {
        uint64_t limit = min(end, align_down(at, LARGE_SPAN) + LARGE_SPAN);
        if (!pte_own(space, at, &remap->flush) || !pte_own(space, at + way, &remap->flush) ||
            !pte_own(space, limit - PAGE_SIZE + way, &remap->flush))
            return -ENOMEM;
        at = limit;
    }
    return 0;
}

/* Moves the pages of a piece to where there are none, and frees the tables that are empty then. It
 * was prepared, so it cannot fail: 0. */
static int piece_move(struct remap *remap, uint64_t start, uint64_t end)
{
    struct space *space = remap->space;
    uint64_t at = start, way = remap->new - remap->old;
    for (pte_t *table; (table = next_table(space, &at, end));) {
        uint64_t limit = min(end, align_down(at, LARGE_SPAN) + LARGE_SPAN);
        pte_t *place = NULL;
        for (; at < limit; at += PAGE_SIZE, place++) {
            pte_t *pte = &table[table_index(at, 1)];
            if (!place || (at + way) % LARGE_SPAN == 0)
                place = pte_own(space, at + way, &remap->flush);
            if (!*pte)
                continue;
            pte_fill(place, pte_set(pte, 0));
            flush_page(&remap->flush, at);
        }
    }
    tables_clear(space, start, end, &remap->flush);
    return 0;
}

/* Does one or the other with all pages, in pieces, and lets other threads run in between: 0 or
 * -ENOMEM. A thread that was killed goes on, as half a move is none. */
static int in_pieces(struct remap *remap, int (*step)(struct remap *, uint64_t, uint64_t))
{
    struct space *space = remap->space;
    uint64_t end = remap->old + min(remap->old_bytes, remap->new_bytes);
    for (uint64_t at = remap->old; at < end;) {
        uint64_t stop = tables_reach(space, at, end, PIECE_TABLES);
        int err = step(remap, at, stop);
        flush_end(&remap->flush);
        if (err)
            return err;
        at = stop;
        if (at < end)
            space_breathe(space, false);
    }
    return 0;
}

/* Moves pages and VMAs to remap->new, where nothing is mapped. 0, or -ENOMEM with nothing changed.
 * Not inline, so that the caller's stack frame, which holds the flush, does not grow. */
__attribute__((noinline)) static int remap_move(struct remap *remap)
{
    struct space *space = remap->space;
    struct vma vma = *vma_at(space, remap->old);
    if (vma.backing)
        vma.offset += remap->old - vma.start;
    vma.start = remap->new;
    vma.end = remap->new + remap->new_bytes;
    /* all that may fail comes first: memory for VMAs, tables at both ends */
    if (space->n_vmas + 3 >= most_vmas() || !vmas_reserve(space, 3))
        return -ENOMEM;
    int err = in_pieces(remap, piece_prepare);
    if (!err)
        err = in_pieces(remap, piece_move);
    if (err)
        return err;
    vmas_add(space, &vma);
    remap_leave(remap);
    return 0;
}

/* Unmaps what is at the new place. 0 or -ENOMEM. */
static int unmap_there(struct remap *remap)
{
    struct space *space = remap->space;
    uint64_t end = remap->new + remap->new_bytes;
    int err = 0;
    for (uint64_t at = remap->new; at < end && !err;) {
        uint64_t stop = piece_end(space, at, end);
        err = space_unmap_locked(space, at, stop, &remap->flush, &remap->dead);
        flush_end(&remap->flush);
        at = stop;
        if (at < end)
            space_breathe(space, false);
    }
    return err;
}

/* Finds the new place, or unmaps what is there. 0 or -errno. With MREMAP_FIXED and no old bytes,
 * that may have removed the pages that are to be mapped a second time. */
static int remap_place(struct remap *remap)
{
    struct space *space = remap->space;
    if (!(remap->flags & MREMAP_FIXED)) {
        uint64_t wanted = is_placed(remap) ? remap->new : 0;
        remap->new = space_find_place(space, wanted, remap->new_bytes, 0);
        return remap->new ? 0 : -ENOMEM;
    }
    if (remap->new < least_address() && !caller_is_root())
        return -EPERM;
    int err = unmap_there(remap);
    return err || vma_at(space, remap->old) ? err : -EFAULT;
}

/* The new address or -errno. Lock: space->lock held; it is released in between. */
static long remap_locked(struct remap *remap)
{
    struct vma *vma = vma_at(remap->space, remap->old);
    int err = remap_source(remap, vma);
    if (err)
        return err;
    if (!is_placed(remap) && remap_grow(remap, vma) == 0)
        return (long)remap->old;
    if (!(remap->flags & MREMAP_MAYMOVE))
        return -ENOMEM;
    remap->space->moving = true;
    err = remap_place(remap);
    if (!err)
        err = remap_move(remap);
    remap->space->moving = false;
    return err ? err : (long)remap->new;
}

/* Lets those run that have waited for a move, or a program that only moves would keep them waiting
 * for ever. Takes space->lock. */
static void let_others(struct space *space)
{
    spin_lock(&space->lock);
    while (space->n_awaiting)
        space_breathe(space, true);
    spin_unlock(&space->lock);
}

/* If the mapping becomes shorter, unmaps its end. 0 or -errno. Takes space->lock. */
static int remap_shorten(struct remap *remap)
{
    struct space *space = remap->space;
    spin_lock(&space->lock);
    int err = remap_source(remap, vma_at(space, remap->old));
    spin_unlock(&space->lock);
    if (err || remap->old_bytes <= remap->new_bytes)
        return err;
    err = space_unmap(space, remap->old + remap->new_bytes, remap->old_bytes - remap->new_bytes);
    remap->old_bytes = remap->new_bytes;
    return err;
}

long sys_mremap(struct space *space, uaddr_t addr, size_t old_length, size_t new_length,
                unsigned int flags, uaddr_t new_addr)
{
    struct remap remap = {.space = space,
                          .old = addr.at,
                          .old_bytes = old_length,
                          .new = new_addr.at,
                          .new_bytes = new_length,
                          .flags = flags};
    int err = remap_check(&remap);
    if (!err)
        err = remap_shorten(&remap);
    if (err)
        return err;
    if (!is_placed(&remap) && remap.new_bytes == remap.old_bytes)
        return (long)remap.old;
    list_init(&remap.dead);
    flush_begin(&remap.flush, space);
    space_lock_vmas(space);
    long result = remap_locked(&remap);
    vmas_release(space);
    flush_end(&remap.flush);
    spin_unlock(&space->lock);
    mappings_free(&remap.dead);
    if (result != (long)remap.old)
        let_others(space);
    if (result >= 0)
        space_lock_populate(space, result + remap.old_bytes, result + remap.new_bytes);
    return result;
}
