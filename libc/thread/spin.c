/* Spin locks: a thread that waits does not sleep. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <pthread.h>

int pthread_spin_init(pthread_spinlock_t *lock, int shared)
{
    (void)shared;
    *lock = 0;
    return 0;
}

int pthread_spin_destroy(pthread_spinlock_t *lock)
{
    (void)lock;
    return 0;
}

int pthread_spin_trylock(pthread_spinlock_t *lock)
{
    return __atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE) ? EBUSY : 0;
}

/* The holder may have no processor; then the caller's is better given away. */
int pthread_spin_lock(pthread_spinlock_t *lock)
{
    for (unsigned tries = 1; pthread_spin_trylock(lock); tries++) {
        __builtin_ia32_pause();
        if (tries % 1024 == 0)
            sched_yield();
    }
    return 0;
}

int pthread_spin_unlock(pthread_spinlock_t *lock)
{
    __atomic_store_n(lock, 0, __ATOMIC_RELEASE);
    return 0;
}
