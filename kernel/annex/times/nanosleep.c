/* clock_nanosleep: sleep by one of several clocks, for a length of time or until a time; and how
 * fine these clocks are. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "abi/time.h"
#include "proc/private.h"
#include "syscall_calls.h"

enum { TICK_NS = 4000000, CLOCK_OF_FILE = 3 };

/* Converts a time of that clock to a time of clock_ns(). */
static uint64_t deadline_of(clockid_t clock, uint64_t ns)
{
    if (clock != CLOCK_REALTIME && clock != CLOCK_TAI)
        return ns;
    uint64_t offset = realtime_ns() - clock_ns();
    if (ns == NO_DEADLINE)
        return ns;
    return ns > offset ? ns - offset : 0;
}

/* Why the thread cannot sleep by a clock of processor time. By its own it would sleep forever
 * (-EINVAL); by others it could on Linux (-EOPNOTSUPP here). */
static int check_cpu_clock(struct thread *self, clockid_t clock)
{
    uint64_t ns;
    int tid = (int)(~(uint32_t)clock >> 3);
    if ((clock & (CPUCLOCK_PERTHREAD_MASK | CPUCLOCK_CLOCK_MASK)) == CLOCK_OF_FILE)
        return -EOPNOTSUPP; /* the clock of a device, and there is none */
    bool own = clock & CPUCLOCK_PERTHREAD_MASK && (tid == 0 || tid == self->tid);
    return own || !clock_read(self, clock, &ns) ? -EINVAL : -EOPNOTSUPP;
}

long sys_clock_nanosleep(struct thread *self, clockid_t clock, unsigned int flags, uaddr_t duration,
                         uaddr_t remaining)
{
    uint64_t ns;
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC && clock != CLOCK_BOOTTIME &&
        clock != CLOCK_TAI)
        return clock < 0                               ? check_cpu_clock(self, clock)
               : clock >= 0 && clock <= CLOCK_BOOTTIME ? -EOPNOTSUPP
                                                       : -EINVAL;
    int err = fetch_timespec(duration, &ns);
    if (err)
        return err;
    if (!(flags & TIMER_ABSTIME))
        return sleep_for(self, ns, remaining);
    int result = sleep_until(deadline_of(clock, ns), WAIT_SIGNALS, "sleep");
    return result ? -ERESTARTNOHAND : 0;
}

long sys_clock_getres(struct thread *self, clockid_t clock, uaddr_t at)
{
    uint64_t ns, resolution_ns = 1;
    if (!clock_read(self, clock, &ns))
        return -EINVAL;
    if (clock < 0 && (clock & CPUCLOCK_CLOCK_MASK) != CPUCLOCK_SCHED)
        resolution_ns = TICK_NS; /* as Linux reports, which counts these two in ticks */
    return uaddr_is_null(at) ? 0 : store_timespec(at, resolution_ns);
}
