/* os.get_terminal_size. */
/* SPDX-License-Identifier: MIT */
#include <sys/ioctl.h>
#include "os_internal.h"

struct os_terminal_size os_get_terminal_size(int fd)
{
    struct winsize size;

    if (syscall_ret(sys_ioctl(fd, TIOCGWINSZ, &size)) < 0)
        return (struct os_terminal_size){-1, -1};
    return (struct os_terminal_size){size.ws_col, size.ws_row};
}
