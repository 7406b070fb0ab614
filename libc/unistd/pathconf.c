/* pathconf: limits of a file, which are the same for all of them. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>
#include "syscall.h"

static long value_of(int name)
{
    switch (name) {
    case _PC_LINK_MAX: return LINK_MAX;
    case _PC_MAX_CANON:
    case _PC_MAX_INPUT: return 255;
    case _PC_NAME_MAX: return NAME_MAX;
    case _PC_PATH_MAX: return PATH_MAX;
    case _PC_PIPE_BUF: return PIPE_BUF;
    case _PC_CHOWN_RESTRICTED:
    case _PC_NO_TRUNC: return 1;
    case _PC_VDISABLE: return 0;
    }
    return fail(EINVAL);
}

long pathconf(const char *path, int name)
{
    struct stat st;
    long result = sys_stat(path, &st);

    return result < 0 ? syscall_ret(result) : value_of(name);
}

long fpathconf(int fd, int name)
{
    struct stat st;
    long result = sys_fstat(fd, &st);

    return result < 0 ? syscall_ret(result) : value_of(name);
}
