/* sched_yield, letting others run in the middle of a long call, and the load averages. */
/* SPDX-License-Identifier: MIT */
#include "local.h"
#include "syscall_calls.h"

#define LOAD_STEP_NS 5000000000ull

/* of 1, 5 and 15 minutes, in units of 1/65536; a race loses one sample at most */
static uint32_t load_average[3];
static uint64_t load_next_ns = LOAD_STEP_NS;

long sys_sched_yield(struct thread *self)
{
    (void)self;
    thread_yield();
    return 0;
}

void thread_end_slice(void)
{
    current_thread()->slice_left_ns = 0;
}

/* A long call runs with interrupts off. So at points that it chooses it answers the other
 * processors, fires timers that are due, and lets another thread run whose turn has come. */
bool cond_resched(void)
{
    struct thread *self = current_thread();
    if (!self)
        return true;
    thread_sample_long(self);
    cpu_poll();
    sched_tick();
    sched_preempt();
    return !self->kill_due;
}

bool sched_let_run(bool wait)
{
    if (wait)
        thread_yield();
    return cond_resched();
}

/* The count is the processor's, not the thread's: it only decides when to look. */
bool thread_resched(size_t n_moved)
{
    enum { BREATH_BYTES = 1 << 16 };
    static size_t moved[MAX_CPUS];
    size_t *count = &moved[this_cpu()->id];
    *count += n_moved;
    if (likely(*count < BREATH_BYTES))
        return true;
    *count = 0;
    return cond_resched();
}

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
void load_sample(void)
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
