/* nanosleep and clock_nanosleep: sleep for a length of time, or until a time. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "abi/time.h"
#include "private.h"
#include "syscall_calls.h"

/* A sleep that a signal interrupts reports the rest. If no handler runs, the sleep is restarted
 * with its deadline, which was stored in the thread, so that it does not become longer. */
static long sleep_for(struct thread *self, uint64_t ns, uaddr_t remaining)
{
    uint64_t deadline_ns = deadline_in(ns);
    if (self->restart_deadline_ns)
        deadline_ns = self->restart_deadline_ns;
    self->restart_deadline_ns = 0;
    if (sleep_until(deadline_ns, WAIT_SIGNALS, "sleep") == 0)
        return 0;
    if (!uaddr_is_null(remaining) && store_timespec(remaining, ns_left(deadline_ns)))
        return -EFAULT;
    self->restart_deadline_ns = deadline_ns;
    return -ERESTART_RESTARTBLOCK;
}

long sys_nanosleep(struct thread *self, uaddr_t duration, uaddr_t remaining)
{
    uint64_t ns;
    int err = fetch_timespec(duration, &ns);
    return err ? err : sleep_for(self, ns, remaining);
}

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

enum { CLOCK_OF_FILE = 3 };

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
