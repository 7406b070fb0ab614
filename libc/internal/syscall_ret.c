/* syscall_ret: the only place that sets errno. */
/* SPDX-License-Identifier: MIT */
#include "syscall.h"

int errno;

long syscall_ret(long result)
{
    if ((unsigned long)result >= -(unsigned long)MAX_ERRNO) {
        errno = (int)-result;
        return -1;
    }
    return result;
}
