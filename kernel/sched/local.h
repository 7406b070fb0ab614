/* What sched's own files know of each processor. */
#pragma once

#include "abi/types.h"
#include "sched.h"

/* What a clock shows; false if there is no such clock. */
bool clock_read(struct thread *self, clockid_t clock, uint64_t *ns);

enum {
    SLICE_NS = 10 * 1000 * 1000,
    HANDOFF_NS = 300 * 1000, /* who wakes another, or a fork's child, usually sleeps sooner */
};

struct run_queue {
    struct spinlock
        lock; /* rank RANK_RUNQ; held over a switch, until the old thread's registers are saved */
    struct list ready;     /* guarded by lock: thread.run_node; each has a whole time slice */
    struct list woken;     /* guarded by lock: were asleep, have part of a slice left, go first */
    uint64_t woken_due_ns; /* guarded by lock: until then the first of them lets another run on */
    uint32_t n_ready;      /* guarded by lock: in both; others may peek */
    bool idling;           /* atomic: its processor is about to halt, or halts: a kick wakes it */
    struct thread *idle;   /* constant */

    /* the processor's own */
    uint64_t slice_end_ns; /* of the thread that runs */
    uint64_t n_switches;
    uint64_t selectors, fs_base,
        gs_base;               /* the user's segment registers; a base may be 0 instead */
    struct space *ended_space; /* to be reaped after the switch */
    struct thread *exited;     /* to be buried after the switch, by `last` */
    void (*last)(struct thread *);
    bool alarm_rang; /* its alarm was due at the last switch */

    struct timer *firing; /* guarded by the timers' lock: whose fire runs here now */
    uint64_t armed_ns;    /* atomic, written here only: when its alarm rings; UINT64_MAX: never */
    bool cover_due;       /* a timer was set that is watched only if this processor halts next */
};

extern struct run_queue run_queues[MAX_CPUS];

static inline struct run_queue *this_queue(void)
{
    return &run_queues[this_cpu()->id];
}

/* Gives the processor to the next ready thread, or idle. The caller has set its own state and holds
 * the queue's lock, which is free again when it runs on. */
void switch_to_next(struct run_queue *queue);
/* Where a new thread begins to run: finishes the switch, then calls start(arg). */
_Noreturn void thread_begin(void (*start)(void *), void *arg);
/* Wakes a thread that sleeps; why, it finds in wake_result. One that does not sleep yet finds
 * wake_pending if the result is 0. */
void thread_wake(struct thread *thread, int result);
/* Makes sure that this processor's alarm rings no later than that. One that rings too early only
 * looks at the clock, so one that is set already often does. */
static inline void timer_need(struct run_queue *queue, uint64_t deadline_ns)
{
    if (deadline_ns < queue->armed_ns) {
        __atomic_store_n(&queue->armed_ns, deadline_ns, __ATOMIC_SEQ_CST);
        timer_arm(deadline_ns);
    }
}
/* timer_set by a thread that sleeps next: where its processor then halts, nobody is kicked. */
void timer_set_for_sleep(struct timer *timer, uint64_t deadline_ns);
/* Fires what is due of all timers, unless one that halts does it, and has the rest watched. */
void timers_run(struct run_queue *queue);
/* The alarm of some processor is set to the first timer afterwards: the caller's own, which is
 * about to halt and has announced it; or of one that halts, as the caller goes on running. */
void timers_watch(void);
void timers_cover(void);
void threads_init(void);
void load_sample(void);
extern uint32_t n_threads; /* atomic: created and not freed */
