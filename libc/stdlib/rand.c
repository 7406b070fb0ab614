/* rand and random: numbers that look random and repeat with their seed.
 *
 * A state of `degree` numbers is a circle. Each new number is the sum of two that are `separation`
 * apart, and replaces one of them; what is returned are its upper 31 bits. A state too small for
 * that is one number of a linear congruential generator. The numbers are the same as glibc's. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include "lock.h"
#include "syscall.h"

#define KINDS 5

/* By the kind of a state: how many numbers it has, and how far apart those are that are added. */
static const struct {
    size_t bytes;
    int degree, separation;
} kinds[KINDS] = {{8, 0, 0}, {32, 7, 3}, {64, 15, 1}, {128, 31, 3}, {256, 63, 1}};

static int32_t first_state[32];

unsigned rand_lock; /* guards `common` */
static struct random_data common = {.state = first_state + 1};

/* The number before a state says its kind and, as the state is left, how far it has come. */
static void note_place(struct random_data *data)
{
    long place = data->rand_type ? data->rptr - data->state : 0;

    data->state[-1] = (int32_t)(KINDS * place + data->rand_type);
}

static void set_kind(struct random_data *data, int kind, int32_t *state)
{
    data->rand_type = kind;
    data->rand_deg = kinds[kind].degree;
    data->rand_sep = kinds[kind].separation;
    data->state = state;
    data->end_ptr = state + data->rand_deg;
}

int random_r(struct random_data *data, int32_t *result)
{
    int32_t *state = data->state;

    if (data->rand_type == 0) {
        *state = *result = (int32_t)(((uint32_t)*state * 1103515245u + 12345u) & 0x7fffffff);
        return 0;
    }
    *data->fptr = (int32_t)((uint32_t)*data->fptr + (uint32_t)*data->rptr);
    *result = (int32_t)((uint32_t)*data->fptr >> 1);
    if (++data->fptr == data->end_ptr)
        data->fptr = state;
    if (++data->rptr == data->end_ptr)
        data->rptr = state;
    return 0;
}

/* The numbers of a new state are those of another generator; then it is run until they are mixed.
 */
int srandom_r(unsigned int seed, struct random_data *data)
{
    int64_t number = (int32_t)(seed ? seed : 1);
    int32_t none;

    data->state[0] = (int32_t)number;
    if (data->rand_type == 0)
        return 0;
    for (int i = 1; i < data->rand_deg; i++) {
        number = 16807 * (number % 127773) - 2836 * (number / 127773);
        if (number < 0)
            number += 2147483647;
        data->state[i] = (int32_t)number;
    }
    data->fptr = data->state + data->rand_sep;
    data->rptr = data->state;
    for (int i = 0; i < data->rand_deg * 10; i++)
        random_r(data, &none);
    return 0;
}

int initstate_r(unsigned int seed, char *memory, size_t size, struct random_data *data)
{
    int kind = KINDS - 1;

    if (size < kinds[0].bytes)
        return fail(EINVAL);
    if (data->state)
        note_place(data);
    while (size < kinds[kind].bytes)
        kind--;
    set_kind(data, kind, (int32_t *)(void *)memory + 1);
    srandom_r(seed, data);
    note_place(data);
    return 0;
}

int setstate_r(char *memory, struct random_data *data)
{
    int32_t *state = (int32_t *)(void *)memory + 1;
    int kind = state[-1] % KINDS, place = state[-1] / KINDS;

    if (kind < 0)
        return fail(EINVAL);
    note_place(data);
    set_kind(data, kind, state);
    if (kind > 0) {
        data->rptr = state + place;
        data->fptr = state + (place + data->rand_sep) % data->rand_deg;
    }
    return 0;
}

/* Takes the common state, which is seeded with 1 when it is first used. */
static struct random_data *take_common(void)
{
    lock_take(&rand_lock);
    if (!common.end_ptr) {
        set_kind(&common, 3, first_state + 1);
        srandom_r(1, &common);
        note_place(&common);
    }
    return &common;
}

char *initstate(unsigned int seed, char *memory, size_t size)
{
    struct random_data *data = take_common();
    char *before = (char *)(data->state - 1);

    int result = initstate_r(seed, memory, size, data);
    lock_give(&rand_lock);
    return result < 0 ? NULL : before;
}

char *setstate(char *memory)
{
    struct random_data *data = take_common();
    char *before = (char *)(data->state - 1);

    int result = setstate_r(memory, data);
    lock_give(&rand_lock);
    return result < 0 ? NULL : before;
}

void srandom(unsigned int seed)
{
    srandom_r(seed, take_common());
    lock_give(&rand_lock);
}

long random(void)
{
    int32_t number;

    random_r(take_common(), &number);
    lock_give(&rand_lock);
    return number;
}

void srand(unsigned int seed)
{
    srandom(seed);
}

int rand(void)
{
    return (int)random();
}

/* Three steps of a generator, whose upper bits are joined. */
int rand_r(unsigned int *seed)
{
    unsigned int number = 0;

    for (int i = 0; i < 3; i++) {
        *seed = *seed * 1103515245u + 12345u;
        number = i == 0 ? *seed >> 16 & 2047 : number << 10 ^ (*seed >> 16 & 1023);
    }
    return (int)number;
}
