/* drand48 and its family: a linear congruential generator of 48 bits. */
/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FACTOR  0x5deece66d
#define ADDEND  0xb
#define MASK_48 0xffffffffffff

static unsigned short now[3], before[3]; /* the state: 16 bits each, the lowest first */
static uint64_t factor = FACTOR;
static uint16_t addend = ADDEND;

static uint64_t next(unsigned short state[3])
{
    uint64_t x = state[0] | (uint64_t)state[1] << 16 | (uint64_t)state[2] << 32;

    x = (x * factor + addend) & MASK_48;
    for (int i = 0; i < 3; i++)
        state[i] = (unsigned short)(x >> 16 * i);
    return x;
}

double erand48(unsigned short state[3])
{
    return (double)next(state) / (MASK_48 + 1.0);
}

long nrand48(unsigned short state[3])
{
    return (long)(next(state) >> 17);
}

long jrand48(unsigned short state[3])
{
    return (int32_t)(next(state) >> 16);
}

double drand48(void)
{
    return erand48(now);
}

long lrand48(void)
{
    return nrand48(now);
}

long mrand48(void)
{
    return jrand48(now);
}

unsigned short *seed48(unsigned short state[3])
{
    memcpy(before, now, sizeof(before));
    memcpy(now, state, sizeof(now));
    factor = FACTOR;
    addend = ADDEND;
    return before;
}

void srand48(long seed)
{
    seed48((unsigned short[]){0x330e, (unsigned short)seed, (unsigned short)(seed >> 16)});
}

/* The state, the factor and the addend, 16 bits each. */
void lcong48(unsigned short parameters[7])
{
    memcpy(now, parameters, sizeof(now));
    factor = parameters[3] | (uint64_t)parameters[4] << 16 | (uint64_t)parameters[5] << 32;
    addend = parameters[6];
}
