/* clone: a child that runs a function on a stack of its own. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include "start.h"
#include "syscall.h"

int clone(int (*function)(void *), void *stack_top, int flags, void *arg, ...)
{
    va_list args;

    if (!function || !stack_top)
        return fail(EINVAL);
    va_start(args, arg);
    int *parent_tid = va_arg(args, int *);
    void *tls = va_arg(args, void *);
    int *child_tid = va_arg(args, int *);
    va_end(args);
    return (int)syscall_ret(
        clone_run(function, stack_top, (unsigned)flags, arg, parent_tid, tls, child_tid));
}
