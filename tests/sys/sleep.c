/* nanosleep and clock_nanosleep: long enough, cut short by signals that have a handler, not by
 * those that stop.
 * needs: times */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "check.h"
#include <sys/syscall.h>
#include <time.h>

static double now(void)
{
    struct timespec time;
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static struct timespec after(int clock, double seconds)
{
    struct timespec time;
    syscall(SYS_clock_gettime, clock, &time);
    double at = (double)time.tv_nsec / 1e9 + seconds;
    time.tv_sec += (long)at;
    time.tv_nsec = (long)((at - (double)(long)at) * 1e9);
    return time;
}

static void check_length(void)
{
    struct timespec time = {0, 30000000}, none = {0, 0}, past = {1, 0};
    double start = now();
    CHECK_OK(syscall(SYS_nanosleep, &time, NULL));
    CHECK(now() - start >= 0.03);
    CHECK_OK(syscall(SYS_nanosleep, &none, NULL));
    static const int clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME};
    for (int i = 0; i < 3; i++) {
        start = now();
        time = after(clocks[i], 0.03);
        CHECK_OK(syscall(SYS_clock_nanosleep, clocks[i], TIMER_ABSTIME, &time, NULL));
        CHECK(now() - start >= 0.029);
        CHECK_OK(syscall(SYS_clock_nanosleep, clocks[i], TIMER_ABSTIME, &past, NULL));
    }
}

static void check_errors(void)
{
    struct timespec wrong = {0, 1000000000}, negative = {-1, 0}, short_time = {0, 1};
    CHECK_ERR(syscall(SYS_nanosleep, &wrong, NULL), EINVAL);
    CHECK_ERR(syscall(SYS_nanosleep, &negative, NULL), EINVAL);
    CHECK_ERR(syscall(SYS_nanosleep, 8, NULL), EFAULT);
    CHECK_ERR(syscall(SYS_clock_nanosleep, 77, 0, &short_time, NULL), EINVAL);
    CHECK_ERR(syscall(SYS_clock_nanosleep, CLOCK_THREAD_CPUTIME_ID, 0, &short_time, NULL),
              EOPNOTSUPP);
}

static void on_signal(int number)
{
    (void)number;
}

/* Starts a child that sends the signals, one after the other, each after 20 ms. */
static pid_t send_later(int first, int second)
{
    pid_t self = getpid(), child = fork();
    if (child != 0)
        return child;
    struct timespec time = {0, 20000000};
    syscall(SYS_nanosleep, &time, NULL);
    kill(self, first);
    syscall(SYS_nanosleep, &time, NULL);
    if (second)
        kill(self, second);
    _exit(0);
}

static void check_interruption(void)
{
    signal(SIGUSR1, on_signal);
    struct timespec time = {20, 0}, left = {0, 0};
    pid_t child = send_later(SIGUSR1, 0);
    CHECK_ERR(syscall(SYS_nanosleep, &time, &left), EINTR);
    CHECK(left.tv_sec >= 10 && left.tv_sec < 20);
    waitpid(child, NULL, 0);
    child = send_later(SIGUSR1, 0);
    time = after(CLOCK_MONOTONIC, 20);
    CHECK_ERR(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL), EINTR);
    waitpid(child, NULL, 0);
}

/* A signal without a handler does not end the sleep, nor make it longer. */
static void check_stop(void)
{
    pid_t child = fork();
    if (child == 0) {
        double start = now();
        struct timespec time = {0, 300000000};
        long result = syscall(SYS_nanosleep, &time, NULL);
        double slept = now() - start;
        _exit(result == 0 && slept >= 0.3 && slept < 5 ? 0 : 1);
    }
    struct timespec time = {0, 60000000};
    int status;
    syscall(SYS_nanosleep, &time, NULL);
    kill(child, SIGSTOP);
    CHECK_EQ(waitpid(child, &status, WUNTRACED), child);
    CHECK(WIFSTOPPED(status));
    kill(child, SIGCONT);
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status, 0);
}

int main(void)
{
    check_length();
    check_errors();
    check_interruption();
    check_stop();
    return check_done();
}
