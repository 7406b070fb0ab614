/* A lock for many readers or one writer.
 *
 * The word counts the readers, or is WRITER; its top bit says that a thread waits. The thread
 * that releases the lock last sets the word to 0, and wakes all if that bit was set: they compete
 * again. */
/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include "futex.h"
#include "thread.h"

#define AWAITED 0x80000000u
#define COUNT   0x7fffffffu
#define WRITER  COUNT

int pthread_rwlock_init(pthread_rwlock_t *restrict lock, const pthread_rwlockattr_t *restrict attr)
{
    *lock = (pthread_rwlock_t){.__shared = attr && attr->__shared};
    return 0;
}

int pthread_rwlock_destroy(pthread_rwlock_t *lock)
{
    return word_read(&lock->__word) ? EBUSY : 0;
}

int pthread_rwlock_tryrdlock(pthread_rwlock_t *lock)
{
    unsigned seen = word_read(&lock->__word);

    do {
        if ((seen & COUNT) == WRITER)
            return EBUSY;
        if ((seen & COUNT) == WRITER - 1)
            return EAGAIN;
    } while (!word_change(&lock->__word, &seen, seen + 1));
    return 0;
}

int pthread_rwlock_trywrlock(pthread_rwlock_t *lock)
{
    unsigned seen = word_read(&lock->__word);

    do {
        if (seen & COUNT)
            return EBUSY;
    } while (!word_change(&lock->__word, &seen, seen | WRITER));
    lock->__writer = thread_tid(thread_self());
    return 0;
}

static bool excludes(unsigned word, int (*try)(pthread_rwlock_t *))
{
    return try == pthread_rwlock_tryrdlock ? (word & COUNT) == WRITER : (word & COUNT) != 0;
}

/* `try` says EBUSY as long as others hold the lock in a way that excludes the caller. A writer
 * that wants the lock once more would wait for itself. */
static int lock_by(pthread_rwlock_t *lock, int (*try)(pthread_rwlock_t *), clockid_t clock,
                   const struct timespec *limit)
{
    int error;

    while ((error = try(lock)) == EBUSY) {
        unsigned seen = word_read(&lock->__word);

        if ((seen & COUNT) == WRITER && lock->__writer == thread_tid(thread_self()))
            return EDEADLK;
        if (!clock_can_wait(clock) || !time_is_right(limit))
            return EINVAL;
        if (!excludes(seen, try))
            continue;
        if (!(seen & AWAITED) && !word_change(&lock->__word, &seen, seen | AWAITED))
            continue;
        if (futex_wait(&lock->__word, seen | AWAITED, lock->__shared, clock, limit) == ETIMEDOUT)
            return ETIMEDOUT;
    }
    return error;
}

int pthread_rwlock_rdlock(pthread_rwlock_t *lock)
{
    return lock_by(lock, pthread_rwlock_tryrdlock, CLOCK_MONOTONIC, NULL);
}

int pthread_rwlock_wrlock(pthread_rwlock_t *lock)
{
    return lock_by(lock, pthread_rwlock_trywrlock, CLOCK_MONOTONIC, NULL);
}

int pthread_rwlock_timedrdlock(pthread_rwlock_t *restrict lock,
                               const struct timespec *restrict limit)
{
    return lock_by(lock, pthread_rwlock_tryrdlock, CLOCK_REALTIME, limit);
}

int pthread_rwlock_timedwrlock(pthread_rwlock_t *restrict lock,
                               const struct timespec *restrict limit)
{
    return lock_by(lock, pthread_rwlock_trywrlock, CLOCK_REALTIME, limit);
}

int pthread_rwlock_clockrdlock(pthread_rwlock_t *restrict lock, clockid_t clock,
                               const struct timespec *restrict limit)
{
    return lock_by(lock, pthread_rwlock_tryrdlock, clock, limit);
}

int pthread_rwlock_clockwrlock(pthread_rwlock_t *restrict lock, clockid_t clock,
                               const struct timespec *restrict limit)
{
    return lock_by(lock, pthread_rwlock_trywrlock, clock, limit);
}

/* After the word has changed, the lock may be destroyed. */
int pthread_rwlock_unlock(pthread_rwlock_t *lock)
{
    unsigned seen = word_read(&lock->__word), to;
    bool shared = lock->__shared;

    if ((seen & COUNT) == WRITER)
        lock->__writer = 0;
    do {
        if (!(seen & COUNT))
            return EPERM;
        to = (seen & COUNT) == WRITER || (seen & COUNT) == 1 ? 0 : seen - 1;
    } while (!word_change(&lock->__word, &seen, to));
    if (to == 0 && seen & AWAITED)
        futex_wake(&lock->__word, INT_MAX, shared);
    return 0;
}
