/* Counts the threads inside an object. POSIX allows it to be destroyed as soon as none waits, but
 * threads that were woken may still be reading it then. So *_destroy waits until the last of them
 * has left; after that none touches it. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "futex.h"

#define USERS_AWAITED 0x80000000 /* a thread waits until there is none */

static inline void users_enter(unsigned *users)
{
    word_add(users, 1);
}

static inline void users_leave(unsigned *users, bool shared)
{
    if (word_add(users, -1U) == USERS_AWAITED)
        futex_wake(users, 1, shared);
}

static inline void users_await_none(unsigned *users, bool shared)
{
    unsigned n = __atomic_or_fetch(users, USERS_AWAITED, __ATOMIC_SEQ_CST);

    for (; n != USERS_AWAITED; n = word_read(users))
        futex_wait(users, n, shared, CLOCK_MONOTONIC, NULL);
}
