/* ioctl: its third argument is a pointer or a number, and may be missing. */
/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <sys/ioctl.h>
#include "syscall.h"

int ioctl(int fd, unsigned long request, ...)
{
    va_list args;

    va_start(args, request);
    void *argument = va_arg(args, void *);
    va_end(args);
    return (int)syscall_ret(sys_ioctl(fd, request, argument));
}
