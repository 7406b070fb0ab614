/* os.fdopen. */
/* SPDX-License-Identifier: MIT */
#include "os_internal.h"

FILE *os_fdopen(int fd, const char *mode)
{
    return fdopen(fd, mode ? mode : "r");
}
