/* os.get_blocking, os.set_blocking: the opposite of the flag O_NONBLOCK. */
/* SPDX-License-Identifier: MIT */
#include "os_internal.h"

int os_get_blocking(int fd)
{
    long flags = syscall_ret(sys_fcntl(fd, F_GETFL, 0));

    return flags < 0 ? -1 : !(flags & O_NONBLOCK);
}

int os_set_blocking(int fd, bool blocking)
{
    long flags = syscall_ret(sys_fcntl(fd, F_GETFL, 0));

    if (flags < 0)
        return -1;
    flags = blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK;
    return (int)syscall_ret(sys_fcntl(fd, F_SETFL, (unsigned long)flags));
}
