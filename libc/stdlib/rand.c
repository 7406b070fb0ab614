/* rand and random: numbers that look random and repeat with their seed. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include "lock.h"

unsigned rand_lock;
static unsigned long state = 1; /* guarded by rand_lock */

/* One step of a 64-bit linear congruential generator. Only its upper bits look random. */
static int next(unsigned long *at)
{
    *at = *at * 6364136223846793005UL + 1442695040888963407UL;
    return (int)(*at >> 33);
}

void srand(unsigned int seed)
{
    lock_take(&rand_lock);
    state = seed;
    lock_give(&rand_lock);
}

int rand(void)
{
    lock_take(&rand_lock);
    int number = next(&state);
    lock_give(&rand_lock);
    return number;
}

int rand_r(unsigned int *seed)
{
    unsigned long at = *seed * 0x9e3779b97f4a7c15UL;
    int number = next(&at);

    *seed = (unsigned int)(at >> 16);
    return number;
}

void srandom(unsigned int seed)
{
    srand(seed);
}

long random(void)
{
    return rand();
}
