/* getcwd: the path of the working directory, in the caller's buffer or in memory from malloc. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "syscall.h"

/* Stores the path in room[size]; its length with the NUL, or -1. */
static long path_into(char *room, size_t size)
{
    long length = syscall_ret(sys_getcwd(room, size));

    if (length >= 0 && room[0] != '/')
        return fail(ENOENT); /* it is outside the root directory, so it has no path */
    return length;
}

static char *allocated(size_t size)
{
    char own[PATH_MAX];
    long length = path_into(own, sizeof(own));

    if (length < 0)
        return NULL;
    if (size != 0 && size < (size_t)length)
        return fail_null(ERANGE);
    char *path = malloc(size ? size : (size_t)length);
    return path ? memcpy(path, own, (size_t)length) : NULL;
}

char *getcwd(char *buf, size_t size)
{
    if (!buf)
        return allocated(size);
    if (size == 0)
        return fail_null(EINVAL);
    return path_into(buf, size) < 0 ? NULL : buf;
}

char *get_current_dir_name(void)
{
    return getcwd(NULL, 0);
}
