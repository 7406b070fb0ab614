/* Timers: each processor keeps its own in a tree by deadline and asks for one interrupt, for the
 * first of them or the end of a time slice that somebody waits for. Without either there is no
 * tick. */
#include "local.h"

void queue_timers_init(struct run_queue *queue)
{
    spin_init(&queue->timer_lock, "timers", RANK_TIMER);
    queue->armed_ns = UINT64_MAX;
}

void timer_init(struct timer *timer, void (*fire)(struct timer *timer))
{
    *timer = (struct timer){.fire = fire};
}

/* Sets it, or sets it anew, on this processor. Lock: takes timer_lock. */
void timer_set(struct timer *timer, uint64_t deadline_ns)
{
    struct run_queue *queue = this_queue();
    timer_cancel(timer);
    spin_lock(&queue->timer_lock);
    timer->cpu = this_cpu()->id;
    timer->armed = true;
    tree_insert(&queue->timers, &timer->node, deadline_ns);
    spin_unlock(&queue->timer_lock);
    timer_need(queue, deadline_ns);
}

/* Takes it out of its tree if it is in one. Whether it fires right now on another processor, and so
 * may set itself again: asked under the same lock, or it could have done both in between. Lock:
 * takes timer_lock. */
static bool timer_disarm(struct timer *timer)
{
    for (;;) {
        uint32_t id = __atomic_load_n(&timer->cpu, __ATOMIC_RELAXED);
        struct run_queue *queue = &run_queues[id];
        spin_lock(&queue->timer_lock);
        bool right = timer->cpu == id;
        bool fires = queue->firing == timer && queue != this_queue();
        if (right && timer->armed) {
            tree_remove(&queue->timers, &timer->node);
            timer->armed = false;
        }
        spin_unlock(&queue->timer_lock);
        if (right)
            return fires;
    }
}

/* Afterwards the timer does not fire, and is not firing on another processor either. May be called
 * by fire itself. */
void timer_cancel(struct timer *timer)
{
    while (timer_disarm(timer))
        cpu_pause();
}

/* The first timer, if it is due, taken out. Lock: takes timer_lock. */
static struct timer *timer_take_due(struct run_queue *queue, uint64_t now)
{
    spin_lock(&queue->timer_lock);
    struct tree_node *node = tree_first(&queue->timers);
    struct timer *timer = node && node->key <= now ? container_of(node, struct timer, node) : NULL;
    if (timer) {
        tree_remove(&queue->timers, node);
        timer->armed = false;
    } else if (node) {
        timer_need(queue, node->key);
    }
    queue->firing = timer;
    spin_unlock(&queue->timer_lock);
    return timer;
}

/* Fires what is due, then asks for the next interrupt. */
void timers_run(struct run_queue *queue)
{
    for (struct timer *timer; (timer = timer_take_due(queue, clock_ns()));)
        timer->fire(timer);
}
