/* open and openat: the mode is only used if a file may be made. */
/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdarg.h>
#include "syscall.h"

static mode_t mode_argument(int flags, va_list args)
{
    return flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(args, mode_t) : 0;
}

int open(const char *path, int flags, ...)
{
    va_list args;

    va_start(args, flags);
    mode_t mode = mode_argument(flags, args);
    va_end(args);
    return (int)syscall_ret(sys_open(path, flags, mode));
}

int openat(int fd, const char *path, int flags, ...)
{
    va_list args;

    va_start(args, flags);
    mode_t mode = mode_argument(flags, args);
    va_end(args);
    return (int)syscall_ret(sys_openat(fd, path, flags, mode));
}
