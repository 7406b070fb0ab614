/* clock_gettime, clock_getres, gettimeofday, time, times, getrusage: clocks agree and go forward;
 * each errno.
 * needs: procfs settings times */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/times.h>

static void check_clocks(void)
{
    static const int clocks[] = {CLOCK_REALTIME,
                                 CLOCK_MONOTONIC,
                                 CLOCK_PROCESS_CPUTIME_ID,
                                 CLOCK_THREAD_CPUTIME_ID,
                                 4 /* MONOTONIC_RAW */,
                                 5 /* COARSE */,
                                 6,
                                 7 /* BOOTTIME */};
    int failed = 0, backwards = 0, coarse = 0;
    struct timespec a, b;
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
        failed += syscall(SYS_clock_gettime, clocks[i], &a) != 0;
        for (int n = 0; n < 1000; n++) {
            failed += syscall(SYS_clock_gettime, clocks[i], &b) != 0;
            backwards += b.tv_sec < a.tv_sec || (b.tv_sec == a.tv_sec && b.tv_nsec < a.tv_nsec);
            failed += b.tv_nsec < 0 || b.tv_nsec > 999999999;
            a = b;
        }
        failed += syscall(SYS_clock_getres, clocks[i], &b) != 0;
        coarse += b.tv_sec != 0 || b.tv_nsec > 10000000 || b.tv_nsec < 1;
    }
    CHECK_EQ(failed, 0);
    CHECK_EQ(backwards, 0);
    CHECK_EQ(coarse, 0);
    CHECK_ERR(syscall(SYS_clock_gettime, 99, &a), EINVAL);
    CHECK_ERR(syscall(SYS_clock_getres, 99, &a), EINVAL);
    CHECK_ERR(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, NULL), EFAULT);
    CHECK_ERR(syscall(SYS_clock_gettime, CLOCK_REALTIME, BAD_KERNEL), EFAULT);
    CHECK_OK(syscall(SYS_clock_getres, CLOCK_REALTIME, NULL));
    CHECK_ERR(syscall(SYS_clock_getres, CLOCK_REALTIME, BAD_HOLE), EFAULT);
}

static void check_of_day(void)
{
    struct timeval tv;
    struct timespec ts;
    time_t stored = 0, t = syscall(SYS_time, &stored);
    CHECK_EQ(t == stored, 1);
    CHECK_OK(syscall(SYS_gettimeofday, &tv, NULL));
    CHECK_OK(clock_gettime(CLOCK_REALTIME, &ts));
    CHECK(labs(tv.tv_sec - ts.tv_sec) <= 1);
    CHECK(labs(t - ts.tv_sec) <= 1);
    CHECK(tv.tv_usec >= 0 && tv.tv_usec < 1000000);
    CHECK(t > 1600000000);
    struct timezone {
        int west, dst;
    } zone = {5, 5};
    CHECK_OK(syscall(SYS_gettimeofday, NULL, &zone));
    CHECK_EQ(zone.west, 0);
    CHECK_OK(syscall(SYS_gettimeofday, NULL, NULL));
    CHECK(syscall(SYS_time, NULL) >= t);
    CHECK_ERR(syscall(SYS_gettimeofday, BAD_KERNEL, NULL), EFAULT);
    CHECK_ERR(syscall(SYS_gettimeofday, NULL, BAD_LOW), EFAULT);
    CHECK_ERR(syscall(SYS_time, BAD_KERNEL), EFAULT);
}

static int64_t cpu_ns(void)
{
    struct timespec cpu;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
    return cpu.tv_sec * INT64_C(1000000000) + cpu.tv_nsec;
}

static void check_usage(void)
{
    struct tms before, after;
    struct rusage usage;
    clock_t from = times(&before);
    int64_t until_ns = cpu_ns() + 100000000;
    while (cpu_ns() < until_ns)
        ;
    clock_t to = times(&after);
    CHECK(to - from >= 1);
    CHECK(after.tms_utime + after.tms_stime >= 5);
    CHECK_OK(getrusage(RUSAGE_SELF, &usage));
    CHECK(usage.ru_utime.tv_sec * 1000000 + usage.ru_utime.tv_usec +
              usage.ru_stime.tv_sec * 1000000 + usage.ru_stime.tv_usec >=
          50000);
    CHECK(usage.ru_maxrss > 0);
    CHECK(usage.ru_minflt > 0);
    CHECK_OK(getrusage(1 /* RUSAGE_THREAD */, &usage));
    CHECK_OK(getrusage(RUSAGE_CHILDREN, &usage));
    CHECK_EQ(usage.ru_utime.tv_sec, 0);
    CHECK_ERR(getrusage(99, &usage), EINVAL);
    CHECK_ERR(syscall(SYS_getrusage, RUSAGE_SELF, BAD_KERNEL), EFAULT);
    CHECK_ERR(syscall(SYS_times, BAD_KERNEL), EFAULT);
    CHECK(syscall(SYS_times, NULL) >= to);
}

/* Sleep is free. On a busy machine the way into a sleep and out of it may take long, but not each
 * time. */
static void check_sleep_is_free(void)
{
    int64_t used_ns = INT64_MAX;
    for (int i = 0; i < 10 && used_ns >= 150000000; i++) {
        int64_t from_ns = cpu_ns();
        sleep_ms(200);
        used_ns = cpu_ns() - from_ns;
    }
    CHECK(used_ns < 150000000);
}

/* Sleeps until the caller has waited n times. A sleep whose time is over before the processor is
 * given away is no switch, on Linux too: on a busy machine that happens. */
static void wait_times(int n)
{
    struct rusage usage;
    do
        sleep_ms(1);
    while (getrusage(RUSAGE_SELF, &usage) == 0 && usage.ru_nvcsw < n);
}

/* A sleep is a switch of one's own will, told by getrusage, wait4 and /proc. */
static void check_switches(void)
{
    struct rusage after, thread;
    char text[4096];
    wait_times(5);
    CHECK_OK(getrusage(RUSAGE_SELF, &after));
    CHECK(after.ru_nvcsw >= 5);
    CHECK_OK(getrusage(1 /* RUSAGE_THREAD */, &thread));
    CHECK_EQ(thread.ru_nvcsw, after.ru_nvcsw); /* its only thread */
    int fd = open("/proc/self/status", O_RDONLY);
    ssize_t n = read(fd, text, sizeof(text) - 1);
    close(fd);
    text[n > 0 ? n : 0] = '\0';
    long waited = -1, preempted = -1;
    const char *at = strstr(text, "\nvoluntary_ctxt_switches:");
    CHECK(at != NULL);
    if (at)
        sscanf(at, "\nvoluntary_ctxt_switches:\t%ld\nnonvoluntary_ctxt_switches:\t%ld\n", &waited,
               &preempted);
    CHECK(waited >= after.ru_nvcsw);
    CHECK(preempted >= after.ru_nivcsw);
    pid_t child = fork();
    if (child == 0) {
        wait_times(5);
        _exit(0);
    }
    CHECK_EQ(wait4(child, NULL, 0, &after), child);
    CHECK(after.ru_nvcsw >= 5);
}

int main(void)
{
    check_clocks();
    check_of_day();
    check_usage();
    check_sleep_is_free();
    check_switches();
    return check_done();
}
