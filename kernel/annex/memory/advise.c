/* madvise and msync: what a program says about its memory, and the little that follows from it
 * here. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "mm/space.h"
#include "syscall_calls.h"

/* Stores the page-aligned end of a call's range in *end. 0, or -EINVAL if there is no such range.
 * Addresses above user space count as a hole. */
static int range_check(uaddr_t addr, size_t length, uint64_t *end)
{
    uint64_t n_bytes = align_up(length, PAGE_SIZE);
    *end = addr.at + n_bytes;
    return addr.at % PAGE_SIZE || n_bytes < length || *end < addr.at ? -EINVAL : 0;
}

/* Walks the VMAs of [start, *end) up to the first for which `refused` is true, and sets *end to
 * where that begins. 0, or -ENOMEM if a part on the way is not mapped. Takes space->lock. */
static int check_vmas(struct space *space, uint64_t start, uint64_t *end,
                      bool (*refused)(const struct vma *vma))
{
    int err = 0;
    uint64_t at = start;
    spin_lock(&space->lock);
    const struct vma *vma = vma_find(space, start);
    for (; vma && vma->start < *end && at < *end; vma = vma_next(vma)) {
        err = vma->start > at ? -ENOMEM : err;
        at = vma->end;
        if (refused(vma)) {
            *end = max(start, vma->start);
            break;
        }
    }
    spin_unlock(&space->lock);
    return at < *end ? -ENOMEM : err;
}

static bool never(const struct vma *vma)
{
    (void)vma;
    return false;
}

static bool is_locked(const struct vma *vma)
{
    return vma->flags & VMA_LOCKED;
}

/* True for memory that must not be discarded: of a file, of a shared object, or locked. */
static bool is_kept(const struct vma *vma)
{
    return vma->backing || is_locked(vma);
}

/* 0; -EINVAL if a VMA is refused; -ENOMEM if a part of the range is not mapped. */
static int check_range(struct space *space, uint64_t start, uint64_t end,
                       bool (*refused)(const struct vma *vma))
{
    uint64_t stop = end;
    int err = check_vmas(space, start, &stop, refused);
    return stop < end ? -EINVAL : err;
}

/* Drops the pages of the range: zeroed ones, or those of the file, are mapped when it is touched
 * again. 0; -EINVAL at the first VMA that is refused; -ENOMEM, also if a part was not mapped: then
 * the rest is done nevertheless, as on Linux. */
static int discard(struct space *space, uint64_t start, uint64_t end,
                   bool (*refused)(const struct vma *vma))
{
    uint64_t stop = end;
    int mapped = check_vmas(space, start, &stop, refused);
    int err = start < USER_END ? space_discard(space, start, min(stop, USER_END)) : 0;
    return err ? err : stop < end ? -EINVAL : mapped;
}

/* The flags of a VMA after that advice. -EINVAL: only private memory without a file can be
 * VMA_WIPEONFORK. */
static int flags_advised(const struct vma *vma, int advice)
{
    switch (advice) {
    case MADV_DONTFORK: return vma->flags | VMA_DONTFORK;
    case MADV_DOFORK: return vma->flags & ~VMA_DONTFORK;
    case MADV_KEEPONFORK: return vma->flags & ~VMA_WIPEONFORK;
    case MADV_DONTDUMP: return vma->flags | VMA_DONTDUMP;
    case MADV_DODUMP: return vma->flags & ~VMA_DONTDUMP;
    default: return vma->backing ? -EINVAL : (int)(vma->flags | VMA_WIPEONFORK);
    }
}

/* Sets the flags of the VMA at *at, or of the first one above, up to `end`, and moves *at past it.
 * 0, -EINVAL or -EAGAIN. Lock: space->lock held. */
static int advise_vma(struct space *space, uint64_t *at, uint64_t end, int advice)
{
    struct vma *vma = vma_find(space, *at);
    uint64_t start = vma ? max(*at, vma->start) : end;
    *at = vma ? min(end, vma->end) : end;
    if (start >= end)
        return 0;
    int flags = flags_advised(vma, advice);
    if (flags < 0)
        return flags;
    if (!vma_may_change(space, vma, start, *at, vma->prot, flags) || !vmas_reserve(space, 2))
        return -EAGAIN;
    vma_change(space, vma, start, *at, vma->prot, flags);
    space->has_kept |= (flags & (VMA_DONTFORK | VMA_WIPEONFORK)) != 0;
    return 0;
}

/* Advice about what fork and core files do with the VMAs of the range. 0, -EINVAL, -EAGAIN, or
 * -ENOMEM if a part was not mapped. Takes space->lock. */
static int advise_flags(struct space *space, uint64_t start, uint64_t end, int advice)
{
    int err = 0;
    for (uint64_t at = start; at < end && !err;) {
        space_lock_vmas(space);
        for (int n = 0; n < PIECE_VMAS && at < end && !err; n++)
            err = advise_vma(space, &at, end, advice);
        vmas_release(space);
        spin_unlock(&space->lock);
        if (at < end)
            mm_resched();
    }
    return err ? err : check_range(space, start, end, never);
}

/* Advice that only concerns speed succeeds without an effect. Advice that promises an effect which
 * this kernel does not have is refused. */
long sys_madvise(struct space *space, uaddr_t addr, size_t length, int advice)
{
    uint64_t end;
    int err = range_check(addr, length, &end);
    if (err)
        return err;
    switch (advice) {
    case MADV_DONTNEED: return discard(space, addr.at, end, is_locked);
    case MADV_DONTNEED_LOCKED: return discard(space, addr.at, end, never);
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
    case MADV_MERGEABLE:
    case MADV_UNMERGEABLE:
    case MADV_HUGEPAGE:
    case MADV_NOHUGEPAGE: return check_range(space, addr.at, end, never);
    case MADV_FREE: return check_range(space, addr.at, end, is_kept);
    case MADV_COLD:
    case MADV_PAGEOUT: return check_range(space, addr.at, end, is_locked);
    default: return -EINVAL;
    }
}

/* A mapping maps the pages of the file itself, so there is nothing to write back; the range is
 * checked as Linux does. There, too, a length beyond 2^64 counts as 0. */
long sys_msync(struct space *space, uaddr_t addr, size_t length, unsigned int flags)
{
    uint64_t end = addr.at + align_up(length, PAGE_SIZE), stop = end;
    if (flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC) || (flags & MS_ASYNC && flags & MS_SYNC) ||
        addr.at % PAGE_SIZE)
        return -EINVAL;
    if (end <= addr.at)
        return end < addr.at ? -ENOMEM : 0;
    int err = check_vmas(space, addr.at, &stop, flags & MS_INVALIDATE ? is_locked : never);
    return stop < end ? -EBUSY : err;
}
