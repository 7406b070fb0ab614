/* os.isatty. */
/* SPDX-License-Identifier: MIT */
#include "os_internal.h"

bool os_isatty(int fd)
{
    return isatty(fd) == 1;
}
