/* Semaphores. The counter and the number of waiters are in one word. So a thread that posts learns
 * in one step whether there is one to wake, and does not read the semaphore after that: a thread
 * that got through may have destroyed it by then. */
/* SPDX-License-Identifier: MIT */
#include "futex.h"
#include "sem.h"

int sem_init(sem_t *sem, int shared, unsigned int value)
{
    if (value > SEM_VALUE_MAX)
        return fail(EINVAL);
    *sem = (sem_t){.__state = value, .__shared = shared != 0};
    return 0;
}

int sem_destroy(sem_t *sem)
{
    (void)sem;
    return 0;
}

static bool change(sem_t *sem, unsigned long *seen, unsigned long to)
{
    return __atomic_compare_exchange_n(&sem->__state, seen, to, false, __ATOMIC_SEQ_CST,
                                       __ATOMIC_SEQ_CST);
}

/* Subtracts one from the counter, unless it is 0. */
static bool take(sem_t *sem)
{
    unsigned long seen = __atomic_load_n(&sem->__state, __ATOMIC_SEQ_CST);

    do {
        if (!(seen & SEM_COUNTER))
            return false;
    } while (!change(sem, &seen, seen - 1));
    return true;
}

int sem_trywait(sem_t *sem)
{
    return take(sem) ? 0 : fail(EAGAIN);
}

int sem_clockwait(sem_t *restrict sem, clockid_t clock, const struct timespec *restrict limit)
{
    while (!take(sem)) {
        if (!clock_can_wait(clock) || !time_is_right(limit))
            return fail(EINVAL);
        __atomic_add_fetch(&sem->__state, SEM_ONE_WAITS, __ATOMIC_SEQ_CST);
        int error = futex_wait(sem_counter(sem), 0, sem->__shared, clock, limit);
        __atomic_sub_fetch(&sem->__state, SEM_ONE_WAITS, __ATOMIC_SEQ_CST);
        if (error == EINTR || error == ETIMEDOUT)
            return fail(error);
    }
    return 0;
}

int sem_timedwait(sem_t *restrict sem, const struct timespec *restrict limit)
{
    return sem_clockwait(sem, CLOCK_REALTIME, limit);
}

int sem_wait(sem_t *sem)
{
    return sem_clockwait(sem, CLOCK_MONOTONIC, NULL);
}

int sem_post(sem_t *sem)
{
    bool shared = sem->__shared;
    unsigned long seen = __atomic_load_n(&sem->__state, __ATOMIC_SEQ_CST);

    do {
        if ((seen & SEM_COUNTER) == SEM_VALUE_MAX)
            return fail(EOVERFLOW);
    } while (!change(sem, &seen, seen + 1));
    if (seen >= SEM_ONE_WAITS)
        futex_wake(sem_counter(sem), 1, shared);
    return 0;
}

int sem_getvalue(sem_t *restrict sem, int *restrict value)
{
    *value = (int)(__atomic_load_n(&sem->__state, __ATOMIC_SEQ_CST) & SEM_COUNTER);
    return 0;
}
