/* Condition variables.
 *
 * A waiter reads the round, gives up the mutex, and sleeps as long as the round is what it has
 * read. A signal changes the round, and wakes one sleeper. So a signal that comes between the two
 * is not lost: the waiter does not go to sleep. It may let two threads through, one that was about
 * to sleep and one that slept, which POSIX allows. The kernel wakes the one that has slept longest,
 * so a thread that begins to wait after the signal cannot take the wake-up of one before it. */
/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include "users.h"

int pthread_cond_init(pthread_cond_t *restrict cond, const pthread_condattr_t *restrict attr)
{
    *cond = (pthread_cond_t){0};
    if (attr) {
        cond->__clock = attr->__clock;
        cond->__shared = attr->__shared;
    }
    return 0;
}

/* Waits until the threads that were woken have left. */
int pthread_cond_destroy(pthread_cond_t *cond)
{
    users_await_none(&cond->__users, cond->__shared);
    return 0;
}

static int wait(pthread_cond_t *cond, pthread_mutex_t *mutex, clockid_t clock,
                const struct timespec *limit)
{
    bool shared = cond->__shared;

    if (!clock_can_wait(clock) || !time_is_right(limit))
        return EINVAL;
    users_enter(&cond->__users);
    unsigned round = word_read(&cond->__round);
    int error = pthread_mutex_unlock(mutex);
    if (error) {
        users_leave(&cond->__users, shared);
        return error;
    }
    int woken = futex_wait(&cond->__round, round, shared, clock, limit);
    users_leave(&cond->__users, shared);
    error = pthread_mutex_lock(mutex);
    return error ? error : woken == ETIMEDOUT ? ETIMEDOUT : 0;
}

int pthread_cond_wait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex)
{
    return wait(cond, mutex, CLOCK_MONOTONIC, NULL);
}

int pthread_cond_timedwait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict limit)
{
    return wait(cond, mutex, cond->__clock, limit);
}

int pthread_cond_clockwait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex,
                           clockid_t clock, const struct timespec *restrict limit)
{
    return wait(cond, mutex, clock, limit);
}

static void wake(pthread_cond_t *cond, unsigned most)
{
    if (word_read(&cond->__users) == 0)
        return;
    word_add(&cond->__round, 1);
    futex_wake(&cond->__round, most, cond->__shared);
}

int pthread_cond_signal(pthread_cond_t *cond)
{
    wake(cond, 1);
    return 0;
}

int pthread_cond_broadcast(pthread_cond_t *cond)
{
    wake(cond, INT_MAX);
    return 0;
}
