/* Older forms of the clocks: time, gettimeofday; and times, the processor time of a process and of
 * its children. */
/* SPDX-License-Identifier: MIT */
#include "abi/time.h"
#include "abi/times.h"
#include "proc/private.h"

#define NS_PER_TICK (NS_PER_SECOND / USER_HZ)

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

long sys_times(struct thread *self, uaddr_t times)
{
    spin_lock(&proc_lock);
    struct usage own = process_usage_locked(self->process);
    struct usage children = self->process->children_usage;
    spin_unlock(&proc_lock);
    struct tms told = {
        .tms_utime = own.user_ns / NS_PER_TICK,
        .tms_stime = own.system_ns / NS_PER_TICK,
        .tms_cutime = children.user_ns / NS_PER_TICK,
        .tms_cstime = children.system_ns / NS_PER_TICK,
    };
    if (!uaddr_is_null(times) && user_copy_out(times, &told, sizeof(told)))
        return -EFAULT;
    return clock_ns() / NS_PER_TICK;
}
