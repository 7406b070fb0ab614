/* os.getcwd. */
/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <string.h>
#include "os_internal.h"

char *os_getcwd(void)
{
    char path[PATH_MAX];
    long length = syscall_ret(sys_getcwd(path, sizeof(path)));

    if (length < 0)
        return NULL;
    char *copy = malloc((size_t)length);
    return copy ? memcpy(copy, path, (size_t)length) : NULL;
}
