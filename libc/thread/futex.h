/* futex: sleeping until another thread has changed a word and says so. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/futex.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <time.h>
#include "syscall.h"

/* Sleeps as long as *word has the value `seen` and no thread wakes it; it may also wake without a
 * reason. `limit` is a time of `clock`, CLOCK_REALTIME or CLOCK_MONOTONIC; NULL: there is none.
 * `shared`: other processes may change the word. 0, EAGAIN, EINTR, ETIMEDOUT, EINVAL (limit). */
static inline int futex_wait(unsigned *word, unsigned seen, bool shared, clockid_t clock,
                             const struct timespec *limit)
{
    int op = FUTEX_WAIT_BITSET | (shared ? 0 : FUTEX_PRIVATE_FLAG) |
             (clock == CLOCK_REALTIME ? FUTEX_CLOCK_REALTIME : 0);

    return (int)-sys_futex(word, op, seen, limit, NULL, FUTEX_BITSET_MATCH_ANY);
}

/* Wakes up to `most` threads that wait for the word. The word is not read: it may be gone. */
static inline void futex_wake(unsigned *word, unsigned most, bool shared)
{
    sys_futex(word, FUTEX_WAKE | (shared ? 0 : FUTEX_PRIVATE_FLAG), most, NULL, NULL, 0);
}

/* Whether a clock is one that a thread can wait by. */
static inline bool clock_can_wait(clockid_t clock)
{
    return clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC;
}

static inline bool time_is_right(const struct timespec *time)
{
    return !time || (time->tv_nsec >= 0 && time->tv_nsec < 1000000000);
}

/* The atomic operations on words, in the strongest order: a few instructions cost no time here, and
 * weaker ones cost the reader thought. */
static inline unsigned word_read(const unsigned *word)
{
    return __atomic_load_n(word, __ATOMIC_SEQ_CST);
}

/* Changes the word to `to` if it is *seen; if not, *seen becomes what it is. */
static inline bool word_change(unsigned *word, unsigned *seen, unsigned to)
{
    return __atomic_compare_exchange_n(word, seen, to, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

/* Sets the word, and returns what it was. */
static inline unsigned word_swap(unsigned *word, unsigned to)
{
    return __atomic_exchange_n(word, to, __ATOMIC_SEQ_CST);
}

/* Adds to the word, and returns the sum. */
static inline unsigned word_add(unsigned *word, unsigned n)
{
    return __atomic_add_fetch(word, n, __ATOMIC_SEQ_CST);
}
