/* os.utime. */
/* SPDX-License-Identifier: MIT */
#include "os_internal.h"

int os_utime(const char *path, const struct timespec times[2])
{
    return (int)syscall_ret(sys_utimensat(AT_FDCWD, path, times, 0));
}
