/* mmap, munmap and mprotect: they change which addresses are mapped, to what, and with which
 * rights.
 *
 * Each call checks its arguments and limits, allocates what it needs (VMAs, tables at the edges of
 * the range), and then changes VMAs and PTEs in steps that cannot fail. It collects the flush and
 * the mappings that have lost their last VMA (`dead`), and finishes both at the end: the flush
 * before the lock is released, the mappings after that, because to free them may drop the last
 * reference to a file.
 *
 * A range may cover all of user space, with 65,530 VMAs and gigabytes of pages. Therefore the
 * calls work in pieces of a millisecond or two, and in between release the lock and let other
 * threads run. Between two pieces another thread of the process may see, and change, a range that
 * is half done. This is allowed: the threads raced, and each address has what one of the calls gave
 * it. munmap first drops the pages of a large range and then removes its VMAs, so that the second
 * part is short. Only MAP_FIXED needs care: at each address there must be the old mapping or the
 * new one at any time, never nothing, so each piece is unmapped and mapped without releasing the
 * lock. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "abi/resource.h"
#include "space.h"
#include "syscall_calls.h"

/* ---- Limits ---- */

uint64_t mmap_min_addr = USER_START;

/* True for more bytes than the machine has memory: a program's mistake, which Linux refuses too.
 * Whatever is smaller is promised, and memory is found when it is touched. */
static bool exceeds_memory(uint64_t n_bytes)
{
    if (n_bytes < 16 * 1024 * 1024)
        return false;
    struct memory_counts counts;
    memory_count(&counts);
    return n_bytes > counts.total_frames * PAGE_SIZE;
}

bool space_may_write(const struct space *space, uint64_t n_bytes, uint32_t prot, uint32_t flags)
{
    if (!(prot & PROT_WRITE) || flags & VMA_SHARED)
        return true;
    if (!(flags & VMA_NORESERVE) && exceeds_memory(n_bytes))
        return false;
    return space->limit_data == RLIM_INFINITY || flags & VMA_STACK ||
           space->n_data_pages * PAGE_SIZE + n_bytes <= space->limit_data;
}

bool space_within_limits(const struct space *space, uint64_t n_bytes, uint32_t prot, uint32_t flags)
{
    return space->n_pages * PAGE_SIZE + n_bytes <= space->limit_space &&
           space_may_write(space, n_bytes, prot, flags);
}

/* ---- Locked memory, if there is nothing that locks it ---- */

static int may_lock_nothing(const struct space *space, uint64_t n_bytes, bool asked)
{
    (void)space, (void)n_bytes, (void)asked;
    return -EAGAIN;
}

static void populate_nothing(struct space *space, uint64_t start, uint64_t end)
{
    (void)space, (void)start, (void)end;
}

struct mm_locks mm_locks = {may_lock_nothing, populate_nothing};

/* ---- munmap ---- */

int space_discard_locked(struct space *space, uint64_t start, uint64_t end, struct flush *flush)
{
    if (tables_isolate(space, start, flush) < 0 || tables_isolate(space, end, flush) < 0)
        return -ENOMEM;
    tables_clear(space, start, end, flush);
    return 0;
}

/* Widens a range that is about to be unmapped by the unmapped addresses around it, within the
 * tables at its ends, so that a table that nothing uses any more is freed as a whole. */
static void widen(const struct space *space, uint64_t *start, uint64_t *end)
{
    const struct vma *first = vma_find(space, *start), *below = vma_below(space, first);
    const struct vma *after = vma_find(space, *end);
    uint64_t free_start = below ? below->end : 0;
    uint64_t free_end = after ? after->start : USER_END;
    if (!first || first->start >= *start)
        *start = max(align_down(*start, LARGE_SPAN), free_start);
    if (free_end >= *end)
        *end = min(align_up(*end, LARGE_SPAN), free_end);
}

int space_unmap_locked(struct space *space, uint64_t start, uint64_t end, struct flush *flush,
                       struct list *dead)
{
    if (vmas_free(space, start, end))
        return 0;
    const struct vma *vma = vma_at(space, start);
    bool splits = vma && vma->start < start && vma->end > end;
    if (splits && (!vmas_may_split(space) || !vmas_reserve(space, space->n_spares + 1)))
        return -ENOMEM;
    uint64_t clear_start = start, clear_end = end;
    widen(space, &clear_start, &clear_end);
    if (space_discard_locked(space, clear_start, clear_end, flush) < 0)
        return -ENOMEM;
    vmas_cut(space, start, end, dead);
    return 0;
}

/* The end of a range; 0 if the range is not in user space or does not start at a page. */
static uint64_t range_end(uint64_t start, uint64_t n_bytes)
{
    n_bytes = align_up(min(n_bytes, USER_END + 1), PAGE_SIZE);
    if (start % PAGE_SIZE || !uaddr_range_ok(uaddr(start), n_bytes))
        return 0;
    return start + n_bytes;
}

/* Drops the pages of [*at, end), a part of a range that begins at `start`, up to the end of a
 * piece, and moves *at there. Tables that have become empty are freed with the last of what they
 * cover, so a piece includes what was dropped before below the same table. 0 or -ENOMEM. Takes
 * space->lock. */
static int discard_piece(struct space *space, uint64_t start, uint64_t *at, uint64_t end)
{
    struct flush flush;
    flush_begin(&flush, space);
    space_lock_pages(space);
    uint64_t stop = tables_reach(space, *at, end, PIECE_BYTES / LARGE_SPAN);
    start = max(start, align_down(*at, PIECE_SPAN));
    int err = space_discard_locked(space, start, stop, &flush);
    flush_end(&flush);
    spin_unlock(&space->lock);
    *at = stop;
    return err;
}

/* The first mapped address from `at` on; `end` if there is none below it. Takes space->lock. */
static uint64_t next_mapped(struct space *space, uint64_t at, uint64_t end)
{
    spin_lock(&space->lock);
    const struct vma *vma = vma_find(space, at);
    at = vma ? min(end, max(at, vma->start)) : end;
    spin_unlock(&space->lock);
    return at;
}

int space_discard(struct space *space, uint64_t start, uint64_t end)
{
    int err = 0;
    for (uint64_t at = start; !err && (at = next_mapped(space, at, end)) < end;) {
        err = discard_piece(space, start, &at, end);
        if (at < end)
            mm_resched();
    }
    return err;
}

/* False if unmapping the range would split a VMA beyond the limit. Takes space->lock. */
static bool may_unmap(struct space *space, uint64_t start, uint64_t end)
{
    spin_lock(&space->lock);
    const struct vma *vma = vma_at(space, start);
    bool may = !vma || vma->start == start || vma->end <= end || vmas_may_split(space);
    spin_unlock(&space->lock);
    return may;
}

/* Unmaps [*at, end) up to the end of a piece and moves *at there. 0 or -ENOMEM. Takes
 * space->lock. */
static int unmap_piece(struct space *space, uint64_t *at, uint64_t end)
{
    struct list dead;
    struct flush flush;
    uint64_t stop = *at;
    list_init(&dead);
    flush_begin(&flush, space);
    space_lock_vmas(space);
    const struct vma *vma = end - *at > PIECE_VMAS * PAGE_SIZE ? vma_find(space, *at) : NULL;
    for (int n = 0; n < PIECE_VMAS && vma; n++, vma = vma_next(vma))
        stop = vma->end;
    stop = vma ? min(end, stop) : end;
    int err = space_unmap_locked(space, *at, stop, &flush, &dead);
    vmas_release(space);
    flush_end(&flush);
    spin_unlock(&space->lock);
    mappings_free(&dead);
    *at = stop;
    return err;
}

int space_unmap(struct space *space, uint64_t start, uint64_t n_bytes)
{
    uint64_t end = range_end(start, n_bytes);
    if (end <= start)
        return -EINVAL;
    if (n_bytes > PIECE_BYTES && may_unmap(space, start, end))
        space_discard(space, start, end);
    int err = 0;
    for (uint64_t at = start; at < end && !err;) {
        err = unmap_piece(space, &at, end);
        if (at < end)
            mm_resched();
    }
    return err;
}

long sys_munmap(struct space *space, uaddr_t addr, size_t length)
{
    return space_unmap(space, addr.at, length);
}

/* ---- mmap ---- */

/* True if a mapping fits there without touching others or the gap below a stack. */
static bool place_free(const struct space *space, uint64_t start, uint64_t end)
{
    if (start < USER_START || end > USER_END || end < start || !vmas_free(space, start, end))
        return false;
    const struct vma *above = vma_find(space, end);
    return !above || !(above->flags & VMA_STACK) || above->start - end >= STACK_GAP;
}

uint64_t space_find_place(const struct space *space, uint64_t wanted, uint64_t n_bytes,
                          uint32_t map_flags)
{
    uint64_t lowest = wanted ? max(max(wanted, least_address()), (uint64_t)USER_START) : 0;
    uint64_t address = align_up(min(lowest, USER_END), PAGE_SIZE);
    if (wanted && place_free(space, address, address + n_bytes))
        return address;
    uint64_t top = map_flags & MAP_32BIT ? min(space->mmap_top, 1ull << 31) : space->mmap_top;
    address = vmas_find_gap(space, n_bytes, top);
    if (!address)
        address = vmas_find_gap(space, n_bytes, USER_END);
    return address >= least_address() || caller_is_root() ? address : 0;
}

/* Chooses the address of the mapping. 0, -EINVAL, -ENOMEM, -EPERM or -EEXIST. Lock: space->lock
 * held. */
static int place_choose(const struct space *space, const struct map_request *request,
                        uint64_t n_bytes, uint64_t *address)
{
    uint64_t wanted = request->address;
    if (request->map_flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) {
        if (wanted % PAGE_SIZE)
            return -EINVAL;
        if (!uaddr_range_ok(uaddr(wanted), n_bytes))
            return -ENOMEM;
        if (wanted < least_address() && !caller_is_root())
            return -EPERM;
        if (request->map_flags & MAP_FIXED_NOREPLACE && !vmas_free(space, wanted, wanted + n_bytes))
            return -EEXIST;
        *address = wanted;
        return 0;
    }
    *address = space_find_place(space, wanted, n_bytes, request->map_flags);
    return *address ? 0 : -ENOMEM;
}

/* Fills in the VMA that a request asks for, except its address and mapping. */
static void vma_want(struct vma *vma, const struct map_request *request)
{
    vma->prot = request->prot;
    vma->max_prot = request->max_prot ? request->max_prot : PROT_READ | PROT_WRITE | PROT_EXEC;
    vma->flags = request->vma_flags;
    vma->backing = request->backing;
    vma->offset = request->backing ? request->offset : 0;
    vma->mapping = NULL;
    if ((request->map_flags & MAP_TYPE) != MAP_PRIVATE && request->backing)
        vma->flags |= VMA_SHARED;
    if (request->map_flags & MAP_GROWSDOWN)
        vma->flags |= VMA_STACK;
    if (request->map_flags & MAP_NORESERVE)
        vma->flags |= VMA_NORESERVE;
    if (request->map_flags & MAP_LOCKED)
        vma->flags |= VMA_LOCKED;
}

uint64_t piece_end(const struct space *space, uint64_t start, uint64_t end)
{
    if (end - start <= PIECE_VMAS * PAGE_SIZE)
        return end;
    uint64_t stop = tables_reach(space, start, end, PIECE_BYTES / LARGE_SPAN);
    const struct vma *vma = vma_find(space, start);
    for (int n = 0; n < PIECE_VMAS && vma && vma->start < stop; n++)
        vma = vma_next(vma);
    if (vma && vma->start < stop)
        return vma->start;
    vma = vma_at(space, stop - 1);
    /* if no VMA may be split, a VMA is one piece */
    return vma && !vmas_may_split(space) ? min(end, max(vma->end, stop)) : stop;
}

/* A request in progress: the part of the VMA that is not mapped yet. */
struct placing {
    struct space *space;
    const struct map_request *request;
    struct vma vma;
    bool begun; /* a part is mapped */
};

/* Maps the VMA, after unmapping what is there for MAP_FIXED. 0, or -ENOMEM with nothing changed.
 * Lock: space->lock held. */
static int vma_place(struct placing *placing, struct flush *flush, struct list *dead)
{
    struct vma *vma = &placing->vma;
    struct space *space = placing->space;
    bool over = placing->request->map_flags & MAP_FIXED;
    /* the rest of a VMA joins its first part, unless another thread has changed that */
    if (space->n_vmas > most_vmas() + placing->begun || !vmas_reserve(space, 1))
        return -ENOMEM;
    void *name = placing->request->name;
    if (vma->backing && !(vma->mapping = mapping_pin(space, vma->backing, name)))
        return -ENOMEM;
    int err = over ? space_unmap_locked(space, vma->start, vma->end, flush, dead) : 0;
    if (!err)
        vmas_add(space, vma);
    if (vma->mapping)
        mapping_unpin(vma->mapping, dead);
    return err;
}

/* Chooses the address and checks the limits. 0 or -errno. Not inline, like the next one. Lock:
 * space->lock held. */
__attribute__((noinline)) static int place_begin(struct placing *placing, uint64_t n_bytes)
{
    struct vma *vma = &placing->vma;
    vma_want(vma, placing->request);
    int err = place_choose(placing->space, placing->request, n_bytes, &vma->start);
    if (err)
        return err;
    vma->end = vma->start + n_bytes;
    if (!(vma->flags & VMA_ENV))
        vma->flags |= placing->space->locks_new;
    bool asked = placing->request->map_flags & MAP_LOCKED;
    err = space_check_locks(placing->space, n_bytes, vma->flags, asked);
    if (err)
        return err;
    bool within = space_within_limits(placing->space, n_bytes, vma->prot, vma->flags);
    return within ? 0 : -ENOMEM;
}

/* Maps the next piece of the VMA: all of it, unless MAP_FIXED replaces much. 0 or -ENOMEM. Not
 * inline, so that the caller's stack frame, which holds the flush, does not grow. Lock: space->lock
 * held. */
__attribute__((noinline)) static int place_next(struct placing *placing, struct flush *flush,
                                                struct list *dead)
{
    struct vma *vma = &placing->vma;
    uint64_t end = vma->end;
    if (placing->request->map_flags & MAP_FIXED)
        vma->end = piece_end(placing->space, vma->start, end);
    int err = vma_place(placing, flush, dead);
    placing->begun = true;
    if (vma->backing)
        vma->offset += vma->end - vma->start;
    vma->start = vma->end;
    vma->end = end;
    return err;
}

/* Chooses the address if it is not chosen yet, and maps a piece. 0 or -errno. Takes space->lock. */
static int map_piece(struct placing *placing, uint64_t n_bytes)
{
    struct list dead;
    struct flush flush;
    struct space *space = placing->space;
    list_init(&dead);
    flush_begin(&flush, space);
    space_lock_vmas(space);
    int err = placing->begun ? 0 : place_begin(placing, n_bytes);
    if (!err)
        err = place_next(placing, &flush, &dead);
    vmas_release(space);
    flush_end(&flush);
    spin_unlock(&space->lock);
    mappings_free(&dead);
    return err;
}

/* Maps with the backing of the request, which may be NULL. The address or -errno. */
static long map_backed(struct space *space, const struct map_request *request, uint64_t n_bytes)
{
    struct placing placing = {.space = space, .request = request};
    int err = map_piece(&placing, n_bytes);
    uint64_t end = placing.vma.end;
    while (!err && placing.vma.start < end) {
        mm_resched();
        err = map_piece(&placing, 0);
    }
    if (err)
        return err;
    bool at_once = request->map_flags & MAP_POPULATE || locks_at_once(placing.vma.flags);
    if (at_once && request->prot) /* a page that fails here faults when it is touched */
        mm_locks.populate(space, end - n_bytes, end);
    return (long)(end - n_bytes);
}

long space_map(struct space *space, const struct map_request *request)
{
    uint32_t type = request->map_flags & MAP_TYPE;
    if (request->n_bytes == 0 || request->offset % PAGE_SIZE)
        return -EINVAL;
    if (request->n_bytes > USER_END)
        return -ENOMEM;
    uint64_t n_bytes = align_up(request->n_bytes, PAGE_SIZE);
    if (request->offset + n_bytes < request->offset)
        return -EOVERFLOW;
    bool is_file = request->backing && request->name;
    if (type != MAP_PRIVATE && !is_file && !(request->map_flags & MAP_NORESERVE) &&
        exceeds_memory(n_bytes))
        return -ENOMEM;
    return map_backed(space, request, n_bytes);
}

/* ---- mprotect ---- */

/* Changes the protection of the part [start, stop) of a VMA. The limits are asked for the part up
 * to `end`, of which this is a piece: one more VMA while it is half done is allowed. 0, -EACCES or
 * -ENOMEM. Lock: space->lock held. */
static int protect_vma(struct space *space, struct vma *vma, uint64_t start, uint64_t stop,
                       uint64_t end, uint32_t prot, struct flush *flush)
{
    end = min(end, vma->end);
    if (prot & ~vma->max_prot)
        return -EACCES;
    if (!(vma->prot & PROT_WRITE) && !space_may_write(space, end - start, prot, vma->flags))
        return -ENOMEM;
    if (!vma_may_change(space, vma, start, end, prot, vma->flags) || !vmas_reserve(space, 2) ||
        tables_restrict(space, start, stop, prot, flush) < 0)
        return -ENOMEM;
    vma_change(space, vma, start, stop, prot, vma->flags);
    return 0;
}

/* Changes the protection of the next VMAs of the range, from *at on, and moves *at to where it
 * stopped. 0, -EACCES or -ENOMEM (also for a hole). Takes space->lock. */
static int protect_piece(struct space *space, uint64_t *at, uint64_t end, uint32_t prot)
{
    struct flush flush;
    int err = 0;
    flush_begin(&flush, space);
    space_lock_vmas(space);
    uint64_t reach = vma_at(space, *at) ? tables_reach(space, *at, end, PIECE_TABLES) : end;
    for (int n = 0; n < PIECE_VMAS && *at < reach && !err; n++) {
        struct vma *vma = vma_at(space, *at);
        uint64_t stop = vma ? min(reach, vma->end) : end;
        err = vma ? protect_vma(space, vma, *at, stop, end, prot, &flush) : -ENOMEM;
        *at = stop;
    }
    vmas_release(space);
    flush_end(&flush);
    spin_unlock(&space->lock);
    return err;
}

int space_protect(struct space *space, uint64_t start, uint64_t n_bytes, uint64_t prot)
{
    const uint64_t access = PROT_READ | PROT_WRITE | PROT_EXEC;
    const uint64_t grows = PROT_GROWSDOWN | PROT_GROWSUP;
    if (start % PAGE_SIZE || (prot & grows) == grows)
        return -EINVAL;
    if (n_bytes == 0)
        return 0;
    uint64_t end = start + align_up(n_bytes, PAGE_SIZE);
    if (end <= start)
        return -ENOMEM;
    if (prot & ~(access | PROT_SEM | grows))
        return -EINVAL;
    int err = 0;
    if (prot & grows)
        err = annex_hooks.widen_growing ? annex_hooks.widen_growing(space, &start, end, prot)
                                        : -EINVAL;
    while (start < end && !err) {
        err = protect_piece(space, &start, end, prot & access);
        if (start < end)
            mm_resched();
    }
    return err;
}

long sys_mprotect(struct space *space, uaddr_t addr, size_t length, unsigned long prot)
{
    return space_protect(space, addr.at, length, prot);
}
