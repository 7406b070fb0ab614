/* Robust mutexes: a thread that locks one whose owner has ended is told so, by EOWNERDEAD.
 *
 * The kernel finds the mutexes of a thread that is killed in a list, whose head it knows by
 * set_robust_list: a ring of links, each in a mutex, and the mutex that is just being locked or
 * unlocked, `pending`, which may be in the list already or still. It looks at the owner in the word
 * of each. A thread that calls pthread_exit walks the list by itself, because its memory, and so
 * the head, may be gone before the kernel looks. */
/* SPDX-License-Identifier: MIT */
#include "mutex.h"
#include "thread.h"

/* Gives the list of a thread, whose links point to each other, its form at the first use. */
static void begin_list(struct __pthread *self)
{
    if (self->robust.futex_offset)
        return;
    self->robust.futex_offset =
        (long)offsetof(pthread_mutex_t, __word) - (long)offsetof(pthread_mutex_t, __next);
    self->robust.next = (uint64_t)&self->robust.next;
    sys_set_robust_list(&self->robust, sizeof(self->robust));
}

static pthread_mutex_t *mutex_of(void *link)
{
    return (pthread_mutex_t *)((char *)link - offsetof(pthread_mutex_t, __next));
}

/* The kernel may look between any two stores: each leaves a ring. */
static void enter(struct __pthread *self, pthread_mutex_t *mutex)
{
    void *head = &self->robust.next, *next = (void *)self->robust.next;

    mutex->__next = next;
    mutex->__previous = head;
    if (next != head)
        mutex_of(next)->__previous = &mutex->__next;
    __atomic_store_n(&self->robust.next, (uint64_t)&mutex->__next, __ATOMIC_SEQ_CST);
}

static void leave(struct __pthread *self, pthread_mutex_t *mutex)
{
    void *head = &self->robust.next;

    *(void **)mutex->__previous = mutex->__next;
    if (mutex->__next != head)
        mutex_of(mutex->__next)->__previous = mutex->__previous;
}

static void set_pending(struct __pthread *self, pthread_mutex_t *mutex)
{
    __atomic_store_n(&self->robust.pending, mutex ? (uint64_t)&mutex->__next : 0, __ATOMIC_SEQ_CST);
}

int robust_acquire(pthread_mutex_t *mutex, unsigned tid, clockid_t clock,
                   const struct timespec *limit)
{
    struct __pthread *self = thread_self();

    begin_list(self);
    set_pending(self, mutex);
    int error = mutex_acquire(mutex, tid, clock, limit);
    if (error == 0 || error == EOWNERDEAD)
        enter(self, mutex);
    set_pending(self, NULL);
    return error;
}

void robust_release(pthread_mutex_t *mutex)
{
    struct __pthread *self = thread_self();

    set_pending(self, mutex);
    leave(self, mutex);
    mutex_release(mutex, mutex->__broken ? NOT_RECOVERABLE : 0);
    set_pending(self, NULL);
}

int pthread_mutex_consistent(pthread_mutex_t *mutex)
{
    if (!(mutex->__kind & MUTEX_ROBUST) || !mutex->__broken)
        return EINVAL;
    mutex->__broken = false;
    return 0;
}

/* What the kernel does for a thread that is killed. */
static void mark_dead(pthread_mutex_t *mutex)
{
    unsigned seen = word_read(&mutex->__word);

    while (!word_change(&mutex->__word, &seen, (seen & FUTEX_WAITERS) | FUTEX_OWNER_DIED))
        ;
    if (seen & FUTEX_WAITERS)
        futex_wake(&mutex->__word, 1, true);
}

void robust_give_up(struct __pthread *self)
{
    if (!self->robust.futex_offset)
        return;
    while (self->robust.next != (uint64_t)&self->robust.next) {
        pthread_mutex_t *mutex = mutex_of((void *)self->robust.next);

        set_pending(self, mutex);
        leave(self, mutex);
        mark_dead(mutex);
        set_pending(self, NULL);
    }
    sys_set_robust_list(NULL, sizeof(self->robust));
}
