/* RLIMIT_CPU, and what times and getrusage tell of time in calls and in user mode.
 * needs: times settings */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/times.h>
#include <sys/time.h>

static volatile int n_signals;

static void count_signal(int number)
{
    n_signals += number == SIGXCPU;
}

static void spin(void)
{
    for (;;)
        __asm__ volatile("pause");
}

static void *spin_in_thread(void *arg)
{
    if (!arg)
        spin();
    return NULL;
}

static long used_us(int who, bool in_calls)
{
    struct rusage usage;
    getrusage(who, &usage);
    struct timeval time = in_calls ? usage.ru_stime : usage.ru_utime;
    return time.tv_sec * 1000000L + time.tv_usec;
}

static void limit_cpu(long soft, long hard)
{
    CHILD_REQUIRE(setrlimit(RLIMIT_CPU, &(struct rlimit){(rlim_t)soft, (rlim_t)hard}) == 0);
}

static void check_limit(void)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        limit_cpu(1, 5);
        spin();
    }
    CHECK_EQ(status_of(pid) & 0x7f, SIGXCPU);
}

static void check_threads(void)
{
    pthread_t thread;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        limit_cpu(1, 1);
        for (int i = 0; i < 3; i++)
            pthread_create(&thread, NULL, spin_in_thread, NULL);
        for (;;)
            pause();
    }
    CHECK_EQ(status_of(pid), SIGKILL); /* threads together, while the first only sleeps */
}

/* The limit is inherited, time used by parents is not. */
static void check_child(void)
{
    pid_t child = fork();
    if (child == 0) {
        limit_cpu(1, 1);
        CHILD_REQUIRE(used_us(RUSAGE_SELF, false) < 900000);
        spin();
    }
    CHILD_REQUIRE(status_of(child) == SIGKILL);
}

/* The soft limit grows with each signal; a limit below what was used acts at once. */
static void check_changes(void)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        struct rlimit limit;
        on(SIGXCPU, count_signal, 0);
        limit_cpu(1, 10);
        while (n_signals < 1)
            ;
        check_child();
        while (n_signals < 2)
            ;
        CHILD_REQUIRE(getrlimit(RLIMIT_CPU, &limit) == 0 && limit.rlim_cur == 3);
        CHILD_REQUIRE(used_us(RUSAGE_SELF, false) + used_us(RUSAGE_SELF, true) >= 1000000);
        limit_cpu(1, 1);
        spin();
    }
    CHECK_EQ(status_of(pid), SIGKILL);
}

/* Few long calls, and many short ones: most of the time is the kernel's. */
static void check_system_time(void)
{
    CHECK_CHILD("few long calls are system time", {
        int fd = open("/dev/zero", O_RDONLY);
        char *at = mmap(NULL, 8 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        memset(at, 1, 8 << 20);
        long user = used_us(RUSAGE_SELF, false), system = used_us(RUSAGE_SELF, true);
        for (int i = 0; i < 8; i++)
            CHILD_REQUIRE(read(fd, at, 8 << 20) == 8 << 20);
        user = used_us(RUSAGE_SELF, false) - user;
        system = used_us(RUSAGE_SELF, true) - system;
        CHILD_REQUIRE(system > user);
    });
    CHECK_CHILD("many short calls are system time too", {
        struct tms used;
        while (used_us(RUSAGE_SELF, true) < 30000)
            open("/nowhere", O_RDONLY);
        CHILD_REQUIRE(times(&used) != (clock_t)-1 && used.tms_stime >= 3);
    });
    struct tms used;
    CHECK(times(&used) != (clock_t)-1 && used.tms_cstime >= 3);
    CHECK_CHILD("a loop is user time", {
        limit_cpu(20, 20); /* ends one that never comes to be user time */
        do
            for (int i = 0; i < 10000000; i++)
                __asm__ volatile("");
        while (used_us(RUSAGE_SELF, false) < 200000 ||
               used_us(RUSAGE_SELF, true) > used_us(RUSAGE_SELF, false) / 4);
    });
}

int main(void)
{
    check_limit();
    check_threads();
    check_changes();
    check_system_time();
    return check_done();
}
