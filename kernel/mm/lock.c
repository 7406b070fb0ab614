/* mlock, munlock, mlockall and munlockall. Memory never leaves RAM, so locking pages only means to
 * bring them in at once, to keep them, and to count them against RLIMIT_MEMLOCK.
 *
 * A lock is a flag of areas. The calls set or clear it area by area, in pieces of 64 with the
 * space's lock held; then the pages are brought in by faults, a few at a time. A hole ends the
 * first part with an error. With MLOCK_ONFAULT the second part is left out, and the pages come when
 * they are touched. */
#include "abi/errno.h"
#include "space.h"
#include "syscall_calls.h"

/* ---- Limits ---- */

bool space_may_lock(const struct space *space)
{
    return space->limit_locked || mm_is_root();
}

bool space_may_lock_more(const struct space *space, uint64_t n_bytes, uint32_t flags)
{
    uint64_t most = space->limit_locked / PAGE_SIZE, n_pages = n_bytes / PAGE_SIZE;
    return !(flags & AREA_LOCKED) || (n_pages <= most && space->n_locked_pages <= most - n_pages) ||
           mm_is_root();
}

/* How many pages of the range are locked already. Lock: space->lock held. */
static uint64_t count_locked(const struct space *space, uint64_t start, uint64_t end)
{
    uint64_t n = 0;
    const struct area *area = area_find(space, start);
    for (; area && area->start < end; area = area_next(area))
        if (area->flags & AREA_LOCKED)
            n += (min(area->end, end) - max(area->start, start)) / PAGE_SIZE;
    return n;
}

/* May the whole range be locked? Takes space->lock. */
static bool may_lock_range(struct space *space, uint64_t start, uint64_t end)
{
    uint64_t most = space->limit_locked / PAGE_SIZE, wanted = (end - start) / PAGE_SIZE;
    if (mm_is_root())
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
    const struct area *area = NULL;
    uint64_t access = FAULT_USER;
    spin_lock(&space->lock);
    for (int n = 0; n < PIECE_TOUCHED && *at < end && !err; n++) {
        if (!area || *at >= area->end) {
            area = area_at(space, *at);
            bool writes = area && area->prot & PROT_WRITE && !(area->flags & AREA_SHARED);
            access = FAULT_USER | (writes ? FAULT_WRITE : 0);
        }
        if (!area || !area->prot)
            err = area ? -EACCES : -EFAULT;
        else if (!table_lookup(space, *at))
            err = space_fault_locked(space, *at, access);
        if (!err)
            *at += PAGE_SIZE;
    }
    spin_unlock(&space->lock);
    return err;
}

int space_populate(struct space *space, uint64_t start, uint64_t end)
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
    const struct area *area = area_find(space, *start);
    for (int n = 0; area && area->start < end && (area->flags & AREA_LOCKS) != AREA_LOCKED; n++) {
        *start = area->end;
        if (n % PIECE_AREAS == PIECE_AREAS - 1)
            space_breathe(space);
        area = area_find(space, *start);
    }
    bool found = area && area->start < end;
    if (found) {
        *start = max(*start, area->start);
        *stop = min(end, area->end);
    }
    spin_unlock(&space->lock);
    return found;
}

int space_lock_populate(struct space *space, uint64_t start, uint64_t end)
{
    int err = 0;
    for (uint64_t stop; start < end && next_locked(space, &start, &stop, end); start = stop) {
        int failed = space_populate(space, start, stop);
        err = err ? err : failed;
        if (failed == -EINTR)
            break;
    }
    return err;
}

/* ---- Areas ---- */

/* Locks or unlocks a part of an area, but not the environment's address space. 0 or -ENOMEM. Lock:
 * space->lock held. */
static int lock_area(struct space *space, struct area *area, uint64_t start, uint64_t end,
                     uint32_t locks)
{
    uint32_t flags = (area->flags & ~AREA_LOCKS) | locks;
    if (area->flags & AREA_ENV)
        return 0;
    if (!(area->flags & AREA_LOCKED) && !space_may_lock_more(space, end - start, flags))
        return -ENOMEM;
    if (!area_may_change(space, area, start, end, area->prot, flags) || !areas_reserve(space, 2))
        return -ENOMEM;
    area_change(space, area, start, end, area->prot, flags);
    return 0;
}

/* Locks or unlocks the next areas of the range, from *at on, and moves *at to where it stopped. 0,
 * or -ENOMEM also for a hole. Takes space->lock. */
static int lock_piece(struct space *space, uint64_t *at, uint64_t end, uint32_t locks)
{
    int err = 0;
    space_lock_areas(space);
    for (int n = 0; n < PIECE_AREAS && *at < end && !err; n++) {
        struct area *area = area_at(space, *at);
        uint64_t stop = area ? min(end, area->end) : end;
        err = area ? lock_area(space, area, *at, stop, locks) : -ENOMEM;
        *at = err ? *at : stop;
    }
    areas_release(space);
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

/* Locks or unlocks all areas; one that fails is left as it is. */
static void lock_all(struct space *space, uint32_t locks)
{
    struct area area;
    for (uint64_t at = 0; space_area_after(space, at, &area); at = area.end) {
        if (area.backing)
            area.backing->ops->unref(area.backing);
        lock_range(space, area.start, area.end, locks);
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
    if (!space_may_lock(space))
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
    return do_mlock(space, addr.at, length, AREA_LOCKED);
}

long sys_mlock2(struct space *space, uaddr_t addr, size_t length, unsigned int flags)
{
    if (flags & ~MLOCK_ONFAULT)
        return -EINVAL;
    return do_mlock(space, addr.at, length, flags ? AREA_LOCKS : AREA_LOCKED);
}

long sys_munlock(struct space *space, uaddr_t addr, size_t length)
{
    uint64_t start = addr.at, end;
    whole_pages(&start, length, &end);
    return lock_range(space, start, end, 0);
}

/* Sets how future areas are locked. Takes space->lock. */
static void lock_future(struct space *space, uint32_t locks)
{
    spin_lock(&space->lock);
    space->locks_new = locks;
    spin_unlock(&space->lock);
}

/* The size of all areas except the environment's address space. Takes space->lock. */
static uint64_t lockable_bytes(struct space *space)
{
    spin_lock(&space->lock);
    const struct area *env = area_at(space, space->env_block);
    uint64_t left_out = env && env->flags & AREA_ENV ? env->end - env->start : 0;
    uint64_t n_bytes = space->n_pages * PAGE_SIZE - left_out;
    spin_unlock(&space->lock);
    return n_bytes;
}

long sys_mlockall(struct space *space, unsigned int flags)
{
    if (!flags || flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) || flags == MCL_ONFAULT)
        return -EINVAL;
    if (!space_may_lock(space))
        return -EPERM;
    uint32_t locks = flags & MCL_ONFAULT ? AREA_LOCKS : AREA_LOCKED;
    uint64_t most = align_down(space->limit_locked, PAGE_SIZE);
    if (flags & MCL_CURRENT && lockable_bytes(space) > most && !mm_is_root())
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
