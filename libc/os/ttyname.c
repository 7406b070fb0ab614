/* os.ttyname, os.ctermid. */
/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <string.h>
#include "os_internal.h"

char *os_ttyname(int fd)
{
    char name[TTY_NAME_MAX + 1];
    int error = ttyname_r(fd, name, sizeof(name));

    return error ? fail_null(error) : strdup(name);
}

char *os_ctermid(void)
{
    return strdup("/dev/tty");
}
