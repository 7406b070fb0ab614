/* Mutexes: locks that may be held during a sleep.
 *
 * A free mutex is locked by one compare-and-exchange of `owner` (sched.h). Otherwise the thread
 * spins for a short time while the owner runs on another processor, because it will often unlock
 * soon. Then it sleeps, in one of 16 wait queues that all mutexes share, so that a mutex, of which
 * each inode has one, is small.
 *
 * The thread that sleeps enters the queue, sets `contended`, tries once more, and only then sleeps.
 * Unlocking clears `owner` first and reads `contended` afterwards. So either the thread's try
 * succeeds or the unlock sees `contended` and wakes it.
 *
 * Unlocking wakes the first waiter but does not pass the mutex on: a thread that runs may lock it
 * first, and the woken one sleeps again. This is not fair, but it saves a switch for each lock of a
 * busy mutex. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "local.h"

enum { N_QUEUES = 16, SPINS = 200 };

#define QUEUE(i)    WAIT_QUEUE(queues[i])
#define QUEUES_4(i) QUEUE(i), QUEUE((i) + 1), QUEUE((i) + 2), QUEUE((i) + 3)
static struct wait_queue queues[N_QUEUES] = {QUEUES_4(0), QUEUES_4(4), QUEUES_4(8), QUEUES_4(12)};

void mutex_init(struct mutex *mutex, const char *name, enum lock_rank rank)
{
    uint64_t hash = (uint64_t)mutex * 0x9e3779b97f4a7c15ull;
    *mutex = (struct mutex){.rank = rank, .name = name, .waiters = &queues[hash >> 60]};
}

/* The owner may have unlocked and ended meanwhile. Its memory can still be read, and either answer
 * will do. */
__attribute__((no_sanitize_address)) static bool is_running(const struct thread *owner)
{
    return owner->state == THREAD_RUNNING;
}

/* Spins while the owner runs on another processor; true if the mutex was locked meanwhile. */
static bool spin_for(struct mutex *mutex, struct thread *self)
{
    for (int i = 0; i < SPINS && n_cpus > 1; i++) {
        struct thread *owner = __atomic_load_n(&mutex->owner, __ATOMIC_RELAXED);
        if (!owner && mutex_try(mutex, self))
            return true;
        if (owner && !is_running(owner))
            return false;
        cpu_pause();
    }
    return false;
}

/* Sleeps until the mutex is locked. A wake-up that was meant for a poll in progress may end a sleep
 * here, so at the end the poll is told to check its conditions again. */
static void sleep_for(struct mutex *mutex, struct thread *self)
{
    struct waiter waiter = {.thread = self, .queue = mutex->waiters, .what = mutex};
    const char *waits_for = mutex->name;
    for (;;) {
        wait_begin();
        spin_lock(&mutex->waiters->lock);
        list_add_tail(&mutex->waiters->waiters, &waiter.node);
        __atomic_store_n(&mutex->contended, true, __ATOMIC_SEQ_CST);
        spin_unlock(&mutex->waiters->lock);
        bool taken = mutex_try(mutex, self);
        if (!taken)
            wait_sleep(WAIT_FIRM, NO_DEADLINE, waits_for);
        waiter_remove(&waiter);
        if (taken || mutex_try(mutex, self))
            break;
    }
    self->wake_pending = true;
}

void mutex_wait(struct mutex *mutex, unsigned rank)
{
    struct thread *self = current_thread();
    if (self->mutex_ranks >= spin_rank_bit[rank])
        panic("mutex %s (rank %u) wanted with ranks %lx held%s", mutex->name, rank,
              self->mutex_ranks, mutex->owner == self ? ": by this thread" : "");
    assert(this_cpu()->spin_ranks == 0);
    if (!spin_for(mutex, self))
        sleep_for(mutex, self);
}

bool mutex_trylock(struct mutex *mutex)
{
    struct thread *self = current_thread();
    if (!mutex_try(mutex, self))
        return false;
    mutex->held = mutex->rank;
    self->mutex_ranks |= spin_rank_bit[mutex->rank];
    return true;
}

/* Wakes the first waiter of this mutex. Waiters of other mutexes may be in the same queue. */
void mutex_wake(struct mutex *mutex)
{
    struct waiter *waiter, *next;
    bool woken = false, more = false;
    spin_lock(&mutex->waiters->lock);
    list_for_each_safe(waiter, next, &mutex->waiters->waiters, node) {
        if (waiter->what != mutex)
            continue;
        if (woken) {
            more = true;
            break;
        }
        list_remove(&waiter->node);
        thread_wake(waiter->thread, 0);
        woken = true;
    }
    __atomic_store_n(&mutex->contended, more, __ATOMIC_SEQ_CST);
    spin_unlock(&mutex->waiters->lock);
}

void mutex_not_held(const struct mutex *mutex)
{
    panic("mutex %s released by a thread that does not hold it", mutex->name);
}
