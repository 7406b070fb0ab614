/* What core.t has gdb look at: three threads, of which one sleeps, one runs, and one dies. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

enum { THREAD = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD, STACK = 65536 };

static volatile int running, asleep;

__attribute__((noinline)) static int runs(void *arg)
{
    (void)arg;
    for (;;)
        running = 1;
    return 0;
}

__attribute__((noinline)) static int dies(void *arg)
{
    (void)arg;
    while (!running || !asleep)
        sched_yield();
    __builtin_trap();
}

static void start(int (*run)(void *))
{
    char *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (clone(run, stack + STACK, THREAD, NULL) < 0)
        exit(1);
}

__attribute__((noinline)) static void sleeps(void)
{
    for (;;) {
        asleep = 1;
        pause();
    }
}

int main(void)
{
    struct rlimit any = {RLIM_INFINITY, RLIM_INFINITY};
    if (setrlimit(RLIMIT_CORE, &any) < 0)
        return 1;
    start(runs);
    start(dies);
    sleeps();
}
