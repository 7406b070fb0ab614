/* nanosleep and clock_nanosleep: sleep for a length of time, or until a time. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "abi/time.h"
#include "local.h"
#include "syscall_calls.h"

enum { NS_PER_SECOND = 1000000000 };

int sleep_until(uint64_t deadline_ns, enum wait_kind kind, const char *what)
{
    wait_begin();
    int result = wait_sleep(kind, deadline_ns, what);
    return result == -ETIMEDOUT ? 0 : result;
}

/* Reads a time in nanoseconds; the far future becomes NO_DEADLINE. 0, -EFAULT or -EINVAL. */
static int fetch_time(uaddr_t at, uint64_t *ns)
{
    struct timespec time;
    if (user_copy_in(&time, at, sizeof(time)))
        return -EFAULT;
    if (time.tv_sec < 0 || time.tv_nsec < 0 || time.tv_nsec >= NS_PER_SECOND)
        return -EINVAL;
    bool far = time.tv_sec >= (long)(NO_DEADLINE / NS_PER_SECOND / 4);
    *ns = far ? NO_DEADLINE : (uint64_t)time.tv_sec * NS_PER_SECOND + time.tv_nsec;
    return 0;
}

static int store_remaining(uaddr_t at, uint64_t deadline_ns)
{
    uint64_t now = clock_ns(), left = deadline_ns > now ? deadline_ns - now : 0;
    struct timespec time = {left / NS_PER_SECOND, left % NS_PER_SECOND};
    return uaddr_is_null(at) ? 0 : user_copy_out(at, &time, sizeof(time));
}

/* A sleep that a signal interrupts reports the rest. If no handler runs, the sleep is restarted
 * with its deadline, which was stored in the thread, so that it does not become longer. */
static long sleep_for(struct thread *self, uint64_t ns, uaddr_t remaining)
{
    uint64_t now = clock_ns();
    uint64_t deadline_ns = ns >= NO_DEADLINE - now ? NO_DEADLINE : now + ns;
    if (self->restart_deadline_ns)
        deadline_ns = self->restart_deadline_ns;
    self->restart_deadline_ns = 0;
    if (sleep_until(deadline_ns, WAIT_SIGNALS, "sleep") == 0)
        return 0;
    if (store_remaining(remaining, deadline_ns))
        return -EFAULT;
    self->restart_deadline_ns = deadline_ns;
    return -ERESTART_RESTARTBLOCK;
}

long sys_nanosleep(struct thread *self, uaddr_t duration, uaddr_t remaining)
{
    uint64_t ns;
    int err = fetch_time(duration, &ns);
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
    int err = fetch_time(duration, &ns);
    if (err)
        return err;
    if (!(flags & TIMER_ABSTIME))
        return sleep_for(self, ns, remaining);
    int result = sleep_until(deadline_of(clock, ns), WAIT_SIGNALS, "sleep");
    return result ? -ERESTARTNOHAND : 0;
}
