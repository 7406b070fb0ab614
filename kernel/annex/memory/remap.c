/* mremap: a mapping gets longer, shorter, or another place, and its pages come along uncopied. */
#include "abi/errno.h"
#include "mm/space.h"
#include "syscall_calls.h"

struct remap {
    struct space *space;
    uint64_t old, old_bytes, new, new_bytes; /* page-aligned */
    unsigned flags;                          /* MREMAP_* */
    struct flush flush;
    struct list dead;
};

/* Whether the caller has a say in the new place: it moves in any case. */
static bool is_placed(const struct remap *remap)
{
    return remap->flags & (MREMAP_FIXED | MREMAP_DONTUNMAP);
}

/* Checks what Linux checks first; 0, -EINVAL. Rounds the lengths, which beyond 2^64 become 0. */
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

/* How many bytes more the space has afterwards; less than nothing is 0. */
static uint64_t bytes_added(const struct remap *remap)
{
    if (remap->flags & MREMAP_DONTUNMAP)
        return remap->new_bytes;
    return remap->new_bytes > remap->old_bytes ? remap->new_bytes - remap->old_bytes : 0;
}

/* May the area at the old place get longer or move? 0, -EFAULT, -EINVAL, -EAGAIN where too much
 * would be locked, or -ENOMEM. Without old bytes, shared pages are mapped a second time. Lock:
 * space->lock held. */
static int remap_source(const struct remap *remap, const struct area *area)
{
    struct space *space = remap->space;
    if (!area)
        return -EFAULT;
    if (!is_placed(remap) && remap->new_bytes <= remap->old_bytes)
        return 0;
    if (!remap->old_bytes && !(area->flags & AREA_SHARED))
        return -EINVAL;
    if (min(remap->old_bytes, remap->new_bytes) > area->end - remap->old)
        return -EFAULT;
    uint64_t offset = area->offset + (remap->old - area->start), more = bytes_added(remap);
    if (more && area->backing && offset + remap->new_bytes < offset)
        return -EINVAL;
    if (more && !space_may_lock_more(space, more, area->flags))
        return -EAGAIN;
    return !more || space_within_limits(space, more, area->prot, area->flags) ? 0 : -ENOMEM;
}

/* Grows where it is, if the area ends there and what follows is free. 0 or -ENOMEM. */
static int remap_grow(struct remap *remap, struct area *area)
{
    struct space *space = remap->space;
    uint64_t grown = remap->new_bytes - remap->old_bytes, end = remap->old + remap->old_bytes;
    if (area->end != end || grown > USER_END - end || !areas_free(space, end, end + grown))
        return -ENOMEM;
    area_extend(space, area, end + grown);
    return 0;
}

/* Takes the pages' old place out, or leaves it empty and not locked. Needs two areas. */
static void remap_leave(struct remap *remap)
{
    struct space *space = remap->space;
    uint64_t end = remap->old + remap->old_bytes;
    if (!remap->old_bytes)
        return;
    tables_clear(space, remap->old, end, &remap->flush);
    if (!(remap->flags & MREMAP_DONTUNMAP)) {
        areas_cut(space, remap->old, end, &remap->dead);
        return;
    }
    struct area *area = area_at(space, remap->old);
    area_change(space, area, remap->old, end, area->prot, area->flags & ~AREA_LOCKS);
}

/* Moves areas and pages to remap->new, where nothing is. 0 or -ENOMEM with nothing changed. Not
 * inline: the caller's frame has the flush. */
__attribute__((noinline)) static int remap_move(struct remap *remap)
{
    struct space *space = remap->space;
    uint64_t moved = min(remap->old_bytes, remap->new_bytes);
    struct area area = *area_at(space, remap->old);
    if (area.backing)
        area.offset += remap->old - area.start;
    area.start = remap->new;
    area.end = remap->new + remap->new_bytes;
    /* All that may fail comes first: places for areas, tables at both ends. */
    if (space->n_areas + 3 >= most_areas() || !areas_reserve(space, 3) ||
        tables_isolate(space, remap->old, &remap->flush) < 0 ||
        tables_isolate(space, remap->old + remap->old_bytes, &remap->flush) < 0 ||
        tables_move(space, remap->old, remap->new, moved, &remap->flush) < 0)
        return -ENOMEM;
    areas_add(space, &area);
    remap_leave(remap);
    return 0;
}

/* Finds or clears the new place; 0 or an error. What is cleared may be where the pages are that are
 * to be mapped a second time. */
static int remap_place(struct remap *remap)
{
    struct space *space = remap->space;
    if (!(remap->flags & MREMAP_FIXED)) {
        uint64_t wanted = is_placed(remap) ? remap->new : 0;
        remap->new = space_find_place(space, wanted, remap->new_bytes, 0);
        return remap->new ? 0 : -ENOMEM;
    }
    if (remap->new < least_address() && !mm_is_root())
        return -EPERM;
    int error = space_unmap_locked(space, remap->new, remap->new + remap->new_bytes, &remap->flush,
                                   &remap->dead);
    return error || area_at(space, remap->old) ? error : -EFAULT;
}

/* The work, with the space's lock held; the new address or an error. */
static long remap_locked(struct remap *remap)
{
    struct area *area = area_at(remap->space, remap->old);
    int error = remap_source(remap, area);
    if (error)
        return error;
    if (!is_placed(remap) && remap_grow(remap, area) == 0)
        return (long)remap->old;
    if (!(remap->flags & MREMAP_MAYMOVE))
        return -ENOMEM;
    error = remap_place(remap);
    if (!error)
        error = remap_move(remap);
    return error ? error : (long)remap->new;
}

/* Clears in pieces what takes long: what a shorter mapping leaves, and a large new place. 0 or an
 * error. Lock: takes space->lock. */
static int remap_clear(struct remap *remap)
{
    struct space *space = remap->space;
    uint64_t new_end = remap->new + remap->new_bytes;
    spin_lock(&space->lock);
    int error = remap_source(remap, area_at(space, remap->old));
    bool large = remap->flags & MREMAP_FIXED && piece_end(space, remap->new, new_end) < new_end &&
                 (remap->new >= least_address() || mm_is_root());
    spin_unlock(&space->lock);
    if (!error && large)
        error = space_unmap(space, remap->new, remap->new_bytes);
    if (error || remap->old_bytes <= remap->new_bytes)
        return error;
    error = space_unmap(space, remap->old + remap->new_bytes, remap->old_bytes - remap->new_bytes);
    remap->old_bytes = remap->new_bytes;
    return error;
}

/* Lock: takes space->lock. */
long sys_mremap(struct space *space, uaddr_t addr, size_t old_length, size_t new_length,
                unsigned int flags, uaddr_t new_addr)
{
    struct remap remap = {.space = space,
                          .old = addr.at,
                          .old_bytes = old_length,
                          .new = new_addr.at,
                          .new_bytes = new_length,
                          .flags = flags};
    int error = remap_check(&remap);
    if (!error)
        error = remap_clear(&remap);
    if (error)
        return error;
    if (!is_placed(&remap) && remap.new_bytes == remap.old_bytes)
        return (long)remap.old;
    list_init(&remap.dead);
    flush_begin(&remap.flush, space);
    space_lock_areas(space);
    long result = remap_locked(&remap);
    areas_release(space);
    flush_end(&remap.flush);
    spin_unlock(&space->lock);
    mappings_free(&remap.dead);
    if (result >= 0)
        space_lock_populate(space, result + remap.old_bytes, result + remap.new_bytes);
    return result;
}
