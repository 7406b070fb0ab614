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

/* Drops the pages of the range: fresh ones, or the file's, come when it is touched again. 0, or
 * -ENOMEM, also where something was not mapped; the rest is done then, as on Linux. Lock: takes
 * space->lock. */
static int discard(struct space *space, uint64_t start, uint64_t end)
{
    struct flush flush;
    flush_begin(&flush, space);
    spin_lock(&space->lock);
    int result = space_discard_locked(space, start, end, &flush);
    if (!areas_cover(space, start, end))
        result = -ENOMEM;
    flush_end(&flush);
    spin_unlock(&space->lock);
    return result;
}

/* 0, or -ENOMEM where something in the range is not mapped. Lock: takes space->lock. */
static int check_mapped(struct space *space, uint64_t start, uint64_t end)
{
    spin_lock(&space->lock);
    int result = areas_cover(space, start, end) ? 0 : -ENOMEM;
    spin_unlock(&space->lock);
    return result;
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
    case MADV_NORMAL:
    case MADV_RANDOM:
    case MADV_SEQUENTIAL:
    case MADV_WILLNEED:
    case MADV_FREE:
    case MADV_MERGEABLE:
    case MADV_UNMERGEABLE:
    case MADV_HUGEPAGE:
    case MADV_NOHUGEPAGE:
    case MADV_DONTDUMP:
    case MADV_DODUMP:
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
