/* The library's own locks, for programs that have threads: 0 free, 1 held, 2 held and waited for;
 * and all of them across a fork. */
/* SPDX-License-Identifier: MIT */
#include "lock.h"
#include "atfork.h"
#include "futex.h"
#include "start.h"
#include "thread.h"

/* A thread that had to wait sets 2, because others may still wait; at worst one wake-up finds none.
 */
void lock_take_shared(unsigned *lock)
{
    unsigned seen = 0;

    if (word_change(lock, &seen, 1))
        return;
    while (word_swap(lock, 2) != 0)
        futex_wait(lock, 2, false, CLOCK_MONOTONIC, NULL);
}

bool lock_try_shared(unsigned *lock)
{
    unsigned seen = 0;

    return word_change(lock, &seen, 1);
}

void lock_give_shared(unsigned *lock)
{
    if (word_swap(lock, 0) == 2)
        futex_wake(lock, 1, false);
}

/* The locks of data that a program may or may not have; those that it has not are NULL. A thread
 * that holds one takes only later ones. Those of single FILEs, directories and threads are not
 * among them. */
extern unsigned atfork_lock __attribute__((weak)), keys_lock __attribute__((weak)),
    sems_lock __attribute__((weak)), atexit_lock __attribute__((weak)),
    quick_exit_lock __attribute__((weak)), env_lock __attribute__((weak)),
    rand_lock __attribute__((weak)), stdio_lock __attribute__((weak)),
    heap_lock __attribute__((weak));

static struct recursive_lock exit_lock; /* never given back */

static unsigned *const locks[] = {&atfork_lock, &keys_lock,       &sems_lock,
                                  &atexit_lock, &quick_exit_lock, &env_lock,
                                  &rand_lock,   &stdio_lock,      &heap_lock};

#define N_LOCKS (sizeof(locks) / sizeof(locks[0]))

void exit_alone(void)
{
    recursive_take(&exit_lock);
}

void threads_begin(void)
{
    libc_threaded = true;
}

void locks_before_fork(void)
{
    for (size_t i = 0; i < N_LOCKS; i++)
        if (locks[i])
            lock_take(locks[i]);
    if (stdio_before_fork)
        stdio_before_fork();
}

void locks_after_fork(bool child)
{
    if (stdio_after_fork)
        stdio_after_fork(child);
    for (size_t i = 0; i < N_LOCKS; i++)
        if (locks[i])
            lock_give(locks[i]);
    if (child) {
        if (!recursive_is_mine(&exit_lock))
            exit_lock = (struct recursive_lock){0}; /* another thread of the parent is in exit */
        thread_count = 1;
        libc_threaded = false;
    }
}
