/* The calling thread, and small questions about a thread. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <time.h>
#include "thread.h"

pthread_t pthread_self(void)
{
    return thread_self();
}

int pthread_equal(pthread_t a, pthread_t b)
{
    return a == b;
}

int pthread_getcpuclockid(pthread_t thread, clockid_t *clock)
{
    *clock =
        (clockid_t)((unsigned)~thread_tid(thread) << 3 | CPUCLOCK_PERTHREAD_MASK | CPUCLOCK_SCHED);
    return 0;
}

int pthread_getaffinity_np(pthread_t thread, size_t size, cpu_set_t *set)
{
    int error = sched_getaffinity(thread_tid(thread), size, set);

    return error ? thread_self()->error : 0;
}

/* A hint for libraries with threads of their own making. The level is kept, and that is all. */
static int concurrency;

int pthread_setconcurrency(int level)
{
    if (level < 0)
        return EINVAL;
    concurrency = level;
    return 0;
}

int pthread_getconcurrency(void)
{
    return concurrency;
}
