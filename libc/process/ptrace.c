/* ptrace: the call, but that what is peeked at is the result. */
/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <sys/ptrace.h>

#include "syscall.h"

long ptrace(long request, ...)
{
    long word, args[3];
    va_list list;
    va_start(list, request);
    for (int i = 0; i < 3; i++)
        args[i] = va_arg(list, long);
    va_end(list);
    if (request < PTRACE_PEEKTEXT || request > PTRACE_PEEKUSER)
        return syscall_ret(sys_ptrace(request, args[0], args[1], args[2]));
    long result = syscall_ret(sys_ptrace(request, args[0], args[1], (long)&word));
    return result < 0 ? result : word;
}
