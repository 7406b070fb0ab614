/* Wait queues: threads that sleep until something happens, and why no wake-up is lost.
 *
 * The problem: a thread checks its condition, finds it false, and goes to sleep. Between the check
 * and the sleep, another processor may make the condition true and wake the queue. If the thread is
 * not asleep yet, this wake-up must not be lost, or the thread sleeps forever.
 *
 * The steps of a waiter, in this order:
 * 1. wait_begin clears its wake_pending;
 * 2. waiter_add puts it into the queue (for poll, into several);
 * 3. it checks the condition, or releases the lock that guards the condition;
 * 4. wait_sleep: with the run queue's lock held, it sleeps unless wake_pending is set, a signal is
 *    due, or the deadline has passed;
 * 5. it leaves the queue and checks the condition again.
 *
 * A waker makes the condition true first and calls wake_all afterwards. If the waiter entered the
 * queue before that, wake_all finds it: asleep, and wakes it, or still awake, and sets wake_pending
 * under the same run queue's lock, so that step 4 does not sleep. If it entered later, its check in
 * step 3 sees the condition true.
 *
 * Signals and deadlines work likewise. Each sets a flag first (signal_due, kill_due, `rung`) and
 * wakes the thread afterwards; step 4 reads the flags with the lock held.
 *
 * Thousands of threads may wait for one event. If all were woken at once, the waker would hold its
 * locks for milliseconds, and then each of them would run before a thread that is woken a moment
 * later. So only a few are woken at once. The rest is moved to the queue `later`, and each thread
 * that leaves a queue wakes one of those: there are never more than a few on their way, and no
 * thread does the work for all. No waiter is forgotten in `later`: the thread that moves waiters
 * there wakes some of them afterwards, and each that is woken leaves its queue (step 5) and wakes
 * another. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "local.h"

void wait_queue_init(struct wait_queue *queue)
{
    spin_init(&queue->lock, "wait queue", RANK_WAITQ);
    list_init(&queue->waiters);
}

/* ---- The steps of a wait ---- */

void waiter_add(struct waiter *waiter, struct wait_queue *queue)
{
    waiter->queue = queue;
    waiter->thread = current_thread();
    waiter->what = NULL;
    spin_lock(&queue->lock);
    list_add_tail(&queue->waiters, &waiter->node);
    spin_unlock(&queue->lock);
}

/* Removes a waiter from its queue and wakes its thread. Lock: the queue's held. */
static void waiter_wake(struct waiter *waiter)
{
    struct thread *thread = waiter->thread;
    list_remove(&waiter->node);
    thread_wake(thread, 0);
}

/* Waiters of all queues that are still to be woken. */
static struct wait_queue later = {.lock = {.rank = RANK_LATER, .name = "later"},
                                  .waiters = LIST_INIT(later.waiters)};

/* Wakes at most n of them. */
static void wake_some_of_later(unsigned n)
{
    struct waiter *waiter, *next;
    if (likely(list_empty(&later.waiters)))
        return;
    spin_lock(&later.lock);
    list_for_each_safe(waiter, next, &later.waiters, node) {
        if (n-- == 0)
            break;
        waiter_wake(waiter);
    }
    spin_unlock(&later.lock);
}

/* Locks the queue that the waiter is in, or was in when it was woken. */
static struct wait_queue *queue_lock_of_waiter(struct waiter *waiter)
{
    for (;;) {
        struct wait_queue *queue = __atomic_load_n(&waiter->queue, __ATOMIC_RELAXED);
        spin_lock(&queue->lock);
        if (waiter->queue == queue)
            return queue;
        spin_unlock(&queue->lock);
    }
}

/* Leaves the queue; true if a wake-up had removed the waiter already, or was going to. */
static bool waiter_leave(struct waiter *waiter)
{
    struct wait_queue *queue = queue_lock_of_waiter(waiter);
    bool woken = queue == &later || list_empty(&waiter->node);
    list_remove(&waiter->node);
    spin_unlock(&queue->lock);
    wake_some_of_later(1);
    return woken;
}

void waiter_remove(struct waiter *waiter)
{
    waiter_leave(waiter);
}

void wait_begin(void)
{
    current_thread()->wake_pending = false;
}

/* Has a signal come that ends a wait of that kind? */
static bool interrupted(const struct thread *self, enum wait_kind kind)
{
    if (kind == WAIT_FIRM)
        return false;
    return __atomic_load_n(&self->kill_due, __ATOMIC_ACQUIRE) ||
           (kind == WAIT_SIGNALS && __atomic_load_n(&self->signal_due, __ATOMIC_ACQUIRE));
}

/* The deadline of a sleep. Another processor may fire it before the thread is asleep, so `rung` is
 * set before the thread is woken. */
struct alarm {
    struct timer timer;
    struct thread *thread;
    bool rung; /* atomic */
};

static void alarm_fire(struct timer *timer)
{
    struct alarm *alarm = container_of(timer, struct alarm, timer);
    __atomic_store_n(&alarm->rung, true, __ATOMIC_RELEASE);
    thread_wake(alarm->thread, -ETIMEDOUT);
}

/* 1 if the thread may sleep; otherwise the result of wait_sleep. Lock: the run queue's held. */
static int reason_to_stay_awake(const struct thread *self, enum wait_kind kind,
                                const struct alarm *alarm)
{
    if (self->wake_pending)
        return 0;
    if (interrupted(self, kind))
        return -EINTR;
    return alarm && __atomic_load_n(&alarm->rung, __ATOMIC_ACQUIRE) ? -ETIMEDOUT : 1;
}

/* Sleeps unless there is a reason not to. 0, -EINTR, or the result given to thread_wake. */
static int sleep_now(struct thread *self, enum wait_kind kind, const struct alarm *alarm,
                     const char *what)
{
    struct run_queue *queue = this_queue();
    spin_lock(&queue->lock);
    int reason = reason_to_stay_awake(self, kind, alarm);
    if (reason <= 0) {
        self->wake_pending = false;
        spin_unlock(&queue->lock);
        return reason;
    }
    self->wait_kind = kind;
    self->waits_for = what;
    self->state = THREAD_ASLEEP;
    switch_to_next(queue);
    self->waits_for = NULL;
    self->wake_pending = false;
    return self->wake_result;
}

int wait_sleep(enum wait_kind kind, uint64_t deadline_ns, const char *what)
{
    struct thread *self = current_thread();
    assert(this_cpu()->spin_ranks == 0);
    if (deadline_ns == NO_DEADLINE)
        return sleep_now(self, kind, NULL, what);
    if (deadline_ns <= clock_ns() && !self->wake_pending)
        return interrupted(self, kind) ? -EINTR : -ETIMEDOUT;
    struct alarm alarm = {.thread = self};
    timer_init(&alarm.timer, alarm_fire);
    timer_set_for_sleep(&alarm.timer, deadline_ns);
    int result = sleep_now(self, kind, &alarm, what);
    timer_cancel(&alarm.timer);
    return result;
}

/* ---- Waiting for one thing ---- */

/* Enters the queue. The lock that guards the condition is still held. */
static void wait_enter(struct waiter *waiter, struct wait_queue *queue)
{
    wait_begin();
    waiter_add(waiter, queue);
}

/* Sleeps and leaves the queue. If a wake-up and a signal came both, the result is 0, because the
 * wake-up may have been meant for this thread only. */
static int wait_leave(struct waiter *waiter, enum wait_kind kind, uint64_t deadline_ns,
                      const char *what)
{
    int result = wait_sleep(kind, deadline_ns, what);
    return waiter_leave(waiter) ? 0 : result;
}

int wait_on_spin(struct wait_queue *queue, struct spinlock *lock, enum wait_kind kind,
                 uint64_t deadline_ns, const char *what)
{
    struct waiter waiter;
    wait_enter(&waiter, queue);
    spin_unlock(lock);
    int result = wait_leave(&waiter, kind, deadline_ns, what);
    spin_lock(lock);
    return result;
}

int wait_on_mutex(struct wait_queue *queue, struct mutex *mutex, enum wait_kind kind,
                  uint64_t deadline_ns, const char *what)
{
    struct waiter waiter;
    uint16_t rank = mutex->held;
    wait_enter(&waiter, queue);
    mutex_unlock(mutex);
    int result = wait_leave(&waiter, kind, deadline_ns, what);
    mutex_lock_as(mutex, rank);
    return result;
}

int sleep_until(uint64_t deadline_ns, enum wait_kind kind, const char *what)
{
    wait_begin();
    int result = wait_sleep(kind, deadline_ns, what);
    return result == -ETIMEDOUT ? 0 : result;
}

/* ---- Waking ---- */

/* Moves a waiter from its queue to `later`. Lock: the queue's held. */
static void waiter_put_off(struct waiter *waiter)
{
    list_remove(&waiter->node);
    spin_lock(&later.lock);
    __atomic_store_n(&waiter->queue, &later, __ATOMIC_RELAXED);
    list_add_tail(&later.waiters, &waiter->node);
    spin_unlock(&later.lock);
}

/* Calls `act` for all waiters of a queue but the first n; true if there were any. Lock: the queue's
 * held. */
static bool for_all_after(struct wait_queue *queue, unsigned n, void (*act)(struct waiter *waiter))
{
    struct waiter *waiter, *next;
    unsigned n_seen = 0;
    list_for_each_safe(waiter, next, &queue->waiters, node)
        if (++n_seen > n)
            act(waiter);
    return n_seen > n;
}

void wake_all(struct wait_queue *queue)
{
    spin_lock(&queue->lock);
    bool many = for_all_after(queue, WAKES_AT_ONCE, waiter_put_off);
    for_all_after(queue, 0, waiter_wake);
    spin_unlock(&queue->lock);
    if (unlikely(many))
        wake_noted();
}

void wake_later(struct wait_queue *queue)
{
    spin_lock(&queue->lock);
    for_all_after(queue, 0, waiter_put_off);
    spin_unlock(&queue->lock);
}

void wake_noted(void)
{
    wake_some_of_later(WAKES_AT_ONCE);
}
