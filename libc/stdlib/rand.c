/* rand and random: numbers that look random and repeat with their seed. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

static unsigned long state = 1;

/* One step of a 64-bit linear congruential generator. Only its upper bits look random. */
static int next(unsigned long *at)
{
    *at = *at * 6364136223846793005UL + 1442695040888963407UL;
    return (int)(*at >> 33);
}

void srand(unsigned int seed)
{
    state = seed;
}

int rand(void)
{
    return next(&state);
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
