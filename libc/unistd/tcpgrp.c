/* The foreground process group of a terminal. */
/* SPDX-License-Identifier: MIT */
#include <unistd.h>
#include <abi/termios.h>
#include "syscall.h"

pid_t tcgetpgrp(int fd)
{
    pid_t group;
    long result = syscall_ret(sys_ioctl(fd, TIOCGPGRP, &group));

    return result < 0 ? -1 : group;
}

int tcsetpgrp(int fd, pid_t pgid)
{
    return (int)syscall_ret(sys_ioctl(fd, TIOCSPGRP, &pgid));
}
