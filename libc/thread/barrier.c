/* Barriers: threads wait until `count` of them have come.
 *
 * Each caller draws a ticket. The tickets 0 to count-1 are round 0, the next ones round 1, and so
 * on; the thread with the last ticket of a round ends the round and returns the special value. So
 * more threads than `count` may come at once. */
/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include "users.h"

int pthread_barrier_init(pthread_barrier_t *restrict barrier,
                         const pthread_barrierattr_t *restrict attr, unsigned int count)
{
    if (count == 0 || count > INT_MAX)
        return EINVAL;
    *barrier = (pthread_barrier_t){.__count = count, .__shared = attr && attr->__shared};
    return 0;
}

/* Waits until the threads that were let through have left. */
int pthread_barrier_destroy(pthread_barrier_t *barrier)
{
    users_await_none(&barrier->__users, barrier->__shared);
    return 0;
}

int pthread_barrier_wait(pthread_barrier_t *barrier)
{
    bool shared = barrier->__shared;

    users_enter(&barrier->__users);
    unsigned long ticket = __atomic_fetch_add(&barrier->__arrived, 1, __ATOMIC_SEQ_CST);
    unsigned round = (unsigned)(ticket / barrier->__count), now;
    bool last = ticket % barrier->__count == barrier->__count - 1;
    if (last) {
        word_add(&barrier->__round, 1);
        futex_wake(&barrier->__round, INT_MAX, shared);
    }
    while (!last && (int)((now = word_read(&barrier->__round)) - round) <= 0)
        futex_wait(&barrier->__round, now, shared, CLOCK_MONOTONIC, NULL);
    users_leave(&barrier->__users, shared);
    return last ? PTHREAD_BARRIER_SERIAL_THREAD : 0;
}

int pthread_barrierattr_init(pthread_barrierattr_t *attr)
{
    attr->__shared = PTHREAD_PROCESS_PRIVATE;
    return 0;
}

int pthread_barrierattr_destroy(pthread_barrierattr_t *attr)
{
    (void)attr;
    return 0;
}

int pthread_barrierattr_setpshared(pthread_barrierattr_t *attr, int shared)
{
    if (shared != PTHREAD_PROCESS_PRIVATE && shared != PTHREAD_PROCESS_SHARED)
        return EINVAL;
    attr->__shared = shared;
    return 0;
}

int pthread_barrierattr_getpshared(const pthread_barrierattr_t *restrict attr, int *restrict shared)
{
    *shared = attr->__shared;
    return 0;
}
