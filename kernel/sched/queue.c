/* Run queues: which thread each processor runs next. Round robin, but who slept before his time
 * slice was over has the rest of it first when he is woken. A thread that is woken stays with the
 * processor that woke it if that is soon free; one that would idle takes from the others. */
#include "abi/errno.h"
#include "local.h"

struct run_queue run_queues[MAX_CPUS];
static uint32_t n_dying; /* atomic: threads past thread_exit_begin that are not buried yet */

/* ---- The switch ---- */

/* Closes the stretch of time that the thread has run. */
static void charge(struct thread *thread, uint64_t now)
{
    uint64_t ran = now - thread->ns_mark;
    thread->run_ns += ran;
    thread->slice_left_ns -= min(ran, thread->slice_left_ns);
    thread->ns_mark = now;
}

/* Segment registers. A program changes the base of FS and GS by arch_prctl, which the kernel knows,
 * or by loading a selector, which it does not: that makes the base 0, since all segments are flat.
 * So a base that was loaded as X is X or 0 when the thread is switched out, and only two zeros let
 * the next load be left out. A thread has a base other than 0 only with the null selector. */
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

/* Loads what user mode would see of the thread and the trap frame does not hold. */
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

/* When the thread that runs is to give way to one that waits. */
static uint64_t give_way_ns(const struct run_queue *queue)
{
    return list_empty(&queue->woken) ? queue->slice_end_ns
                                     : min(queue->slice_end_ns, queue->woken_due_ns);
}

/* First thing on the new thread's stack: lets go of the queue, and of what the old thread has left.
 * Thousands of threads may run one after the other without one of them coming to user mode, where
 * an interrupt would be taken: they end, or go from one sleep to the next. So the alarm is looked
 * at here. */
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
    if (exited) {
        queue->last(exited);
        __atomic_sub_fetch(&n_dying, 1, __ATOMIC_RELEASE);
    }
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

/* The next ready thread, taken out of the queue; NULL when there is none. Lock: queue->lock held.
 */
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

/* At the end of those who wait for a whole time slice. Lock: queue->lock held. */
static void ready_put_last(struct run_queue *queue, struct thread *thread)
{
    thread->slice_left_ns = SLICE_NS;
    list_add_tail(&queue->ready, &thread->run_node);
    ready_count(queue, thread);
}

/* Before them, to go on with the slice that it has begun; one that is used up would have the timer
 * interrupt at once, at each fork of a parent. Lock: queue->lock held. */
static void ready_put_first(struct run_queue *queue, struct thread *thread)
{
    if (!thread->slice_left_ns) {
        ready_put_last(queue, thread);
        return;
    }
    list_add_head(&queue->ready, &thread->run_node);
    ready_count(queue, thread);
}

/* A thread that is new or was asleep. What is left of its slice it may use at once, or nearly: the
 * one that runs often sleeps soon by itself. Lock: queue->lock held. */
static void ready_put_woken(struct run_queue *queue, struct thread *thread)
{
    if (!thread->slice_left_ns || thread->kill_due) {
        ready_put_last(queue, thread); /* thousands may be killed at once: others go first */
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

/* A processor that idles, `preferred` if it does; MAX_CPUS when none does. */
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

/* Whether an idle processor could help this one. */
static bool help_idles(void)
{
    if (n_cpus == 1)
        return false;
    __atomic_thread_fence(
        __ATOMIC_SEQ_CST); /* n_ready was written before, as sched_idle writes idling before */
    uint32_t idle = find_idle(this_cpu()->id);
    return idle != MAX_CPUS && idle != this_cpu()->id;
}

/* A thread waits in this processor's queue: when must the timer look whether it still does? */
static void watch_queue(struct run_queue *queue)
{
    if (current_thread() == queue->idle)
        return;
    timer_need(queue, give_way_ns(queue));
    if (help_idles())
        timer_need(queue, clock_ns() + HANDOFF_NS);
}

/* Puts a thread that belongs to no queue into that processor's, and has it looked at. */
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
        cpu_kick(id); /* it must halt no longer, or begin to count its time slice */
}

/* Chooses a processor for a thread that is ready: this one if nobody else waits here. Who wakes
 * another often sleeps soon, and to rouse a halted processor takes longer than most threads then
 * run. If it does not sleep an idle processor is called after HANDOFF_NS. */
static void enqueue(struct thread *thread)
{
    uint32_t id = this_cpu()->id;
    if (run_queues[id].n_ready) {
        uint32_t idle = find_idle(thread->cpu);
        id = idle != MAX_CPUS ? idle : thread->cpu;
    }
    enqueue_on(id, thread);
}

/* Locks the queue whose lock guards the thread's state. */
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

/* Wakes it if `kind` says that it may be woken so. */
static void wake_if(struct thread *thread, int result, enum wait_kind weakest)
{
    struct run_queue *queue = queue_lock_of(thread);
    bool asleep = thread->state == THREAD_ASLEEP;
    bool wakes = asleep && (result != -EINTR ||
                            (thread->wait_kind != WAIT_FIRM && thread->wait_kind <= weakest));
    if (wakes) {
        thread->state = THREAD_READY; /* nobody else wakes it now */
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
        cpu_kick(id); /* out of user mode, to look at its signals */
}

void thread_wake(struct thread *thread, int result)
{
    wake_if(thread, result, WAIT_KILL);
}

/* A signal has come: ends the thread's sleep if that is of the kind, or weaker; if it runs in user
 * mode on another processor, brings it into the kernel. */
void thread_interrupt(struct thread *thread, enum wait_kind kind)
{
    wake_if(thread, -EINTR, kind);
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
    watch_queue(queue); /* if the child takes long another processor may have the caller */
    switch_to(queue, thread);
}

/* Puts the caller where `put` says and runs the next one, if there is another. */
static void give_way(void (*put)(struct run_queue *queue, struct thread *thread))
{
    struct run_queue *queue = this_queue();
    assert(this_cpu()->spin_ranks == 0);
    this_cpu()->resched = false;
    if (!queue->n_ready)
        return;
    spin_lock(&queue->lock);
    struct thread *next = ready_take(queue); /* first, lest it be the caller: others steal */
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

/* A processor's `resched` means that somebody waits for it: he gets it when the time slice is
 * over, or earlier if he has a slice to go on with. */
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

void thread_exit_begin(void)
{
    __atomic_add_fetch(&n_dying, 1, __ATOMIC_RELAXED);
}

/* The calling thread's end; `last` gets it when nothing stands on its stack any more. */
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

/* Waits until the threads that are ending on other processors have ended, and their spaces with
 * them. That takes microseconds, but a busy host may stop a processor in the middle of it. */
void sched_settle(void)
{
    uint64_t patience_ns = clock_ns() + 100 * SLICE_NS;
    while ((__atomic_load_n(&n_dying, __ATOMIC_ACQUIRE) || spaces_ending()) &&
           clock_ns() < patience_ns)
        cpu_pause();
}

/* ---- Idling ---- */

/* A ready thread from another processor's queue, or NULL. Lock: takes the queues' locks one by
 * one. */
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

/* Runs what is ready, its own first; false if nothing is. */
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
    queue->idle->state = THREAD_READY; /* in no queue: it runs when nothing else can */
    this_cpu()->resched = false;
    timers_cover();
    switch_to(queue, next);
    return true;
}

/* What a processor does when it has nothing to do; does not return. */
void sched_idle(void)
{
    struct run_queue *queue = this_queue();
    for (;;) {
        if (run_something(queue))
            continue;
        if (n_cpus > 1)
            space_load(NULL); /* lest others wait for this one at each flush */
        else
            space_leave_ended();
        /* Announced first, looked at afterwards: whoever makes a thread ready does it the other way
         * round. */
        __atomic_store_n(&queue->idling, true, __ATOMIC_SEQ_CST);
        timers_watch();
        if (!anyone_ready())
            cpu_idle();
        __atomic_store_n(&queue->idling, false, __ATOMIC_SEQ_CST);
    }
}

/* ---- Ticks and bring-up ---- */

/* From IRQ_TIMER: fires timers; a thread whose time slice is over and who is waited for will give
 * way. */
void sched_tick(void)
{
    struct run_queue *queue = this_queue();
    __atomic_store_n(&queue->armed_ns, UINT64_MAX, __ATOMIC_SEQ_CST);
    load_sample();
    timers_run(queue);
    if (!queue->n_ready)
        return;
    uint32_t idle = find_idle(this_cpu()->id); /* it may have found work since help_idles looked */
    if (idle != MAX_CPUS && idle != this_cpu()->id)
        cpu_kick(idle);
    if (clock_ns() >= give_way_ns(queue))
        this_cpu()->resched = true;
    else
        timer_need(queue, give_way_ns(queue));
}

uint64_t sched_n_switches(void)
{
    uint64_t sum = 0;
    for (uint32_t id = 0; id < n_cpus; id++)
        sum += run_queues[id].n_switches;
    return sum;
}

uint64_t sched_idle_ns(uint32_t cpu)
{
    return thread_usage(run_queues[cpu].idle).system_ns;
}

/* Makes the caller this processor's idle thread. */
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
    queue->selectors = UINT64_MAX; /* the loader's: nothing that a thread has */
    cpu->thread = idle;
    cpu->sched = queue;
}

void sched_init(void)
{
    mm_resched = cond_resched;
    mm_yield = thread_yield;
    threads_init();
    sched_init_cpu();
}
