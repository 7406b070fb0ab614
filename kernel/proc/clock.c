/* The clocks that programs read: time of day, time since the start, processor time. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "abi/time.h"
#include "private.h"
#include "syscall_calls.h"

static uint64_t thread_run_ns(struct thread *self)
{
    struct usage usage = thread_usage(self);
    return usage.user_ns + usage.system_ns;
}

/* The processor time of all threads. Takes proc_lock. */
static uint64_t process_run_ns(const struct process *process)
{
    spin_lock(&proc_lock);
    struct usage usage = process_usage_locked(process);
    spin_unlock(&proc_lock);
    return usage.user_ns + usage.system_ns;
}

bool clock_read(struct thread *self, clockid_t clock, uint64_t *ns)
{
    switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
    case CLOCK_TAI:
    case CLOCK_REALTIME_ALARM: *ns = realtime_ns(); return true;
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_BOOTTIME:
    case CLOCK_BOOTTIME_ALARM: *ns = clock_ns(); return true;
    case CLOCK_THREAD_CPUTIME_ID: *ns = thread_run_ns(self); return true;
    case CLOCK_PROCESS_CPUTIME_ID: *ns = process_run_ns(self->process); return true;
    default:
        return clock < 0 && annex_hooks.cpu_clock_ns && annex_hooks.cpu_clock_ns(self, clock, ns);
    }
}

long sys_clock_gettime(struct thread *self, clockid_t clock, uaddr_t at)
{
    uint64_t ns;
    if (!clock_read(self, clock, &ns))
        return -EINVAL;
    return store_timespec(at, ns);
}

long sys_gettimeofday(struct thread *self, uaddr_t at, uaddr_t zone_at)
{
    (void)self;
    uint64_t us = realtime_ns() / 1000;
    struct timeval time = {us / 1000000, us % 1000000};
    struct timezone zone = {0, 0};
    if (!uaddr_is_null(at) && user_copy_out(at, &time, sizeof(time)))
        return -EFAULT;
    return uaddr_is_null(zone_at) ? 0 : user_copy_out(zone_at, &zone, sizeof(zone));
}

long sys_time(struct thread *self, uaddr_t at)
{
    (void)self;
    int64_t seconds = realtime_ns() / NS_PER_SECOND;
    if (!uaddr_is_null(at) && user_copy_out(at, &seconds, sizeof(seconds)))
        return -EFAULT;
    return seconds;
}
