/* Random numbers for programs and kernel: one generator, seeded by the processor and by time. */
/* SPDX-License-Identifier: MIT */
#include "devices.h"

static struct spinlock random_lock = SPINLOCK("random", RANK_DEVICE);
/* guarded by random_lock: */
static struct random generator;
static bool seeded;

/* Seeds the generator at its first use. Lock: random_lock held. */
static void seed(void)
{
    uint64_t words[8] = {cycle_count(), clock_ns(), clock_boot_realtime_ns(), (uint64_t)words};
    for (size_t i = 4; i < ARRAY_SIZE(words); i++)
        if (!random_hardware(&words[i]))
            words[i] = cycle_count();
    random_init(&generator, words, sizeof(words));
    seeded = true;
}

void random_fill(void *buf, size_t n)
{
    spin_lock(&random_lock);
    if (!seeded)
        seed();
    random_bytes(&generator, buf, n);
    spin_unlock(&random_lock);
}

void random_stir(const void *data, size_t n)
{
    spin_lock(&random_lock);
    if (!seeded)
        seed();
    random_mix(&generator, data, n);
    spin_unlock(&random_lock);
}
