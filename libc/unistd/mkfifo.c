/* mkfifo: a pipe with a name. */
/* SPDX-License-Identifier: MIT */
#include <sys/stat.h>
#include "syscall.h"

int mkfifo(const char *path, mode_t mode)
{
    return (int)syscall_ret(sys_mknod(path, (mode & 07777) | S_IFIFO, 0));
}

int mkfifoat(int fd, const char *path, mode_t mode)
{
    return (int)syscall_ret(sys_mknodat(fd, path, (mode & 07777) | S_IFIFO, 0));
}
