/* isatty: is the descriptor open on a terminal? */
/* SPDX-License-Identifier: MIT */
#include <unistd.h>
#include <abi/termios.h>
#include "syscall.h"

int isatty(int fd)
{
    struct winsize size;

    return syscall_ret(sys_ioctl(fd, TIOCGWINSZ, &size)) == 0;
}
