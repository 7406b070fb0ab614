/* fcntl: its third argument is a number or a pointer, and may be missing. */
/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdarg.h>
#include "syscall.h"

/* F_GETOWN tells a group as a negative number, which the kernel's result could not tell from an
 * error. */
static int owner_of(int fd)
{
    struct f_owner_ex owner;
    if (syscall_ret(sys_fcntl(fd, F_GETOWN_EX, (unsigned long)&owner)) < 0)
        return -1;
    return owner.type == F_OWNER_PGRP ? -owner.pid : owner.pid;
}

int fcntl(int fd, int command, ...)
{
    va_list args;

    va_start(args, command);
    unsigned long argument = va_arg(args, unsigned long);
    va_end(args);
    if (command == F_GETOWN)
        return owner_of(fd);
    return (int)syscall_ret(sys_fcntl(fd, command, argument));
}
