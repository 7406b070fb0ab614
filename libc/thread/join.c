/* pthread_join and pthread_detach: they decide what frees a thread that has ended. */
/* SPDX-License-Identifier: MIT */
#include "futex.h"
#include "thread.h"

/* The kernel wakes as if another process could wait; so that is how to wait. */
int thread_reap(struct __pthread *thread, void **result, clockid_t clock,
                const struct timespec *limit)
{
    while (word_read(&thread->running)) {
        int error = futex_wait(&thread->running, 1, true, clock, limit);

        if (error == ETIMEDOUT || error == EINVAL)
            return error;
    }
    if (result)
        *result = thread->result;
    if (thread->memory)
        sys_munmap(thread->memory, thread->memory_size);
    return 0;
}

static int join(pthread_t thread, void **result, clockid_t clock, const struct timespec *limit)
{
    if (word_read(&thread->fate) == DETACHED)
        return EINVAL;
    if (thread == thread_self())
        return EDEADLK;
    return thread_reap(thread, result, clock, limit);
}

int pthread_join(pthread_t thread, void **result)
{
    return join(thread, result, CLOCK_MONOTONIC, NULL);
}

int pthread_timedjoin_np(pthread_t thread, void **result, const struct timespec *limit)
{
    return join(thread, result, CLOCK_REALTIME, limit);
}

int pthread_clockjoin_np(pthread_t thread, void **result, clockid_t clock,
                         const struct timespec *limit)
{
    return clock_can_wait(clock) ? join(thread, result, clock, limit) : EINVAL;
}

int pthread_tryjoin_np(pthread_t thread, void **result)
{
    if (word_read(&thread->running))
        return thread == thread_self() ? EDEADLK : EBUSY;
    return join(thread, result, CLOCK_MONOTONIC, NULL);
}

int pthread_detach(pthread_t thread)
{
    unsigned seen = JOINABLE;

    if (word_change(&thread->fate, &seen, DETACHED))
        return 0;
    return seen == EXITED ? thread_reap(thread, NULL, CLOCK_MONOTONIC, NULL) : EINVAL;
}
