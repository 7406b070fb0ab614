/* Opening and closing a directory. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "dir.h"
#include "syscall.h"

static DIR *make(int fd)
{
    DIR *dir = malloc(sizeof(*dir));

    if (!dir)
        return NULL;
    dir->fd = fd;
    dir->next = dir->limit = dir->entries;
    dir->position = 0;
    return dir;
}

DIR *opendir(const char *path)
{
    int fd = (int)syscall_ret(sys_open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0));

    if (fd < 0)
        return NULL;
    DIR *dir = make(fd);
    if (!dir)
        sys_close(fd);
    return dir;
}

DIR *fdopendir(int fd)
{
    struct stat st;

    if (syscall_ret(sys_fstat(fd, &st)) < 0)
        return NULL;
    if (!S_ISDIR(st.st_mode))
        return fail_null(ENOTDIR);
    sys_fcntl(fd, F_SETFD, FD_CLOEXEC);
    return make(fd);
}

int closedir(DIR *dir)
{
    int fd = dir->fd;

    free(dir);
    return (int)syscall_ret(sys_close(fd));
}

int dirfd(DIR *dir)
{
    return dir->fd;
}
