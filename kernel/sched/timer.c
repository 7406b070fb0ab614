/* Timers: all in one tree by deadline; whichever processor is free serves those that are due.
 *
 * The problem: a processor in a long call has its interrupts off. What only its own alarm (the
 * timer of its local APIC) would serve is late by the whole call, although another processor idles.
 *
 * The idea: the timers belong to no processor. One that halts serves whatever is due; where none
 * halts, whoever gets an IRQ_TIMER or looks up in the middle of a long call (cond_resched). So it
 * only matters that the alarm of some free processor is set, and free for certain is only one that
 * halts. Hence the invariant:
 *
 *     While any processor halts, the alarm of one that halts comes no later than the first timer.
 *
 * A processor that is about to halt sets its alarm to the first timer (timers_watch). Whoever
 * could break the invariant and does not halt itself looks for a processor that keeps it, and if
 * there is none kicks one that halts, which goes round its idle loop and sets its alarm
 * (timers_cover): one that has set a timer earlier than all others and goes on running, and one
 * that found work and halts no longer. Usually neither kicks anybody. A thread that sleeps alone
 * on its processor lets it halt, and an alarm that is set stays set until it rings, so that there
 * is at most one kick for each deadline and processor.
 *
 * No wake-up is lost between two processors: one writes first_ns and then reads `idling` of the
 * others; the other writes `idling` and then reads first_ns. At least one sees the other.
 *
 * Where no processor halts nobody is free. Then who set a timer has set its own alarm, and a long
 * call looks up often enough. An alarm that rings for nothing only looks at the clock. Without
 * timers and without anybody who waits for the end of a time slice there is no tick. */
#include "local.h"

static struct spinlock lock = SPINLOCK("timers", RANK_TIMER);
static struct tree timers;             /* guarded by lock: by deadline */
static uint64_t first_ns = UINT64_MAX; /* guarded by lock, atomic to read: the first's deadline */

void timer_init(struct timer *timer, void (*fire)(struct timer *timer))
{
    *timer = (struct timer){.fire = fire};
}

/* After a change of the tree. Lock: lock held. */
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

/* Does another processor run its `fire`? Lock: lock held. */
static bool fires_elsewhere_locked(const struct timer *timer)
{
    for (uint32_t id = 0; id < n_cpus; id++) {
        if (run_queues[id].firing == timer && id != this_cpu()->id)
            return true;
    }
    return false;
}

/* Whether it fires right now, and so may set itself again, is asked under the lock under which it
 * is taken out: it could have done both in between. */
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

/* ---- Who watches ---- */

/* Does another processor halt, with its alarm set in time? If not, *halting is one that halts, or
 * MAX_CPUS. No lock: see above. */
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

/* ---- Serving ---- */

/* The first timer, if it is due, taken out; it fires here. Lock: takes lock. */
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

/* Lock: takes lock, so that who cancels the timer has seen it fire or sees that it has. */
static void firing_ends(struct run_queue *queue)
{
    spin_lock(&lock);
    queue->firing = NULL;
    spin_unlock(&lock);
}

/* One that runs leaves what is due to one that halts: a thread that is woken there runs at once,
 * and does not wait here for the end of a time slice or of a call. If nothing has happened after
 * HANDOFF_NS (the host may have stopped the other one) it serves them itself. */
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

/* Thousands may be due at once. After some of them the threads have their turn for as long as
 * those took: timers never take more than half of a processor. */
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
