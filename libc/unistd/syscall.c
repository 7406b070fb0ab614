/* syscall: any system call by its number. */
/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <unistd.h>
#include "syscall.h"

long syscall(long number, ...)
{
    va_list args;
    long a[6];

    va_start(args, number);
    for (int i = 0; i < 6; i++)
        a[i] = va_arg(args, long);
    va_end(args);
    return syscall_ret(call6(number, a[0], a[1], a[2], a[3], a[4], a[5]));
}
