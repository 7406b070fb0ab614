/* The run queue of each processor, and what the files of sched share. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "abi/types.h"
#include "sched.h"

enum {
    SLICE_NS = 10 * 1000 * 1000,
    /* how long a thread that was woken waits: the one that runs usually sleeps sooner */
    HANDOFF_NS = 300 * 1000,
    SHARE_NS = 100 * 1000, /* how long a thread may run at least */
};

struct run_queue {
    struct spinlock
        lock; /* RANK_RUNQ; held over a switch, until the old thread's registers are saved */
    struct list ready; /* guarded by lock: of thread.run_node; they wait for their turn */
    /* guarded by lock: they have slept and have a part of a slice left; they run first */
    struct list woken;
    uint64_t woken_due_ns; /* guarded by lock: when the thread that runs must give way to `woken` */
    uint32_t n_ready;      /* guarded by lock: threads in both lists; may be read without it */
    bool idling;           /* atomic: its processor halts or is about to: a kick wakes it */
    struct thread *idle;   /* constant */

    /* used by its processor only: */
    uint64_t slice_end_ns; /* when the slice of the thread that runs is over */
    uint64_t n_switches;
    uint64_t selectors, fs_base,
        gs_base;               /* the segment registers that are loaded; a base may in fact be 0 */
    struct space *ended_space; /* for space_reap after the switch */
    struct thread *exited;     /* for `last` after the switch */
    void (*last)(struct thread *);
    bool alarm_rang; /* its alarm was due at the last switch */

    struct timer *firing; /* guarded by the timers' lock: the timer whose `fire` runs here */
    /* atomic, written by its processor: when its alarm rings; UINT64_MAX: never */
    uint64_t armed_ns;
    bool cover_due; /* a timer was set that is watched only if this processor halts next */
};

extern struct run_queue run_queues[MAX_CPUS];

static inline struct run_queue *this_queue(void)
{
    return &run_queues[this_cpu()->id];
}

/* Runs the next ready thread, or idle, after the caller has set its own state. Lock: queue->lock
 * held; free again when the caller runs again. */
void switch_to_next(struct run_queue *queue);
/* The first function of a new thread: finishes the switch, then calls start(arg). */
_Noreturn void thread_begin(void (*start)(void *), void *arg);
/* Makes this processor's alarm ring no later than the deadline. An alarm that is too early only
 * reads the clock, so one that is set already is often left. */
static inline void timer_need(struct run_queue *queue, uint64_t deadline_ns)
{
    if (deadline_ns < queue->armed_ns) {
        __atomic_store_n(&queue->armed_ns, deadline_ns, __ATOMIC_SEQ_CST);
        timer_arm(deadline_ns);
    }
}
/* timer_set by a thread that sleeps next: its processor may then halt and watch the timer itself,
 * so that no other is kicked. */
void timer_set_for_sleep(struct timer *timer, uint64_t deadline_ns);
/* Fires the timers that are due, unless a halting processor does it, and sees that the others are
 * watched. */
void timers_run(struct run_queue *queue);
/* Afterwards the alarm of some processor is set to the first timer. timers_watch: the caller is
 * about to halt and has announced it. timers_cover: the caller goes on running. */
void timers_watch(void);
void timers_cover(void);
void threads_init(void);
extern uint32_t n_threads; /* atomic: threads that were created and not freed */
