/* Condition variables of <threads.h>. */
/* SPDX-License-Identifier: MIT */
#include "c11.h"

int cnd_init(cnd_t *cond)
{
    return result_of(pthread_cond_init(cond, NULL));
}

void cnd_destroy(cnd_t *cond)
{
    pthread_cond_destroy(cond);
}

int cnd_wait(cnd_t *cond, mtx_t *mutex)
{
    return result_of(pthread_cond_wait(cond, mutex));
}

int cnd_timedwait(cnd_t *restrict cond, mtx_t *restrict mutex,
                  const struct timespec *restrict limit)
{
    return result_of(pthread_cond_timedwait(cond, mutex, limit));
}

int cnd_signal(cnd_t *cond)
{
    return result_of(pthread_cond_signal(cond));
}

int cnd_broadcast(cnd_t *cond)
{
    return result_of(pthread_cond_broadcast(cond));
}
