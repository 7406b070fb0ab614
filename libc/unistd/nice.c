/* Priorities. The kernel's getpriority returns 20 minus the nice value, which is never negative. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>
#include "syscall.h"

int getpriority(int which, id_t who)
{
    long result = sys_getpriority(which, (int)who);

    return result < 0 ? (int)syscall_ret(result) : 20 - (int)result;
}

int nice(int change)
{
    int value = 20 - (int)sys_getpriority(PRIO_PROCESS, 0) + change;

    value = value > 19 ? 19 : value < -20 ? -20 : value;
    long result = sys_setpriority(PRIO_PROCESS, 0, value);
    if (result < 0)
        return fail(result == -EACCES ? EPERM : (int)-result);
    return value;
}
