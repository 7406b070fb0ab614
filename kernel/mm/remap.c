/* mremap: a mapping gets longer, shorter, or another place, and its pages come along uncopied. */
#include "abi/errno.h"
#include "space.h"
#include "syscall_calls.h"

struct remap {
    struct space *space;
    uint64_t old, old_bytes, new, new_bytes; /* page-aligned */
    unsigned flags;                          /* MREMAP_* */
    struct flush flush;
    struct list dead;
};

/* Checks what Linux checks first; 0, -EINVAL. Rounds the lengths. */
static int remap_check(struct remap *remap)
{
    unsigned known = MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP;
    if (remap->flags & ~known || remap->old % PAGE_SIZE)
        return -EINVAL;
    if (remap->flags & (MREMAP_FIXED | MREMAP_DONTUNMAP) && !(remap->flags & MREMAP_MAYMOVE))
        return -EINVAL;
    remap->old_bytes = align_up(min(remap->old_bytes, USER_END), PAGE_SIZE);
    remap->new_bytes = align_up(min(remap->new_bytes, USER_END), PAGE_SIZE);
    if (!remap->new_bytes || !uaddr_range_ok(uaddr(remap->old), remap->old_bytes))
        return -EINVAL;
    if (remap->flags & MREMAP_DONTUNMAP && remap->old_bytes != remap->new_bytes)
        return -EINVAL;
    if (!(remap->flags & MREMAP_FIXED))
        return 0;
    if (remap->new % PAGE_SIZE || !uaddr_range_ok(uaddr(remap->new), remap->new_bytes) ||
        remap->new < USER_START)
        return -EINVAL;
    bool apart =
        remap->new + remap->new_bytes <= remap->old || remap->old + remap->old_bytes <= remap->new;
    return apart ? 0 : -EINVAL;
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
    if (space->n_areas >= MAX_AREAS - 3 || !areas_reserve(space, 2) ||
        tables_isolate(space, remap->old, &remap->flush) < 0 ||
        tables_isolate(space, remap->old + remap->old_bytes, &remap->flush) < 0 ||
        tables_move(space, remap->old, remap->new, moved, &remap->flush) < 0)
        return -ENOMEM;
    areas_add(space, &area);
    tables_clear(space, remap->old, remap->old + remap->old_bytes, &remap->flush);
    if (!(remap->flags & MREMAP_DONTUNMAP))
        areas_cut(space, remap->old, remap->old + remap->old_bytes, &remap->dead);
    return 0;
}

/* Finds or clears the new place; 0 or an error. */
static int remap_place(struct remap *remap)
{
    struct space *space = remap->space;
    if (remap->flags & MREMAP_FIXED)
        return space_unmap_locked(space, remap->new, remap->new + remap->new_bytes, &remap->flush,
                                  &remap->dead);
    remap->new = areas_find_gap(space, remap->new_bytes, space->mmap_top);
    return remap->new ? 0 : -ENOMEM;
}

/* The work, with the space's lock held; the new address or an error. */
static long remap_locked(struct remap *remap)
{
    struct space *space = remap->space;
    struct area *area = area_at(space, remap->old);
    if (!area)
        return -EFAULT;
    bool must_move = remap->flags & (MREMAP_FIXED | MREMAP_DONTUNMAP);
    if (!remap->old_bytes) /* Linux then maps shared pages a second time; nobody does that */
        return -EINVAL;
    if (!must_move && remap->new_bytes <= remap->old_bytes) {
        int error = space_unmap_locked(space, remap->old + remap->new_bytes,
                                       remap->old + remap->old_bytes, &remap->flush, &remap->dead);
        return error ? error : (long)remap->old;
    }
    if (remap->old + remap->old_bytes > area->end)
        return -EFAULT;
    uint64_t more =
        remap->flags & MREMAP_DONTUNMAP ? remap->new_bytes : remap->new_bytes - remap->old_bytes;
    if (remap->new_bytes > remap->old_bytes &&
        !space_within_limits(space, more, area->prot, area->flags))
        return -ENOMEM;
    if (!must_move && remap_grow(remap, area) == 0)
        return remap->old;
    if (!(remap->flags & MREMAP_MAYMOVE))
        return -ENOMEM;
    int error = remap_place(remap);
    if (!error)
        error = remap_move(remap);
    return error ? error : (long)remap->new;
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
    if (error)
        return error;
    list_init(&remap.dead);
    flush_begin(&remap.flush, space);
    space_lock_areas(space);
    long result = remap_locked(&remap);
    areas_release(space);
    flush_end(&remap.flush);
    spin_unlock(&space->lock);
    mappings_free(&remap.dead);
    return result;
}
