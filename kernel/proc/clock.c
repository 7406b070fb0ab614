/* The clocks that programs read: time of day, time since the start, processor time. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "abi/time.h"
#include "private.h"
#include "syscall_calls.h"

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
    default: return annex_hooks.cpu_clock_ns && annex_hooks.cpu_clock_ns(self, clock, ns);
    }
}

long sys_clock_gettime(struct thread *self, clockid_t clock, uaddr_t at)
{
    uint64_t ns;
    if (!clock_read(self, clock, &ns))
        return -EINVAL;
    return store_timespec(at, ns);
}
