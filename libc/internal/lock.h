/* The locks of the library's own data. As long as there has been one thread only, a lock is a store
 * and needs no atomic operation. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include "thread_arch.h"

/* Set by the first pthread_create; cleared in the child of a fork, which has one thread. */
extern bool libc_threaded;

/* Weak: they are part of a program only if it can have threads. */
__attribute__((weak)) void lock_take_shared(unsigned *lock);
__attribute__((weak)) bool lock_try_shared(unsigned *lock);
__attribute__((weak)) void lock_give_shared(unsigned *lock);

/* `lock` is 0 while it is free. Not recursive. A thread that holds one may create no thread that
 * waits for it. */
static inline void lock_take(unsigned *lock)
{
    if (libc_threaded)
        lock_take_shared(lock);
    else
        *lock = 1;
}

/* Takes the lock if it is free; whether it was. */
static inline bool lock_try(unsigned *lock)
{
    if (libc_threaded)
        return lock_try_shared(lock);
    return *lock ? false : (*lock = 1);
}

static inline void lock_give(unsigned *lock)
{
    if (libc_threaded)
        lock_give_shared(lock);
    else
        *lock = 0;
}

/* A lock that its holder may take several times. */
struct recursive_lock {
    unsigned word;
    struct __pthread *holder;
    unsigned depth;
};

static inline bool recursive_is_mine(const struct recursive_lock *lock)
{
    return __atomic_load_n(&lock->holder, __ATOMIC_RELAXED) == thread_self();
}

static inline void recursive_take(struct recursive_lock *lock)
{
    if (!recursive_is_mine(lock)) {
        lock_take(&lock->word);
        __atomic_store_n(&lock->holder, thread_self(), __ATOMIC_RELAXED);
    }
    lock->depth++;
}

/* Takes the lock if it is free. True if it was. */
static inline bool recursive_try(struct recursive_lock *lock)
{
    if (!recursive_is_mine(lock)) {
        if (!lock_try(&lock->word))
            return false;
        __atomic_store_n(&lock->holder, thread_self(), __ATOMIC_RELAXED);
    }
    lock->depth++;
    return true;
}

static inline void recursive_give(struct recursive_lock *lock)
{
    if (--lock->depth == 0) {
        __atomic_store_n(&lock->holder, NULL, __ATOMIC_RELAXED);
        lock_give(&lock->word);
    }
}
