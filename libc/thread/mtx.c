/* Mutexes of <threads.h>. */
/* SPDX-License-Identifier: MIT */
#include "c11.h"

int mtx_init(mtx_t *mutex, int type)
{
    int kind = type & mtx_recursive ? PTHREAD_MUTEX_RECURSIVE : PTHREAD_MUTEX_NORMAL;

    if (type & ~(mtx_recursive | mtx_timed))
        return thrd_error;
    *mutex = (mtx_t){.__kind = kind};
    return thrd_success;
}

void mtx_destroy(mtx_t *mutex)
{
    pthread_mutex_destroy(mutex);
}

int mtx_lock(mtx_t *mutex)
{
    return result_of(pthread_mutex_lock(mutex));
}

int mtx_trylock(mtx_t *mutex)
{
    return result_of(pthread_mutex_trylock(mutex));
}

int mtx_timedlock(mtx_t *restrict mutex, const struct timespec *restrict limit)
{
    return result_of(pthread_mutex_timedlock(mutex, limit));
}

int mtx_unlock(mtx_t *mutex)
{
    return result_of(pthread_mutex_unlock(mutex));
}
