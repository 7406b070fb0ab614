/* fcntl: its third argument is a number or a pointer, and may be missing. */
/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdarg.h>
#include "syscall.h"

int fcntl(int fd, int command, ...)
{
    va_list args;

    va_start(args, command);
    unsigned long argument = va_arg(args, unsigned long);
    va_end(args);
    return (int)syscall_ret(sys_fcntl(fd, command, argument));
}
