/* Deadlines: how long a program wants to wait becomes a time of clock_ns(), and back. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "abi/time.h"
#include "sched.h"

uint64_t realtime_ns(void)
{
    return clock_boot_realtime_ns() + clock_ns();
}

uint64_t deadline_in(uint64_t ns)
{
    if (ns == 0)
        return 0;
    uint64_t now = clock_ns();
    return ns >= NO_DEADLINE - now ? NO_DEADLINE : now + ns;
}

uint64_t ns_left(uint64_t deadline_ns)
{
    uint64_t now = clock_ns();
    return deadline_ns > now ? deadline_ns - now : 0;
}

uint64_t restarted_deadline(struct thread *self, uint64_t deadline_ns)
{
    uint64_t kept = self->restart_deadline_ns;
    self->restart_deadline_ns = 0;
    return kept ? kept : deadline_ns;
}

long restart_with_deadline(struct thread *self, uint64_t deadline_ns)
{
    self->restart_deadline_ns = deadline_ns;
    return -ERESTART_RESTARTBLOCK;
}

int fetch_timespec(uaddr_t at, uint64_t *ns)
{
    struct timespec time;
    if (user_copy_in(&time, at, sizeof(time)))
        return -EFAULT;
    return time_to_ns(time.tv_sec, time.tv_nsec, ns) ? 0 : -EINVAL;
}

int store_timespec(uaddr_t at, uint64_t ns)
{
    struct timespec time = {(time_t)(ns / NS_PER_SECOND), (long)(ns % NS_PER_SECOND)};
    return user_copy_out(at, &time, sizeof(time));
}

int fetch_deadline(uaddr_t at, uint64_t *deadline_ns)
{
    uint64_t ns = NO_DEADLINE;
    int err = uaddr_is_null(at) ? 0 : fetch_timespec(at, &ns);
    if (!err)
        *deadline_ns = deadline_in(ns);
    return err;
}
