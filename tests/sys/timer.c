/* nanosleep, clock_nanosleep, alarm, getitimer, setitimer: at least the time asked for; errors.
 * needs: times */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sys/time.h>

static volatile sig_atomic_t count;
static void note(int number)
{
    (void)number;
    count++;
}

static long sleep_for(long sec, long nsec)
{
    struct timespec t = {sec, nsec};
    return syscall(SYS_nanosleep, &t, NULL);
}

static void check_sleeps(void)
{
    long from = now_ms();
    CHECK_OK(sleep_for(0, 50000000));
    CHECK(now_ms() - from >= 50);
    CHECK_OK(sleep_for(0, 0));
    CHECK_OK(sleep_for(0, 1));
    CHECK_ERR(sleep_for(0, 1000000000), EINVAL);
    CHECK_ERR(sleep_for(0, -1), EINVAL);
    CHECK_ERR(sleep_for(-1, 0), EINVAL);
    CHECK_ERR(syscall(SYS_nanosleep, NULL, NULL), EFAULT);
    CHECK_ERR(syscall(SYS_nanosleep, BAD_KERNEL, NULL), EFAULT);
    struct timespec left = {9, 9}, at;
    struct timespec brief = {0, 1000000};
    CHECK_OK(syscall(SYS_nanosleep, &brief, &left));
    CHECK_EQ(left.tv_sec, 9); /* written only when interrupted */
    from = now_ms();
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_nsec += 50000000;
    at.tv_sec += at.tv_nsec / 1000000000;
    at.tv_nsec %= 1000000000;
    CHECK_OK(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL));
    CHECK(now_ms() - from >= 49);
    CHECK_OK(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL)); /* past */
    CHECK_OK(syscall(SYS_clock_nanosleep, CLOCK_REALTIME, 0, &brief, NULL));
    CHECK_ERR(syscall(SYS_clock_nanosleep, 99, 0, &brief, NULL), EINVAL);
    CHECK_ERR(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, BAD_LOW, NULL), EFAULT);
}

static void check_alarm(void)
{
    on(SIGALRM, note, 0);
    CHECK_EQ(alarm(0), 0);
    CHECK_EQ(alarm(100), 0);
    CHECK_EQ(alarm(50), 100);
    sigset_t block = set_of(SIGALRM), none = set_of(0); /* lest it come before the sleep */
    sigprocmask(SIG_BLOCK, &block, NULL);
    CHECK_EQ(alarm(1), 50);
    long from = now_ms();
    CHECK_ERR(sigsuspend(&none), EINTR);
    CHECK_EQ(count, 1);
    sigprocmask(SIG_UNBLOCK, &block, NULL);
    CHECK(now_ms() - from >= 900);
    CHECK_EQ(alarm(0), 0);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGALRM, SIG_DFL);
        struct itimerval soon = {{0, 0}, {0, 10000}};
        setitimer(ITIMER_REAL, &soon, NULL);
        for (;;)
            pause();
    }
    CHECK_EQ(WTERMSIG(status_of(child)), SIGALRM);
}

static void check_interval(void)
{
    struct itimerval every = {{0, 20000}, {0, 20000}}, now, old, none = {{0, 0}, {0, 0}};
    count = 0;
    CHECK_OK(setitimer(ITIMER_REAL, &every, NULL));
    while (count < 5)
        sleep_ms(1);
    CHECK_OK(getitimer(ITIMER_REAL, &now));
    CHECK_EQ(now.it_interval.tv_usec, 20000);
    CHECK(now.it_value.tv_sec == 0 && now.it_value.tv_usec <= 20000);
    CHECK_OK(setitimer(ITIMER_REAL, &none, &old));
    CHECK_EQ(old.it_interval.tv_usec, 20000);
    CHECK_OK(getitimer(ITIMER_REAL, &now));
    CHECK(now.it_value.tv_sec == 0 && now.it_value.tv_usec == 0);
    every = (struct itimerval){{0, 0}, {100, 0}};
    CHECK_OK(setitimer(ITIMER_REAL, &every, NULL));
    CHECK(alarm(0) >= 99); /* one and the same timer */
    every.it_value.tv_usec = 1000000;
    CHECK_ERR(setitimer(ITIMER_REAL, &every, NULL), EINVAL);
    every.it_value = (struct timeval){-1, 0};
    CHECK_ERR(setitimer(ITIMER_REAL, &every, NULL), EINVAL);
    CHECK_ERR(setitimer(99, &none, NULL), EINVAL);
    CHECK_ERR(getitimer(99, &now), EINVAL);
    CHECK_ERR(syscall(SYS_getitimer, ITIMER_REAL, BAD_KERNEL), EFAULT);
    CHECK_ERR(syscall(SYS_setitimer, ITIMER_REAL, BAD_KERNEL, NULL), EFAULT);
}

/* Whether a timer of used processor time ignores a sleep and fires for a thread that computes. */
static bool counts_work(int timer, int signal_number)
{
    struct itimerval soon = {{0, 0}, {0, 50000}};
    on(signal_number, note, 0);
    count = 0;
    if (setitimer(timer, &soon, NULL) < 0)
        return false;
    sleep_ms(100);
    if (count != 0)
        return false;
    for (long from = now_ms(); !count && now_ms() - from < 5000;)
        for (volatile int i = 0; i < 10000; i++)
            ;
    return count == 1;
}

int main(void)
{
    check_sleeps();
    check_alarm();
    check_interval();
    CHECK(counts_work(ITIMER_VIRTUAL, SIGVTALRM));
    CHECK(counts_work(ITIMER_PROF, SIGPROF));
    return check_done();
}
