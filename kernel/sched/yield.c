/* sched_yield, and letting others run in the middle of a long call. */
/* SPDX-License-Identifier: MIT */
#include "local.h"
#include "syscall_calls.h"

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
