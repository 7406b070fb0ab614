/* The attributes of a lock for readers and writers. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <pthread.h>

int pthread_rwlockattr_init(pthread_rwlockattr_t *attr)
{
    attr->__shared = PTHREAD_PROCESS_PRIVATE;
    return 0;
}

int pthread_rwlockattr_destroy(pthread_rwlockattr_t *attr)
{
    (void)attr;
    return 0;
}

int pthread_rwlockattr_setpshared(pthread_rwlockattr_t *attr, int shared)
{
    if (shared != PTHREAD_PROCESS_PRIVATE && shared != PTHREAD_PROCESS_SHARED)
        return EINVAL;
    attr->__shared = shared;
    return 0;
}

int pthread_rwlockattr_getpshared(const pthread_rwlockattr_t *restrict attr, int *restrict shared)
{
    *shared = attr->__shared;
    return 0;
}
