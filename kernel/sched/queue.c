/* The scheduler: which thread each processor runs next, and the switch to it.
 *
 * The rule is round robin with a boost. A thread may run for a time slice of 10 ms, then it waits
 * at the end of the queue `ready` for its next one. A thread that sleeps earlier keeps the rest of
 * its slice. When it is woken, it enters the queue `woken`, which is served first, so that an
 * editor answers at once while compilers run. It cannot starve the others, because sleeping does
 * not renew a slice: when the rest is used up, it waits in `ready` like all others. While a program
 * runs, the first thread in `woken` waits at most 0.3 ms; then the one that runs is put at the
 * front of `ready`, with the rest of its own slice. But each thread that gets the processor may run
 * for 0.1 ms: otherwise a steady stream of woken threads would put it back into `ready` before
 * its first instruction.
 *
 * Each processor has these two queues. A thread that is woken stays on the processor that woke it
 * if no other thread is ready there: the one that woke it often sleeps soon, and starting a halted
 * processor takes longer than most threads then run. If it does not sleep within 0.3 ms, the timer
 * interrupt calls an idle processor, which takes the thread. A processor without ready threads
 * steals from the others before it halts.
 *
 * Four times matter to a processor:
 * - slice_end_ns: when the slice of the thread that runs is over;
 * - woken_due_ns: when that thread must give way to `woken`;
 * - armed_ns: when its alarm, the timer of its local APIC, rings;
 * - the first deadline of all timers (timer.c).
 *
 * The alarm is set only if another thread or a timer waits: there is no regular tick. When it rings
 * (sched_tick), the thread is not switched at once: `resched` is set, and the switch happens on the
 * way to user mode (sched_preempt), because the kernel itself is switched only where it sleeps or
 * calls cond_resched.
 *
 * The switch. A queue's lock is held from the moment the old thread leaves the state THREAD_RUNNING
 * until its registers are saved. It is locked by the old thread and unlocked by the new one, on the
 * new stack (switch_finish). Otherwise another processor could steal the old thread and run it on
 * its stack while that is still in use. A thread that ends cannot free the stack it runs on: the
 * next thread does it.
 *
 * Two processors must not miss each other: one makes a thread ready, while the other finds nothing
 * and halts. The first writes n_ready and then reads `idling`; the second writes `idling` and then
 * reads n_ready. So at least one of them sees the other. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "local.h"

struct run_queue run_queues[MAX_CPUS];

/* ---- The switch ---- */

/* Adds the time since ns_mark to the thread's processor time and subtracts it from its slice. */
static void charge(struct thread *thread, uint64_t now)
{
    uint64_t ran = now - thread->ns_mark;
    thread->run_ns += ran;
    thread->slice_left_ns -= min(ran, thread->slice_left_ns);
    thread->ns_mark = now;
}

/* Segment registers. A program changes the base of FS and GS by arch_prctl, which the kernel sees,
 * or by loading a selector, which it does not see. That makes the base 0, since all segments are
 * flat. So a base that was loaded as X is X or 0 when the thread is switched out, and the next load
 * can be left out only if both are 0. A thread has a base other than 0 only with the null
 * selector. */
void thread_save_segments(struct thread *self)
{
    self->selectors = user_selectors();
    if (unlikely(self->selectors >> SELECTOR_FS_SHIFT & 0xffff))
        self->fs_base = 0;
    if (unlikely(self->selectors >> SELECTOR_GS_SHIFT))
        self->gs_base = 0;
}

static void save_segments(struct run_queue *queue, struct thread *from)
{
    thread_save_segments(from);
    queue->selectors = from->selectors;
    queue->fs_base = from->fs_base;
    queue->gs_base = from->gs_base;
}

static void load_segments(struct run_queue *queue, const struct thread *to)
{
    if (unlikely(queue->selectors != to->selectors)) {
        user_selectors_load(queue->selectors = to->selectors);
        queue->fs_base = queue->gs_base = 0;
    }
    if (queue->fs_base || to->fs_base)
        user_fs_base_set(queue->fs_base = to->fs_base);
    if (queue->gs_base || to->gs_base)
        user_gs_base_set(queue->gs_base = to->gs_base);
}

/* Loads those registers of user mode that are not in the trap frame: vector and segment
 * registers. */
static void load_user_state(struct run_queue *queue, struct thread *from, struct thread *to)
{
    if (from->process)
        save_segments(queue, from);
    if (from->fpu)
        fpu_switch_out(from, from->fpu);
    if (!to->process)
        return;
    if (to->fpu)
        fpu_switch_in(to, to->fpu);
    load_segments(queue, to);
}

/* When the thread that runs must give way to another one. */
static uint64_t give_way_ns(const struct run_queue *queue)
{
    return list_empty(&queue->woken) ? queue->slice_end_ns
                                     : min(queue->slice_end_ns, queue->woken_due_ns);
}

/* The second half of a switch, on the new thread's stack: releases the queue and frees what the old
 * thread left. Thousands of threads may run one after the other without one reaching user mode,
 * where interrupts are taken: each ends or sleeps again. So the alarm is checked here. */
static void switch_finish(void)
{
    struct run_queue *queue = this_queue();
    struct space *ended = queue->ended_space;
    struct thread *exited = queue->exited;
    queue->ended_space = NULL;
    queue->exited = NULL;
    spin_unlock(&queue->lock);
    if (ended)
        space_reap(ended);
    if (exited)
        queue->last(exited);
    if (unlikely(queue->alarm_rang))
        sched_tick();
}

/* Runs `to` on this processor. Lock: queue->lock held; free again on return. */
static void switch_to(struct run_queue *queue, struct thread *to)
{
    struct cpu *cpu = this_cpu();
    struct thread *from = cpu->thread;
    uint64_t now = clock_ns();
    charge(from, now);
    to->ns_mark = now;
    to->state = THREAD_RUNNING;
    queue->slice_end_ns = now + to->slice_left_ns;
    queue->n_switches++;
    queue->alarm_rang = now >= queue->armed_ns;
    queue->woken_due_ns = max(queue->woken_due_ns, now + SHARE_NS);
    if (from->state == THREAD_READY)
        from->n_preempted++;
    else
        from->n_sleeps++;
    if (queue->n_ready)
        timer_need(queue, give_way_ns(queue));
    if (to->space)
        queue->ended_space = space_switch(to->space);
    load_user_state(queue, from, to);
    cpu->thread = to;
    cpu_set_kernel_stack(to->stack_top);
    context_switch(&from->kernel_rsp, to->kernel_rsp);
    switch_finish();
}

/* Removes the next ready thread from the queue; NULL if there is none. Lock: queue->lock held. */
static struct thread *ready_take(struct run_queue *queue)
{
    struct list *from = list_empty(&queue->woken) ? &queue->ready : &queue->woken;
    struct thread *thread = list_first(from, struct thread, run_node);
    if (thread) {
        list_remove(&thread->run_node);
        queue->n_ready--;
    }
    return thread;
}

/* Lock: queue->lock held. */
static void ready_count(struct run_queue *queue, struct thread *thread)
{
    thread->state = THREAD_READY;
    queue->n_ready++;
}

/* Puts a thread at the end of `ready`, with a whole slice. Lock: queue->lock held. */
static void ready_put_last(struct run_queue *queue, struct thread *thread)
{
    thread->slice_left_ns = SLICE_NS;
    list_add_tail(&queue->ready, &thread->run_node);
    ready_count(queue, thread);
}

/* Puts a thread at the front of `ready`, to continue its slice. If that is used up, the thread
 * waits at the end: otherwise the timer would interrupt at once, for example after each fork. Lock:
 * queue->lock held. */
static void ready_put_first(struct run_queue *queue, struct thread *thread)
{
    if (!thread->slice_left_ns) {
        ready_put_last(queue, thread);
        return;
    }
    list_add_head(&queue->ready, &thread->run_node);
    ready_count(queue, thread);
}

/* Puts a thread that is new or was asleep into `woken` if it has a part of a slice left. Lock:
 * queue->lock held. */
static void ready_put_woken(struct run_queue *queue, struct thread *thread)
{
    if (!thread->slice_left_ns || thread->kill_due) {
        ready_put_last(queue, thread); /* thousands may be killed at once: others first */
        return;
    }
    if (list_empty(&queue->woken))
        queue->woken_due_ns = clock_ns() + HANDOFF_NS;
    list_add_tail(&queue->woken, &thread->run_node);
    ready_count(queue, thread);
}

void switch_to_next(struct run_queue *queue)
{
    struct thread *next = ready_take(queue);
    this_cpu()->resched = false;
    if (next && queue->cover_due)
        timers_cover();
    switch_to(queue, next ? next : queue->idle);
}

_Noreturn void thread_begin(void (*start)(void *), void *arg)
{
    switch_finish();
    start(arg);
    panic("a thread's start function came back");
}

/* ---- Becoming ready ---- */

/* An idle processor: `preferred` if it is idle, MAX_CPUS if there is none. */
static uint32_t find_idle(uint32_t preferred)
{
    if (__atomic_load_n(&run_queues[preferred].idling, __ATOMIC_SEQ_CST))
        return preferred;
    for (uint32_t id = 0; id < n_cpus; id++) {
        if (__atomic_load_n(&run_queues[id].idling, __ATOMIC_SEQ_CST))
            return id;
    }
    return MAX_CPUS;
}

/* Is there another processor that is idle? */
static bool help_idles(void)
{
    if (n_cpus == 1)
        return false;
    /* n_ready was written before; sched_idle writes `idling` and then reads n_ready */
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    uint32_t idle = find_idle(this_cpu()->id);
    return idle != MAX_CPUS && idle != this_cpu()->id;
}

/* Sets the alarm for a thread that waits in this processor's queue. */
static void watch_queue(struct run_queue *queue)
{
    if (current_thread() == queue->idle)
        return;
    timer_need(queue, give_way_ns(queue));
    if (help_idles())
        timer_need(queue, clock_ns() + HANDOFF_NS);
}

/* Puts a thread that is in no queue into that processor's queue. */
static void enqueue_on(uint32_t id, struct thread *thread)
{
    struct run_queue *queue = &run_queues[id];
    spin_lock(&queue->lock);
    thread->cpu = id;
    ready_put_woken(queue, thread);
    bool first = queue->n_ready == 1 || !list_empty(&queue->woken);
    spin_unlock(&queue->lock);
    if (id == this_cpu()->id)
        watch_queue(queue);
    else if (first)
        cpu_kick(id); /* it leaves the halt, or starts to watch its time slice */
}

/* Chooses a processor for a ready thread: this one, if no other thread waits here; otherwise an
 * idle one, or the one where the thread ran last. */
static void enqueue(struct thread *thread)
{
    uint32_t id = this_cpu()->id;
    if (run_queues[id].n_ready) {
        uint32_t idle = find_idle(thread->cpu);
        id = idle != MAX_CPUS ? idle : thread->cpu;
    }
    enqueue_on(id, thread);
}

/* Locks the queue whose lock guards the thread's state. The thread may move to another queue until
 * the lock is held. */
static struct run_queue *queue_lock_of(struct thread *thread)
{
    for (;;) {
        uint32_t id = __atomic_load_n(&thread->cpu, __ATOMIC_RELAXED);
        spin_lock(&run_queues[id].lock);
        if (thread->cpu == id)
            return &run_queues[id];
        spin_unlock(&run_queues[id].lock);
    }
}

/* Wakes a sleeping thread with that result. -EINTR ends only waits whose kind is between
 * WAIT_SIGNALS and `weakest`. */
static void wake_if(struct thread *thread, int result, enum wait_kind weakest)
{
    struct run_queue *queue = queue_lock_of(thread);
    bool asleep = thread->state == THREAD_ASLEEP;
    bool wakes = asleep && (result != -EINTR ||
                            (thread->wait_kind != WAIT_FIRM && thread->wait_kind <= weakest));
    if (wakes) {
        thread->state = THREAD_READY; /* now no other processor wakes it */
        thread->wake_result = result;
    } else if (!asleep && result == 0) {
        thread->wake_pending = true;
    }
    bool runs_elsewhere = thread->state == THREAD_RUNNING && thread->cpu != this_cpu()->id;
    uint32_t id = thread->cpu;
    spin_unlock(&queue->lock);
    if (wakes)
        enqueue(thread);
    else if (runs_elsewhere && result == -EINTR)
        cpu_kick(id); /* brings it into the kernel, which checks its signals */
}

void thread_wake(struct thread *thread, int result)
{
    wake_if(thread, result, WAIT_KILL);
}

void thread_interrupt(struct thread *thread, enum wait_kind kind)
{
    wake_if(thread, -EINTR, kind);
}

bool thread_is_at_rest(struct thread *thread)
{
    struct run_queue *queue = queue_lock_of(thread); /* held by a switch until it is complete */
    bool asleep = thread->state == THREAD_ASLEEP;
    spin_unlock(&queue->lock);
    return asleep;
}

void thread_start(struct thread *thread)
{
    enqueue(thread);
}

/* ---- Giving up the processor ---- */

void thread_handoff(struct thread *thread)
{
    struct run_queue *queue = this_queue();
    struct thread *self = current_thread();
    assert(this_cpu()->spin_ranks == 0);
    spin_lock(&queue->lock);
    thread->cpu = this_cpu()->id;
    thread->slice_left_ns = SLICE_NS;
    ready_put_first(queue, self);
    this_cpu()->resched = false;
    watch_queue(queue); /* if the child runs long, another processor may run the caller */
    switch_to(queue, thread);
}

/* Puts the caller into the queue by `put` and runs the next thread, if there is another. */
static void give_way(void (*put)(struct run_queue *queue, struct thread *thread))
{
    struct run_queue *queue = this_queue();
    assert(this_cpu()->spin_ranks == 0);
    this_cpu()->resched = false;
    if (!queue->n_ready)
        return;
    spin_lock(&queue->lock);
    /* taken first, so that it is not the caller; another processor may have stolen it */
    struct thread *next = ready_take(queue);
    if (next) {
        put(queue, current_thread());
        switch_to(queue, next);
    } else {
        spin_unlock(&queue->lock);
    }
}

void thread_yield(void)
{
    give_way(ready_put_last);
}

/* `resched` says that another thread waits. It runs when the slice is over, or earlier if it was
 * woken with a part of a slice left. */
void sched_preempt(void)
{
    struct run_queue *queue = this_queue();
    this_cpu()->resched = false;
    if (!queue->n_ready)
        return;
    uint64_t now = clock_ns();
    if (now >= queue->slice_end_ns)
        give_way(ready_put_last);
    else if (now >= give_way_ns(queue))
        give_way(ready_put_first);
    else
        timer_need(queue, give_way_ns(queue));
}

void thread_exit(void (*last)(struct thread *))
{
    struct run_queue *queue = this_queue();
    struct thread *self = current_thread();
    assert(this_cpu()->spin_ranks == 0 && self->mutex_ranks == 0);
    fpu_forget(self);
    spin_lock(&queue->lock);
    self->state = THREAD_DEAD;
    queue->exited = self;
    queue->last = last;
    switch_to_next(queue);
    panic("a dead thread runs");
}

/* ---- Idling ---- */

/* Takes a ready thread from another processor's queue; NULL if there is none. Takes the queues'
 * locks one after the other. */
static struct thread *steal(void)
{
    uint32_t self = this_cpu()->id;
    for (uint32_t i = 1; i < n_cpus; i++) {
        struct run_queue *queue = &run_queues[(self + i) % n_cpus];
        if (!__atomic_load_n(&queue->n_ready, __ATOMIC_RELAXED))
            continue;
        spin_lock(&queue->lock);
        struct thread *thread = ready_take(queue);
        if (thread)
            thread->cpu = self;
        spin_unlock(&queue->lock);
        if (thread)
            return thread;
    }
    return NULL;
}

static bool anyone_ready(void)
{
    for (uint32_t id = 0; id < n_cpus; id++) {
        if (__atomic_load_n(&run_queues[id].n_ready, __ATOMIC_SEQ_CST))
            return true;
    }
    return false;
}

/* Runs a ready thread, of this processor's queue first; false if there is none. */
static bool run_something(struct run_queue *queue)
{
    spin_lock(&queue->lock);
    struct thread *next = ready_take(queue);
    if (!next) {
        spin_unlock(&queue->lock);
        next = steal();
        if (!next)
            return false;
        spin_lock(&queue->lock);
    }
    queue->idle->state = THREAD_READY; /* it is in no queue: it runs if there is nothing else */
    this_cpu()->resched = false;
    timers_cover();
    switch_to(queue, next);
    return true;
}

/* The loop of the idle thread: runs ready threads, and halts if there is none. */
void sched_idle(void)
{
    struct run_queue *queue = this_queue();
    for (;;) {
        if (run_something(queue))
            continue;
        if (n_cpus > 1)
            space_load(NULL); /* so that TLB shootdowns need not wait for this processor */
        else
            space_leave_ended();
        /* `idling` is written first and n_ready read afterwards; a processor that makes a thread
         * ready does it in the other order. */
        __atomic_store_n(&queue->idling, true, __ATOMIC_SEQ_CST);
        timers_watch();
        if (!anyone_ready())
            cpu_idle();
        __atomic_store_n(&queue->idling, false, __ATOMIC_SEQ_CST);
    }
}

/* ---- Ticks and bring-up ---- */

void sched_tick(void)
{
    struct run_queue *queue = this_queue();
    __atomic_store_n(&queue->armed_ns, UINT64_MAX, __ATOMIC_SEQ_CST);
    if (annex_hooks.load_sample)
        annex_hooks.load_sample();
    timers_run(queue);
    if (!queue->n_ready)
        return;
    /* one may have become idle since help_idles looked */
    uint32_t idle = find_idle(this_cpu()->id);
    if (idle != MAX_CPUS && idle != this_cpu()->id)
        cpu_kick(idle);
    if (clock_ns() >= give_way_ns(queue))
        this_cpu()->resched = true;
    else
        timer_need(queue, give_way_ns(queue));
}

/* Makes the caller the idle thread of this processor. */
void sched_init_cpu(void)
{
    static struct thread idle_threads[MAX_CPUS];
    struct cpu *cpu = this_cpu();
    struct run_queue *queue = &run_queues[cpu->id];
    struct thread *idle = &idle_threads[cpu->id];
    spin_init(&queue->lock, "run queue", RANK_RUNQ);
    list_init(&queue->ready);
    list_init(&queue->woken);
    queue->armed_ns = UINT64_MAX;
    list_init(&idle->run_node);
    format(idle->name, sizeof(idle->name), "idle/%u", cpu->id);
    idle->cpu = cpu->id;
    idle->state = THREAD_RUNNING;
    idle->stack_top = (void *)cpu->kernel_stack;
    idle->ns_mark = clock_ns();
    queue->idle = idle;
    queue->selectors = UINT64_MAX; /* of the loader: no thread has these */
    cpu->thread = idle;
}

void sched_init(void)
{
    threads_init();
    sched_init_cpu();
}
