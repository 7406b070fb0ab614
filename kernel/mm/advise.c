/* madvise and msync: what a program says about its memory, and what of it needs doing here. */
#include "abi/errno.h"
#include "space.h"
#include "syscall_calls.h"

/* The page-aligned end of a range of a call, in *end; 0, or -EINVAL where the range is none. */
static int range_check(uaddr_t addr, size_t length, uint64_t *end)
{
    if (addr.at % PAGE_SIZE || length > USER_END)
        return -EINVAL;
    length = align_up(length, PAGE_SIZE);
    if (!uaddr_range_ok(addr, length))
        return -ENOMEM;
    *end = addr.at + length;
    return 0;
}

/* 0, or -ENOMEM where something in the range is not mapped. Lock: takes space->lock. */
static int check_mapped(struct space *space, uint64_t start, uint64_t end)
{
    spin_lock(&space->lock);
    int result = areas_cover(space, start, end) ? 0 : -ENOMEM;
    spin_unlock(&space->lock);
    return result;
}

/* Drops the pages of the range: fresh ones, or the file's, come when it is touched again. 0, or
 * -ENOMEM, also where something was not mapped; the rest is done then, as on Linux. */
static int discard(struct space *space, uint64_t start, uint64_t end)
{
    int error = space_discard(space, start, end);
    return error ? error : check_mapped(space, start, end);
}

/* The flags of an area after that advice, or -EINVAL: only memory of the process's own can be
 * wiped. */
static int flags_advised(const struct area *area, int advice)
{
    switch (advice) {
    case MADV_DONTFORK: return area->flags | AREA_DONTFORK;
    case MADV_DOFORK: return area->flags & ~AREA_DONTFORK;
    case MADV_KEEPONFORK: return area->flags & ~AREA_WIPEONFORK;
    case MADV_DONTDUMP: return area->flags | AREA_DONTDUMP;
    case MADV_DODUMP: return area->flags & ~AREA_DONTDUMP;
    default: return area->backing ? -EINVAL : (int)(area->flags | AREA_WIPEONFORK);
    }
}

/* Gives the area at *at, or the first above it, the flags of the advice up to `end`, and moves *at
 * behind it. 0, -EINVAL or -EAGAIN. Lock: space->lock held. */
static int advise_area(struct space *space, uint64_t *at, uint64_t end, int advice)
{
    struct area *area = area_find(space, *at);
    uint64_t start = area ? max(*at, area->start) : end;
    *at = area ? min(end, area->end) : end;
    if (start >= end)
        return 0;
    int flags = flags_advised(area, advice);
    if (flags < 0)
        return flags;
    if (!area_may_change(space, area, start, *at, area->prot, flags) || !areas_reserve(space, 2))
        return -EAGAIN;
    area_change(space, area, start, *at, area->prot, flags);
    space->has_kept |= (flags & (AREA_DONTFORK | AREA_WIPEONFORK)) != 0;
    return 0;
}

/* What a fork or a core file does with the areas of the range. 0, -EINVAL, -EAGAIN, or -ENOMEM
 * where something was not mapped. Lock: takes space->lock. */
static int advise_flags(struct space *space, uint64_t start, uint64_t end, int advice)
{
    int error = 0;
    for (uint64_t at = start; at < end && !error;) {
        space_lock_areas(space);
        for (int n = 0; n < PIECE_AREAS && at < end && !error; n++)
            error = advise_area(space, &at, end, advice);
        areas_release(space);
        spin_unlock(&space->lock);
        if (at < end)
            mm_resched();
    }
    return error ? error : check_mapped(space, start, end);
}

/* Advice that only asks for speed is taken by doing nothing; advice that promises an effect we do
 * not have is refused. */
long sys_madvise(struct space *space, uaddr_t addr, size_t length, int advice)
{
    uint64_t end;
    int error = range_check(addr, length, &end);
    if (error)
        return error;
    switch (advice) {
    case MADV_DONTNEED: return discard(space, addr.at, end);
    case MADV_DONTFORK:
    case MADV_DOFORK:
    case MADV_WIPEONFORK:
    case MADV_KEEPONFORK:
    case MADV_DONTDUMP:
    case MADV_DODUMP: return advise_flags(space, addr.at, end, advice);
    case MADV_NORMAL:
    case MADV_RANDOM:
    case MADV_SEQUENTIAL:
    case MADV_WILLNEED:
    case MADV_FREE:
    case MADV_MERGEABLE:
    case MADV_UNMERGEABLE:
    case MADV_HUGEPAGE:
    case MADV_NOHUGEPAGE:
    case MADV_COLD:
    case MADV_PAGEOUT: return check_mapped(space, addr.at, end);
    default: return -EINVAL;
    }
}

/* A file's pages are the mapping's pages, so there is nothing to write; the range is checked as
 * Linux does. */
long sys_msync(struct space *space, uaddr_t addr, size_t length, unsigned int flags)
{
    uint64_t end;
    if (flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC) || (flags & MS_ASYNC && flags & MS_SYNC))
        return -EINVAL;
    int error = range_check(addr, length, &end);
    return error ? error : check_mapped(space, addr.at, end);
}
