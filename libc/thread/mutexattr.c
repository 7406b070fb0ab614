/* The attributes of a mutex. */
/* SPDX-License-Identifier: MIT */
#include "mutex.h"

int pthread_mutexattr_init(pthread_mutexattr_t *attr)
{
    attr->__kind = PTHREAD_MUTEX_DEFAULT;
    return 0;
}

int pthread_mutexattr_destroy(pthread_mutexattr_t *attr)
{
    (void)attr;
    return 0;
}

int pthread_mutexattr_settype(pthread_mutexattr_t *attr, int type)
{
    if (type < PTHREAD_MUTEX_NORMAL || type > PTHREAD_MUTEX_ERRORCHECK)
        return EINVAL;
    attr->__kind = (attr->__kind & ~MUTEX_TYPES) | type;
    return 0;
}

int pthread_mutexattr_gettype(const pthread_mutexattr_t *restrict attr, int *restrict type)
{
    *type = attr->__kind & MUTEX_TYPES;
    return 0;
}

static int set_flag(pthread_mutexattr_t *attr, int flag, int value)
{
    if (value != 0 && value != 1)
        return EINVAL;
    attr->__kind = value ? attr->__kind | flag : attr->__kind & ~flag;
    return 0;
}

int pthread_mutexattr_setpshared(pthread_mutexattr_t *attr, int shared)
{
    return set_flag(attr, MUTEX_SHARED, shared);
}

int pthread_mutexattr_getpshared(const pthread_mutexattr_t *restrict attr, int *restrict shared)
{
    *shared = attr->__kind & MUTEX_SHARED ? PTHREAD_PROCESS_SHARED : PTHREAD_PROCESS_PRIVATE;
    return 0;
}

int pthread_mutexattr_setrobust(pthread_mutexattr_t *attr, int robust)
{
    return set_flag(attr, MUTEX_ROBUST, robust);
}

int pthread_mutexattr_getrobust(const pthread_mutexattr_t *restrict attr, int *restrict robust)
{
    *robust = attr->__kind & MUTEX_ROBUST ? PTHREAD_MUTEX_ROBUST : PTHREAD_MUTEX_STALLED;
    return 0;
}
