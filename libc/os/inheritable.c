/* os.get_inheritable, os.set_inheritable: the opposite of the close-on-exec flag. */
/* SPDX-License-Identifier: MIT */
#include "os_internal.h"

int os_get_inheritable(int fd)
{
    long flags = syscall_ret(sys_fcntl(fd, F_GETFD, 0));

    return flags < 0 ? -1 : !(flags & FD_CLOEXEC);
}

int os_set_inheritable(int fd, bool inheritable)
{
    return (int)syscall_ret(sys_fcntl(fd, F_SETFD, inheritable ? 0 : FD_CLOEXEC));
}
