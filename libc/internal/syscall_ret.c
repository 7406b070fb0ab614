/* syscall_ret: the only place that sets errno, which each thread has for itself. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include "../thread/thread.h"
#include "syscall.h"

int *__errno_location(void)
{
    return &thread_self()->error;
}

long syscall_ret(long result)
{
    if ((unsigned long)result >= -(unsigned long)MAX_ERRNO) {
        thread_self()->error = (int)-result;
        return -1;
    }
    return result;
}
