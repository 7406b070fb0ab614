/* Mutexes, as their files see them. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <pthread.h>
#include "futex.h"

/* In __kind, above the type. */
#define MUTEX_TYPES  3
#define MUTEX_ROBUST 4
#define MUTEX_SHARED 8

/* The owner in the word of a robust mutex whose state can no longer be repaired. */
#define NOT_RECOVERABLE FUTEX_TID_MASK

/* A limit for mutex_acquire: not to wait at all, but to return EBUSY. */
extern const struct timespec mutex_no_wait;

/* The kernel wakes the waiters of a robust mutex as if they could be of other processes. */
static inline bool mutex_is_shared(const pthread_mutex_t *mutex)
{
    return mutex->__kind & (MUTEX_ROBUST | MUTEX_SHARED);
}

/* Makes the thread `tid` the owner of the mutex, which it is not. 0; EOWNERDEAD: it is, and the
 * last owner ended; ENOTRECOVERABLE, EBUSY, ETIMEDOUT, EINVAL (the limit). */
int mutex_acquire(pthread_mutex_t *mutex, unsigned tid, clockid_t clock,
                  const struct timespec *limit);

/* Sets the word to 0 or NOT_RECOVERABLE, and wakes a waiter. Then it may be destroyed. */
void mutex_release(pthread_mutex_t *mutex, unsigned to);

/* The same for a robust mutex, which must be in the list of its owner. */
int robust_acquire(pthread_mutex_t *mutex, unsigned tid, clockid_t clock,
                   const struct timespec *limit);
void robust_release(pthread_mutex_t *mutex);
