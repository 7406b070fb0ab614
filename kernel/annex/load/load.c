/* The load averages: how many threads ran or were ready in the last minutes. */
/* SPDX-License-Identifier: MIT */
#include "load.h"

#include "annex.h"
#include "sched/local.h"

#define LOAD_STEP_NS 5000000000ull

/* of 1, 5 and 15 minutes, in units of 1/65536; a race loses one sample at most */
static uint32_t load_average[3];
static uint64_t load_next_ns = LOAD_STEP_NS;

/* How many threads run or are ready. */
static uint32_t count_active(void)
{
    uint32_t n = 0;
    for (uint32_t id = 0; id < n_cpus; id++)
        n += run_queues[id].n_ready + (cpus[id]->thread != run_queues[id].idle);
    return n;
}

/* Updates the averages. Without ticks no samples are taken while the machine is idle: each missed
 * sample counts as the present state. */
static void load_sample(void)
{
    static const uint32_t decay[3] = {60291, 64454, 65173}; /* 65536 * e^(-5s / 1, 5, 15 min) */
    uint64_t now = clock_ns();
    for (int steps = 0; load_next_ns <= now && steps < 1000; steps++) {
        uint64_t active = (uint64_t)count_active() << 16;
        for (int i = 0; i < 3; i++)
            load_average[i] =
                (load_average[i] * (uint64_t)decay[i] + active * (65536 - decay[i])) >> 16;
        load_next_ns += LOAD_STEP_NS;
    }
}

void sched_load(uint32_t load[3], uint32_t *n_running, uint32_t *n_all)
{
    load_sample();
    for (int i = 0; i < 3; i++)
        load[i] = load_average[i];
    *n_running = count_active();
    *n_all = __atomic_load_n(&n_threads, __ATOMIC_RELAXED);
}

static void start(struct fs_context *fs, const char *command_line)
{
    (void)fs, (void)command_line;
    annex_hooks.load_sample = load_sample;
}

ANNEX(load, ANNEX_START, start);
