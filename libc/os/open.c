/* os.open: close-on-exec, whatever the flags say. */
/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include "os_internal.h"

int os_open(const char *path, int flags, ...)
{
    mode_t mode = 0;
    va_list args;

    if (flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE) {
        va_start(args, flags);
        mode = va_arg(args, mode_t);
        va_end(args);
    }
    return (int)syscall_ret(RETRY(sys_openat(AT_FDCWD, path, flags | O_CLOEXEC, mode)));
}
