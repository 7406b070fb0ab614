/* mlock, munlock, mlockall and munlockall. Memory never leaves RAM, so locking pages only means to
 * bring them in at once, to keep them, and to count them against RLIMIT_MEMLOCK.
 *
 * A lock is a flag of VMAs. The calls set or clear it VMA by VMA, in pieces of 64 with the
 * space's lock held; then the pages are brought in by faults, a few at a time. A hole ends the
 * first part with an error. With MLOCK_ONFAULT the second part is left out, and the pages come when
 * they are touched. */
/* SPDX-License-Identifier: MIT */
#include "annex.h"
#include "abi/errno.h"
#include "annex/look/look.h"
#include "lock.h"
#include "syscall_calls.h"

/* ---- Limits ---- */

/* May the caller lock memory at all? */
static bool may_lock(const struct space *space)
{
    return space->limit_locked || caller_is_root();
}

/* mm_locks.check */
static int check_locks(const struct space *space, uint64_t n_bytes, bool asked)
{
    uint64_t most = space->limit_locked / PAGE_SIZE, n_pages = n_bytes / PAGE_SIZE;
    if (asked && !may_lock(space))
        return -EPERM;
    bool within = n_pages <= most && space->n_locked_pages <= most - n_pages;
    return within || caller_is_root() ? 0 : -EAGAIN;
}

/* How many pages of the range are locked already. Lock: space->lock held. */
static uint64_t count_locked(const struct space *space, uint64_t start, uint64_t end)
{
    uint64_t n = 0;
    const struct vma *vma = vma_find(space, start);
    for (; vma && vma->start < end; vma = vma_next(vma))
        if (vma->flags & VMA_LOCKED)
            n += (min(vma->end, end) - max(vma->start, start)) / PAGE_SIZE;
    return n;
}

/* May the whole range be locked? Takes space->lock. */
static bool may_lock_range(struct space *space, uint64_t start, uint64_t end)
{
    uint64_t most = space->limit_locked / PAGE_SIZE, wanted = (end - start) / PAGE_SIZE;
    if (caller_is_root())
        return true;
    spin_lock(&space->lock);
    bool may = wanted + space->n_locked_pages <= most ||
               wanted + space->n_locked_pages - count_locked(space, start, end) <= most;
    spin_unlock(&space->lock);
    return may;
}

/* ---- Pages ---- */

/* Brings in the next pages from *at on, and moves *at to where it stopped. Private memory that may
 * be written is written to, so that it gets its own page. 0 or the error of a fault. Takes
 * space->lock. */
static int populate_piece(struct space *space, uint64_t *at, uint64_t end)
{
    int err = 0;
    const struct vma *vma = NULL;
    uint64_t access = FAULT_USER;
    space_lock_pages(space);
    for (int n = 0; n < PIECE_TOUCHED && *at < end && !err; n++) {
        if (!vma || *at >= vma->end) {
            vma = vma_at(space, *at);
            bool writes = vma && vma->prot & PROT_WRITE && !(vma->flags & VMA_SHARED);
            access = FAULT_USER | (writes ? FAULT_WRITE : 0);
        }
        if (!vma || !vma->prot)
            err = vma ? -EACCES : -EFAULT;
        else if (!table_lookup(space, *at))
            err = space_fault_locked(space, *at, access);
        if (!err)
            *at += PAGE_SIZE;
    }
    spin_unlock(&space->lock);
    return err;
}

/* Brings in the pages of a range. 0, the error of the first fault that failed, or -EINTR if the
 * thread was killed. */
static int populate(struct space *space, uint64_t start, uint64_t end)
{
    int err = 0;
    while (start < end && !err) {
        err = populate_piece(space, &start, end);
        if (start < end && !mm_resched())
            return -EINTR;
    }
    return err;
}

/* Finds the next part [*start, *stop) of the range up to `end` that is to be in memory; false if
 * there is none. Takes space->lock. */
static bool next_locked(struct space *space, uint64_t *start, uint64_t *stop, uint64_t end)
{
    spin_lock(&space->lock);
    const struct vma *vma = vma_find(space, *start);
    for (int n = 0; vma && vma->start < end && (vma->flags & VMA_LOCKS) != VMA_LOCKED; n++) {
        *start = vma->end;
        if (n % PIECE_VMAS == PIECE_VMAS - 1)
            space_breathe(space, false);
        vma = vma_find(space, *start);
    }
    bool found = vma && vma->start < end;
    if (found) {
        *start = max(*start, vma->start);
        *stop = min(end, vma->end);
    }
    spin_unlock(&space->lock);
    return found;
}

int space_lock_populate(struct space *space, uint64_t start, uint64_t end)
{
    int err = 0;
    for (uint64_t stop; start < end && next_locked(space, &start, &stop, end); start = stop) {
        int failed = populate(space, start, stop);
        err = err ? err : failed;
        if (failed == -EINTR)
            break;
    }
    return err;
}

/* ---- VMAs ---- */

/* Locks or unlocks a part of a VMA, but not the environment's address space. 0 or -ENOMEM. Lock:
 * space->lock held. */
static int lock_vma(struct space *space, struct vma *vma, uint64_t start, uint64_t end,
                    uint32_t locks)
{
    uint32_t flags = (vma->flags & ~VMA_LOCKS) | locks;
    if (vma->flags & VMA_ENV)
        return 0;
    if (!(vma->flags & VMA_LOCKED) && space_check_locks(space, end - start, flags, false) < 0)
        return -ENOMEM;
    if (!vma_may_change(space, vma, start, end, vma->prot, flags) || !vmas_reserve(space, 2))
        return -ENOMEM;
    vma_change(space, vma, start, end, vma->prot, flags);
    return 0;
}

/* Locks or unlocks the next VMAs of the range, from *at on, and moves *at to where it stopped. 0,
 * or -ENOMEM also for a hole. Takes space->lock. */
static int lock_piece(struct space *space, uint64_t *at, uint64_t end, uint32_t locks)
{
    int err = 0;
    space_lock_vmas(space);
    for (int n = 0; n < PIECE_VMAS && *at < end && !err; n++) {
        struct vma *vma = vma_at(space, *at);
        uint64_t stop = vma ? min(end, vma->end) : end;
        err = vma ? lock_vma(space, vma, *at, stop, locks) : -ENOMEM;
        *at = err ? *at : stop;
    }
    vmas_release(space);
    spin_unlock(&space->lock);
    return err;
}

/* Locks or unlocks a range up to the first hole. 0, -EINVAL or -ENOMEM. */
static int lock_range(struct space *space, uint64_t start, uint64_t end, uint32_t locks)
{
    int err = end < start ? -EINVAL : 0;
    while (start < end && !err) {
        err = lock_piece(space, &start, end, locks);
        mm_resched();
    }
    return err;
}

/* Locks or unlocks all VMAs; one that fails is left as it is. */
static void lock_all(struct space *space, uint32_t locks)
{
    struct vma vma;
    for (uint64_t at = 0; space_vma_after(space, at, &vma); at = vma.end) {
        if (vma.backing)
            vma.backing->ops->unref(vma.backing);
        lock_range(space, vma.start, vma.end, locks);
    }
}

/* ---- Calls ---- */

/* Widens a range to whole pages. A range beyond 2^64 becomes empty, as on Linux. */
static void whole_pages(uint64_t *start, size_t n_bytes, uint64_t *end)
{
    n_bytes = align_up(n_bytes + *start % PAGE_SIZE, PAGE_SIZE);
    *start = align_down(*start, PAGE_SIZE);
    *end = *start + n_bytes;
}

static long do_mlock(struct space *space, uint64_t start, size_t n_bytes, uint32_t locks)
{
    uint64_t end;
    if (!may_lock(space))
        return -EPERM;
    whole_pages(&start, n_bytes, &end);
    int err = may_lock_range(space, start, end) ? 0 : -ENOMEM;
    if (!err)
        err = lock_range(space, start, end, locks);
    if (err)
        return err;
    err = space_lock_populate(space, start, end);
    return err == -ENOMEM ? -EAGAIN : err && err != -EINTR ? -ENOMEM : err;
}

long sys_mlock(struct space *space, uaddr_t addr, size_t length)
{
    return do_mlock(space, addr.at, length, VMA_LOCKED);
}

long sys_mlock2(struct space *space, uaddr_t addr, size_t length, unsigned int flags)
{
    if (flags & ~MLOCK_ONFAULT)
        return -EINVAL;
    return do_mlock(space, addr.at, length, flags ? VMA_LOCKS : VMA_LOCKED);
}

long sys_munlock(struct space *space, uaddr_t addr, size_t length)
{
    uint64_t start = addr.at, end;
    whole_pages(&start, length, &end);
    return lock_range(space, start, end, 0);
}

/* Sets how future VMAs are locked. Takes space->lock. */
static void lock_future(struct space *space, uint32_t locks)
{
    spin_lock(&space->lock);
    space->locks_new = locks;
    spin_unlock(&space->lock);
}

/* The size of all VMAs except the environment's address space. Takes space->lock. */
static uint64_t lockable_bytes(struct space *space)
{
    spin_lock(&space->lock);
    const struct vma *env = vma_at(space, space->env_block);
    uint64_t left_out = env && env->flags & VMA_ENV ? env->end - env->start : 0;
    uint64_t n_bytes = space->n_pages * PAGE_SIZE - left_out;
    spin_unlock(&space->lock);
    return n_bytes;
}

long sys_mlockall(struct space *space, unsigned int flags)
{
    if (!flags || flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) || flags == MCL_ONFAULT)
        return -EINVAL;
    if (!may_lock(space))
        return -EPERM;
    uint32_t locks = flags & MCL_ONFAULT ? VMA_LOCKS : VMA_LOCKED;
    uint64_t most = align_down(space->limit_locked, PAGE_SIZE);
    if (flags & MCL_CURRENT && lockable_bytes(space) > most && !caller_is_root())
        return -ENOMEM;
    lock_future(space, flags & MCL_FUTURE ? locks : 0);
    if (!(flags & MCL_CURRENT))
        return 0;
    lock_all(space, locks);
    space_lock_populate(space, 0, USER_END);
    return 0;
}

long sys_munlockall(struct space *space)
{
    lock_future(space, 0);
    lock_all(space, 0);
    return 0;
}

/* mm_locks.populate */
static void populate_some(struct space *space, uint64_t start, uint64_t end)
{
    populate(space, start, end);
}

static void start(struct fs_context *fs, const char *command_line)
{
    (void)fs, (void)command_line;
    mm_locks = (struct mm_locks){check_locks, populate_some};
}

ANNEX(memory, ANNEX_DEVICES, start);
