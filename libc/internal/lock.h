/* The locks of the library's own data. As long as there has been one thread only, a lock is a store
 * and needs no atomic operation. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

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
