/* os.closerange. */
/* SPDX-License-Identifier: MIT */
#include "os_internal.h"

void os_closerange(int fd_low, int fd_high)
{
    if (fd_low < 0)
        fd_low = 0;
    if (fd_low < fd_high)
        sys_close_range((unsigned)fd_low, (unsigned)fd_high - 1, 0);
}
