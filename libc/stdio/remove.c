/* remove: a file or an empty directory. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include "syscall.h"

int remove(const char *path)
{
    long result = sys_unlink(path);

    if (result == -EISDIR)
        result = sys_rmdir(path);
    return (int)syscall_ret(result);
}
