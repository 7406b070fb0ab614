/* The clocks: they go forwards, agree with each other, and refuse what they should.
 * needs: times */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "check.h"
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>

static long get(int clock, struct timespec *time)
{
    return syscall(SYS_clock_gettime, clock, time);
}

static double seconds(int clock)
{
    struct timespec time = {0};
    get(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void check_reading(void)
{
    static const int clocks[] = {
        CLOCK_REALTIME,         CLOCK_MONOTONIC, CLOCK_MONOTONIC_RAW,     CLOCK_REALTIME_COARSE,
        CLOCK_MONOTONIC_COARSE, CLOCK_BOOTTIME,  CLOCK_THREAD_CPUTIME_ID, CLOCK_PROCESS_CPUTIME_ID};
    for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++) {
        struct timespec time = {-1, -1};
        CHECK_OK(get(clocks[i], &time));
        CHECK(time.tv_sec >= 0 && time.tv_nsec >= 0 && time.tv_nsec < 1000000000);
        CHECK_OK(syscall(SYS_clock_getres, clocks[i], &time));
        CHECK_OK(syscall(SYS_clock_getres, clocks[i], NULL));
    }
    struct timespec time;
    CHECK_ERR(get(77, &time), EINVAL);
    CHECK_ERR(syscall(SYS_clock_getres, 77, &time), EINVAL);
    CHECK_ERR(get(CLOCK_MONOTONIC, (struct timespec *)8), EFAULT);
}

static void check_forwards(void)
{
    int backwards = 0;
    double last = seconds(CLOCK_MONOTONIC);
    for (int i = 0; i < 10000; i++) {
        double now = seconds(CLOCK_MONOTONIC);
        backwards += now < last;
        last = now;
    }
    CHECK_EQ(backwards, 0);
}

static void check_date(void)
{
    struct timeval day;
    CHECK_OK(syscall(SYS_gettimeofday, &day, NULL));
    CHECK(day.tv_sec > 1700000000);
    CHECK(day.tv_usec >= 0 && day.tv_usec < 1000000);
    double apart = seconds(CLOCK_REALTIME) - ((double)day.tv_sec + (double)day.tv_usec / 1e6);
    CHECK(apart >= 0 && apart < 5);
    long now = -1, result = syscall(SYS_time, &now);
    CHECK(result == now && now >= day.tv_sec);
    CHECK_ERR(syscall(SYS_gettimeofday, 8, NULL), EFAULT);
    CHECK_ERR(syscall(SYS_time, 8), EFAULT);
}

/* A loop uses the processor, a sleep does not. */
static void check_use(void)
{
    double used = seconds(CLOCK_PROCESS_CPUTIME_ID), end = seconds(CLOCK_MONOTONIC) + 0.05;
    while (seconds(CLOCK_MONOTONIC) < end)
        ;
    double loop = seconds(CLOCK_PROCESS_CPUTIME_ID) - used;
    CHECK(loop > 0);
    used = seconds(CLOCK_THREAD_CPUTIME_ID);
    struct timespec pause = {0, 100000000};
    syscall(SYS_nanosleep, &pause, NULL);
    CHECK(seconds(CLOCK_THREAD_CPUTIME_ID) - used < 0.09);
}

int main(void)
{
    check_reading();
    check_forwards();
    check_date();
    check_use();
    return check_done();
}
