/* faccessat, and euidaccess, which checks with the rights by which the process opens files. */
/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <unistd.h>
#include "syscall.h"

int faccessat(int fd, const char *path, int mode, int flags)
{
    return (int)syscall_ret(flags ? sys_faccessat2(fd, path, mode, flags)
                                  : sys_faccessat(fd, path, mode));
}

int eaccess(const char *path, int mode)
{
    return faccessat(AT_FDCWD, path, mode, AT_EACCESS);
}

int euidaccess(const char *path, int mode)
{
    return eaccess(path, mode);
}
