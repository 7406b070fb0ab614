/* Processes that never sleep: all of them get on, and one that sleeps beside them wakes. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "check.h"
#include <sched.h>
#include <sys/mman.h>
#include <time.h>

enum { HOGS = 5 };

static volatile uint64_t *counters;

static void sleep_ms(long ms)
{
    struct timespec time = {ms / 1000, ms % 1000 * 1000000};
    nanosleep(&time, NULL);
}

static void check_hogs(void)
{
    pid_t hogs[HOGS];
    for (int i = 0; i < HOGS; i++) {
        hogs[i] = fork();
        if (hogs[i] == 0)
            for (;;)
                counters[i]++;
    }
    /* A hog that never ran again would be waited for until the test is ended from outside. */
    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < HOGS; i++) {
            uint64_t before = counters[i];
            while (counters[i] == before)
                sleep_ms(10);
        }
    }
    CHECK(counters[0] > 0);
    for (int i = 0; i < HOGS; i++) {
        CHECK_OK(kill(hogs[i], SIGKILL));
        CHECK_EQ(waitpid(hogs[i], NULL, 0), hogs[i]);
    }
}

/* Two that wait for each other by yielding only. */
static void check_yield(void)
{
    counters[0] = 0;
    pid_t child = fork();
    if (child == 0) {
        for (uint64_t i = 0; i < 200; i++) {
            while (counters[0] != 2 * i + 1)
                sched_yield();
            counters[0]++;
        }
        _exit(0);
    }
    for (uint64_t i = 0; i < 200; i++) {
        counters[0]++;
        while (counters[0] != 2 * i + 2)
            sched_yield();
    }
    int status;
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status, 0);
}

int main(void)
{
    counters = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(counters != MAP_FAILED);
    check_hogs();
    check_yield();
    return check_done();
}
