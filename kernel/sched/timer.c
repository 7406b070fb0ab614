/* Timers: all are in one tree by deadline, and any processor that is free fires those that are due.
 *
 * The problem: a processor in a long call has its interrupts off. If timers belonged to processors,
 * its timers would be late by the length of the call, although another processor is idle.
 *
 * The idea: timers belong to no processor. A processor that halts fires whatever is due. If none
 * halts, they are fired by a processor that gets a timer interrupt, or that calls cond_resched in
 * the middle of a long call. So the alarm of some free processor must be set, and the only
 * processor that is certainly free is one that halts. Hence the invariant:
 *
 *     While any processor halts, the alarm of a halting one rings no later than the first deadline.
 *
 * A processor that is about to halt sets its alarm to the first deadline (timers_watch). Two events
 * could break the invariant: a processor that goes on running sets a timer earlier than all others,
 * or a processor stops halting because it has found work. Both call timers_cover: if no halting
 * processor has its alarm set in time, it kicks one, which runs through its idle loop and sets its
 * alarm. Usually no kick is needed: a thread that sleeps alone on its processor lets it halt, and
 * an alarm that was set stays set until it rings. So there is at most one kick for each deadline
 * and processor.
 *
 * Two processors must not miss each other: one writes first_ns and then reads `idling` of the
 * others; the other writes `idling` and then reads first_ns. So at least one of them sees the
 * other.
 *
 * If no processor halts, none is free. Then the processor that set a timer has set its own alarm,
 * and a long call calls cond_resched often enough. An alarm that rings for nothing only reads the
 * clock. There is no tick while there are no timers and no thread waits for the end of a slice. */
/* SPDX-License-Identifier: MIT */
#include "local.h"

static struct spinlock lock = SPINLOCK("timers", RANK_TIMER);
static struct tree timers; /* guarded by lock: struct timer, by deadline */
/* guarded by lock, may be read without: the first deadline */
static uint64_t first_ns = UINT64_MAX;

void timer_init(struct timer *timer, void (*fire)(struct timer *timer))
{
    *timer = (struct timer){.fire = fire};
}

/* Updates first_ns. Lock: lock held. */
static void note_first_locked(void)
{
    struct tree_node *node = tree_first(&timers);
    __atomic_store_n(&first_ns, node ? node->key : UINT64_MAX, __ATOMIC_SEQ_CST);
}

static void insert_locked(struct timer *timer, uint64_t deadline_ns)
{
    timer->armed = true;
    tree_insert(&timers, &timer->node, deadline_ns);
    if (deadline_ns < first_ns)
        __atomic_store_n(&first_ns, deadline_ns, __ATOMIC_SEQ_CST);
}

static void remove_locked(struct timer *timer)
{
    timer->armed = false;
    tree_remove(&timers, &timer->node);
    if (timer->node.key == first_ns)
        note_first_locked();
}

/* Does another processor run its `fire` now? Lock: lock held. */
static bool fires_elsewhere_locked(const struct timer *timer)
{
    for (uint32_t id = 0; id < n_cpus; id++) {
        if (run_queues[id].firing == timer && id != this_cpu()->id)
            return true;
    }
    return false;
}

/* Removes a timer from the tree; true if another processor is firing it. Both are done under one
 * lock: otherwise it could fire and set itself again in between. */
static bool timer_disarm(struct timer *timer)
{
    spin_lock(&lock);
    bool fires = fires_elsewhere_locked(timer);
    if (timer->armed)
        remove_locked(timer);
    spin_unlock(&lock);
    return fires;
}

void timer_cancel(struct timer *timer)
{
    while (timer_disarm(timer))
        cpu_pause();
}

static void place(struct timer *timer, uint64_t deadline_ns)
{
    timer_cancel(timer);
    spin_lock(&lock);
    insert_locked(timer, deadline_ns);
    spin_unlock(&lock);
}

void timer_set(struct timer *timer, uint64_t deadline_ns)
{
    place(timer, deadline_ns);
    timers_cover();
}

void timer_set_for_sleep(struct timer *timer, uint64_t deadline_ns)
{
    struct run_queue *queue = this_queue();
    place(timer, deadline_ns);
    timer_need(queue, deadline_ns);
    queue->cover_due = true;
}

/* ---- Which processor watches ---- */

/* Does another processor halt with its alarm set in time? If not, *halting is one that halts, or
 * MAX_CPUS. No lock is needed: see above. */
static bool is_watched(uint64_t deadline_ns, uint32_t *halting)
{
    *halting = MAX_CPUS;
    for (uint32_t id = 0; id < n_cpus; id++) {
        const struct run_queue *queue = &run_queues[id];
        if (queue == this_queue() || !__atomic_load_n(&queue->idling, __ATOMIC_SEQ_CST))
            continue;
        if (__atomic_load_n(&queue->armed_ns, __ATOMIC_SEQ_CST) <= deadline_ns)
            return true;
        *halting = id;
    }
    return false;
}

void timers_watch(void)
{
    uint64_t first = __atomic_load_n(&first_ns, __ATOMIC_SEQ_CST);
    uint32_t halting;
    if (first != UINT64_MAX && !is_watched(first, &halting))
        timer_need(this_queue(), first);
}

void timers_cover(void)
{
    uint64_t first = __atomic_load_n(&first_ns, __ATOMIC_SEQ_CST);
    uint32_t halting;
    this_queue()->cover_due = false;
    if (first == UINT64_MAX || is_watched(first, &halting))
        return;
    if (halting != MAX_CPUS)
        cpu_kick(halting);
    timer_need(this_queue(), first);
}

/* ---- Firing ---- */

/* Removes the first timer from the tree if it is due, to fire it here; otherwise NULL. Takes
 * lock. */
static struct timer *timer_take_due(struct run_queue *queue)
{
    struct timer *timer = NULL;
    spin_lock(&lock);
    struct tree_node *node = tree_first(&timers);
    if (node && node->key <= clock_ns()) {
        timer = container_of(node, struct timer, node);
        remove_locked(timer);
    }
    queue->firing = timer;
    spin_unlock(&lock);
    return timer;
}

/* Takes lock: a processor that cancels the timer either sees it fire or sees that it has. */
static void firing_ends(struct run_queue *queue)
{
    spin_lock(&lock);
    queue->firing = NULL;
    spin_unlock(&lock);
}

/* A processor that runs a thread leaves due timers to one that halts: a thread that is woken there
 * runs at once, and does not wait here for the end of a slice or call. If nothing happens for
 * HANDOFF_NS (the host may have stopped the other processor), it fires them itself. */
static bool leaves_it(struct run_queue *queue, uint64_t first, uint64_t now)
{
    uint32_t halting;
    uint64_t patience_ns = first + HANDOFF_NS;
    if (first > now || now >= patience_ns || current_thread() == queue->idle ||
        !is_watched(first, &halting))
        return false;
    timer_need(queue, patience_ns);
    return true;
}

/* Thousands may be due at once. After 64 of them the threads run for as long as those took, so
 * timers never take more than half of a processor. */
void timers_run(struct run_queue *queue)
{
    enum { AT_ONCE = 64 };
    uint64_t begin = clock_ns(), first = __atomic_load_n(&first_ns, __ATOMIC_SEQ_CST);
    struct timer *timer = NULL;
    if (leaves_it(queue, first, begin))
        return;
    if (first <= begin)
        for (int n = 0; n < AT_ONCE && (timer = timer_take_due(queue)); n++)
            timer->fire(timer);
    if (timer) {
        firing_ends(queue);
        timer_need(queue, 2 * clock_ns() - begin);
    } else if (current_thread() != queue->idle) {
        timers_cover();
    }
}
