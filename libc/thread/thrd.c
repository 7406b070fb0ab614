/* Threads of <threads.h>, and call_once. */
/* SPDX-License-Identifier: MIT */
#include "c11.h"
#include "thread.h"

/* pthread_create says EAGAIN whatever is short; here that is memory. */
int thrd_create(thrd_t *thread, thrd_start_t start, void *argument)
{
    int error = thread_create(thread, NULL, (void *(*)(void *))(void *)start, argument, true);

    return error == EAGAIN ? thrd_nomem : result_of(error);
}

thrd_t thrd_current(void)
{
    return pthread_self();
}

int thrd_equal(thrd_t a, thrd_t b)
{
    return a == b;
}

_Noreturn void thrd_exit(int result)
{
    pthread_exit((void *)(long)result);
}

int thrd_join(thrd_t thread, int *result)
{
    void *value;
    int error = pthread_join(thread, &value);

    if (!error && result)
        *result = (int)(long)value;
    return result_of(error);
}

int thrd_detach(thrd_t thread)
{
    return result_of(pthread_detach(thread));
}

int thrd_sleep(const struct timespec *time, struct timespec *left)
{
    long result = sys_nanosleep(time, left);

    return result == 0 ? 0 : result == -EINTR ? -1 : -2;
}

void thrd_yield(void)
{
    sys_sched_yield();
}

void call_once(once_flag *once, void (*function)(void))
{
    pthread_once(once, function);
}
