/* os.dup: close-on-exec. */
/* SPDX-License-Identifier: MIT */
#include "os_internal.h"

int os_dup(int fd)
{
    return (int)syscall_ret(sys_fcntl(fd, F_DUPFD_CLOEXEC, 0));
}
