/* Time in the forms of C and POSIX: clock, timespec_get, clock_nanosleep, clock_getcpuclockid. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <time.h>
#include "syscall.h"

clock_t clock(void)
{
    struct timespec now;

    sys_clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec * CLOCKS_PER_SEC + now.tv_nsec / 1000;
}

int timespec_get(struct timespec *now, int base)
{
    return base == TIME_UTC && sys_clock_gettime(CLOCK_REALTIME, now) == 0 ? base : 0;
}

/* Returns the error number, as POSIX says; errno does not change. The kernel knows no clock of a
 * process that is not there: EINVAL. */
int clock_getcpuclockid(pid_t pid, clockid_t *clock)
{
    clockid_t of_process = (clockid_t)(~(unsigned)pid << 3 | CPUCLOCK_SCHED);
    long error = -sys_clock_getres(of_process, NULL);

    if (error)
        return error == EINVAL ? ESRCH : (int)error;
    *clock = of_process;
    return 0;
}

/* Returns the error number, as POSIX says; errno does not change. */
int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time, struct timespec *left)
{
    return (int)-sys_clock_nanosleep(clock, flags, time, left);
}
