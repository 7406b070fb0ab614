/* ttyname: the path of a terminal, as /proc/self/fd shows it. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "syscall.h"

int ttyname_r(int fd, char *name, size_t size)
{
    char link[40], path[TTY_NAME_MAX + 1];
    struct stat by_fd, by_name;

    if (!isatty(fd))
        return errno;
    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    long length = sys_readlink(link, path, sizeof(path) - 1);
    if (length < 0)
        return (int)-length;
    path[length] = '\0';
    if (sys_fstat(fd, &by_fd) < 0 || sys_stat(path, &by_name) < 0 ||
        by_fd.st_dev != by_name.st_dev || by_fd.st_ino != by_name.st_ino)
        return ENODEV;
    return strlcpy(name, path, size) < size ? 0 : ERANGE;
}

char *ttyname(int fd)
{
    static char name[TTY_NAME_MAX + 1];
    int error = ttyname_r(fd, name, sizeof(name));

    return error ? fail_null(error) : name;
}
