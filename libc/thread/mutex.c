/* Mutexes of all types.
 *
 * The word is 0 while the mutex is free, and otherwise the owner's number, with FUTEX_WAITERS if a
 * thread may be waiting. Without contention, locking and unlocking take one atomic instruction
 * each. A thread that had to wait becomes the owner with that bit set, because others may still be
 * waiting; at worst one wake-up finds no waiter. The kernel knows this form of a word: when the
 * owner of a robust mutex ends, the kernel sets FUTEX_OWNER_DIED in it (robust.c). */
/* SPDX-License-Identifier: MIT */
#include "mutex.h"
#include "thread.h"

const struct timespec mutex_no_wait;

int pthread_mutex_init(pthread_mutex_t *restrict mutex, const pthread_mutexattr_t *restrict attr)
{
    *mutex = (pthread_mutex_t){.__kind = attr ? attr->__kind : PTHREAD_MUTEX_DEFAULT};
    return 0;
}

int pthread_mutex_destroy(pthread_mutex_t *mutex)
{
    unsigned owner = word_read(&mutex->__word) & FUTEX_TID_MASK;

    return owner && owner != NOT_RECOVERABLE ? EBUSY : 0;
}

/* Sleeps until the owner may be another than that of the word `*seen`; sets *seen. 0 or an error.
 */
static int wait_for_owner(pthread_mutex_t *mutex, unsigned *seen, clockid_t clock,
                          const struct timespec *limit)
{
    if ((*seen & FUTEX_TID_MASK) == NOT_RECOVERABLE)
        return ENOTRECOVERABLE;
    if (limit == &mutex_no_wait)
        return EBUSY;
    if (!clock_can_wait(clock) || !time_is_right(limit))
        return EINVAL;
    if (!(*seen & FUTEX_WAITERS) && !word_change(&mutex->__word, seen, *seen | FUTEX_WAITERS))
        return 0;
    int error =
        futex_wait(&mutex->__word, *seen | FUTEX_WAITERS, mutex_is_shared(mutex), clock, limit);
    *seen = word_read(&mutex->__word);
    return error == ETIMEDOUT ? error : 0;
}

int mutex_acquire(pthread_mutex_t *mutex, unsigned tid, clockid_t clock,
                  const struct timespec *limit)
{
    unsigned seen = 0;

    if (word_change(&mutex->__word, &seen, tid))
        return 0;
    while (seen & FUTEX_TID_MASK || !word_change(&mutex->__word, &seen, tid | FUTEX_WAITERS)) {
        int error = seen & FUTEX_TID_MASK ? wait_for_owner(mutex, &seen, clock, limit) : 0;

        if (error)
            return error;
    }
    if (!(seen & FUTEX_OWNER_DIED))
        return 0;
    mutex->__broken = true;
    mutex->__depth = 0;
    return EOWNERDEAD;
}

static bool is_owner(const pthread_mutex_t *mutex, unsigned tid)
{
    return (word_read(&mutex->__word) & FUTEX_TID_MASK) == tid;
}

/* The owner locks it once more. */
static int lock_again(pthread_mutex_t *mutex, const struct timespec *limit)
{
    if ((mutex->__kind & MUTEX_TYPES) == PTHREAD_MUTEX_ERRORCHECK)
        return limit == &mutex_no_wait ? EBUSY : EDEADLK;
    if (mutex->__depth == UINT_MAX)
        return EAGAIN;
    mutex->__depth++;
    return 0;
}

static int lock(pthread_mutex_t *mutex, clockid_t clock, const struct timespec *limit)
{
    unsigned tid = (unsigned)thread_tid(thread_self());

    if ((mutex->__kind & MUTEX_TYPES) != PTHREAD_MUTEX_NORMAL && is_owner(mutex, tid))
        return lock_again(mutex, limit);
    if (mutex->__kind & MUTEX_ROBUST)
        return robust_acquire(mutex, tid, clock, limit);
    return mutex_acquire(mutex, tid, clock, limit);
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    return lock(mutex, CLOCK_MONOTONIC, NULL);
}

int pthread_mutex_trylock(pthread_mutex_t *mutex)
{
    return lock(mutex, CLOCK_MONOTONIC, &mutex_no_wait);
}

int pthread_mutex_timedlock(pthread_mutex_t *restrict mutex, const struct timespec *restrict limit)
{
    return lock(mutex, CLOCK_REALTIME, limit);
}

int pthread_mutex_clocklock(pthread_mutex_t *restrict mutex, clockid_t clock,
                            const struct timespec *restrict limit)
{
    return lock(mutex, clock, limit);
}

void mutex_release(pthread_mutex_t *mutex, unsigned to)
{
    bool shared = mutex_is_shared(mutex);

    if (word_swap(&mutex->__word, to) & FUTEX_WAITERS)
        futex_wake(&mutex->__word, to == 0 ? 1 : INT_MAX, shared);
}

int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    if (mutex->__kind & (MUTEX_ROBUST | MUTEX_TYPES)) {
        if (!is_owner(mutex, (unsigned)thread_tid(thread_self())))
            return EPERM;
        if (mutex->__depth > 0) {
            mutex->__depth--;
            return 0;
        }
    }
    if (mutex->__kind & MUTEX_ROBUST)
        robust_release(mutex);
    else
        mutex_release(mutex, 0);
    return 0;
}
