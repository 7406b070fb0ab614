/* Clock numbers of processes and threads: clock_gettime, clock_getres, clock_nanosleep; waitid for
 * a pidfd that is none.
 * needs: times posix */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"

enum { PROF, VIRT, SCHED, FILE_CLOCK, PER_THREAD = 4, P_PIDFD_NUMBER = 3 };

static clockid_t clock_of(int id, int what)
{
    return (clockid_t)(~(unsigned)id << 3 | (unsigned)what);
}

static long get(clockid_t clock, struct timespec *time)
{
    return syscall(SYS_clock_gettime, clock, time);
}

static long ns_of(clockid_t clock)
{
    struct timespec time;
    return get(clock, &time) == 0 ? time.tv_sec * 1000000000L + time.tv_nsec : -1;
}

static void check_time(pid_t child)
{
    struct timespec time;
    int self = getpid();
    for (int what = PROF; what <= SCHED; what++) {
        CHECK_OK(get(clock_of(0, what), &time));
        CHECK_OK(get(clock_of(self, what), &time));
        CHECK_OK(get(clock_of(child, what), &time));
        CHECK_OK(get(clock_of(0, what | PER_THREAD), &time));
        CHECK_OK(get(clock_of(self, what | PER_THREAD), &time));
        CHECK_ERR(get(clock_of(child, what | PER_THREAD), &time), EINVAL);
        CHECK_ERR(get(clock_of(4000000, what), &time), EINVAL);
        CHECK_ERR(get(clock_of(4000000, what | PER_THREAD), &time), EINVAL);
    }
    CHECK_ERR(get(clock_of(0, FILE_CLOCK), &time), EINVAL);
    CHECK_ERR(get(clock_of(0, FILE_CLOCK | PER_THREAD), &time), EINVAL);
    CHECK_ERR(get((clockid_t)0x80000000, &time), EINVAL);
    CHECK_ERR(syscall(SYS_clock_gettime, clock_of(0, SCHED), BAD_LOW), EFAULT);
}

/* It goes on while the process runs, and another sees the same. */
static void check_progress(void)
{
    int ends[2];
    long before = ns_of(clock_of(0, SCHED));
    while (ns_of(clock_of(0, SCHED)) < before + 10000000)
        ;
    CHECK(ns_of(clock_of(0, SCHED | PER_THREAD)) >= 10000000);
    CHECK(ns_of(clock_of(getpid(), SCHED)) >= before + 10000000);
    CHECK_OK(pipe(ends));
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        while (ns_of(clock_of(0, SCHED)) < 20000000)
            ;
        if (write(ends[1], "", 1) == 1)
            pause();
    }
    char c;
    CHECK_EQ(read(ends[0], &c, 1), 1);
    CHECK(ns_of(clock_of(child, SCHED)) >= 20000000);
    kill(child, SIGKILL);
    CHECK_EQ(status_of(child), SIGKILL);
    CHECK_EQ(ns_of(clock_of(child, SCHED)), -1);
}

static void check_others(pid_t child)
{
    struct timespec time = {0, 0};
    CHECK_OK(syscall(SYS_clock_getres, clock_of(child, SCHED), &time));
    CHECK_EQ(time.tv_sec == 0 && time.tv_nsec == 1, 1);
    CHECK_OK(syscall(SYS_clock_getres, clock_of(0, VIRT), &time));
    CHECK(time.tv_sec == 0 && time.tv_nsec >= 1000000); /* a tick */
    CHECK_OK(syscall(SYS_clock_getres, clock_of(0, PROF | PER_THREAD), NULL));
    CHECK_ERR(syscall(SYS_clock_getres, clock_of(4000000, SCHED), &time), EINVAL);
    CHECK_ERR(syscall(SYS_clock_getres, clock_of(0, FILE_CLOCK), &time), EINVAL);
    time = (struct timespec){0, 1000};
    clockid_t own = clock_of(0, SCHED | PER_THREAD);
    CHECK_ERR(syscall(SYS_clock_nanosleep, own, 0, &time, NULL), EINVAL);
    own = clock_of(getpid(), SCHED | PER_THREAD);
    CHECK_ERR(syscall(SYS_clock_nanosleep, own, 0, &time, NULL), EINVAL);
    CHECK_ERR(syscall(SYS_clock_nanosleep, clock_of(4000000, SCHED), 0, &time, NULL), EINVAL);
    CHECK_ERR(syscall(SYS_clock_nanosleep, clock_of(0, FILE_CLOCK), 0, &time, NULL), EOPNOTSUPP);
}

static void check_waitid(void)
{
    siginfo_t info;
    CHECK_ERR(syscall(SYS_waitid, P_PIDFD_NUMBER, 999, &info, WEXITED, NULL), EBADF);
    CHECK_ERR(syscall(SYS_waitid, P_PIDFD_NUMBER, 1, &info, WEXITED, NULL), EBADF);
    CHECK_ERR(syscall(SYS_waitid, P_PIDFD_NUMBER, -1, &info, WEXITED, NULL), EINVAL);
    CHECK_ERR(syscall(SYS_waitid, P_PIDFD_NUMBER, 999, &info, 0, NULL), EINVAL);
}

int main(void)
{
    pid_t child = child_that_pauses();
    check_time(child);
    check_others(child);
    kill(child, SIGKILL);
    CHECK_EQ(status_of(child), SIGKILL);
    check_progress();
    check_waitid();
    return check_done();
}
