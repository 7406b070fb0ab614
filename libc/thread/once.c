/* pthread_once: the first caller runs the function, and the others wait until it has returned. */
/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include "futex.h"

enum { NEW, RUNS, RUNS_AWAITED, DONE };

int pthread_once(pthread_once_t *once, void (*function)(void))
{
    unsigned *word = (unsigned *)once, seen = NEW;

    if (word_read(word) == DONE)
        return 0;
    if (word_change(word, &seen, RUNS)) {
        function();
        if (word_swap(word, DONE) == RUNS_AWAITED)
            futex_wake(word, INT_MAX, false);
        return 0;
    }
    for (; seen != DONE; seen = word_read(word))
        if (seen == RUNS_AWAITED || word_change(word, &seen, RUNS_AWAITED))
            futex_wait(word, RUNS_AWAITED, false, CLOCK_MONOTONIC, NULL);
    return 0;
}
