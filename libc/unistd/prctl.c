/* prctl: small settings of the process. */
/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <sys/prctl.h>
#include "syscall.h"

int prctl(int option, ...)
{
    va_list args;
    unsigned long a[4];

    va_start(args, option);
    for (int i = 0; i < 4; i++)
        a[i] = va_arg(args, unsigned long);
    va_end(args);
    return (int)syscall_ret(sys_prctl(option, a[0], a[1], a[2], a[3]));
}
