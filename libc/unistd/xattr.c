/* Extended attributes: the calls that take the name of one. */
/* SPDX-License-Identifier: MIT */
#include <sys/xattr.h>
#include "syscall.h"

int setxattr(const char *path, const char *name, const void *value, size_t size, int flags)
{
    return (int)syscall_ret(sys_setxattr(path, (void *)name, value, size, flags));
}

int lsetxattr(const char *path, const char *name, const void *value, size_t size, int flags)
{
    return (int)syscall_ret(sys_lsetxattr(path, (void *)name, value, size, flags));
}

int fsetxattr(int fd, const char *name, const void *value, size_t size, int flags)
{
    return (int)syscall_ret(sys_fsetxattr(fd, (void *)name, value, size, flags));
}

ssize_t getxattr(const char *path, const char *name, void *value, size_t size)
{
    return syscall_ret(sys_getxattr(path, (void *)name, value, size));
}

ssize_t lgetxattr(const char *path, const char *name, void *value, size_t size)
{
    return syscall_ret(sys_lgetxattr(path, (void *)name, value, size));
}

ssize_t fgetxattr(int fd, const char *name, void *value, size_t size)
{
    return syscall_ret(sys_fgetxattr(fd, (void *)name, value, size));
}

int removexattr(const char *path, const char *name)
{
    return (int)syscall_ret(sys_removexattr(path, (void *)name));
}

int lremovexattr(const char *path, const char *name)
{
    return (int)syscall_ret(sys_lremovexattr(path, (void *)name));
}

int fremovexattr(int fd, const char *name)
{
    return (int)syscall_ret(sys_fremovexattr(fd, (void *)name));
}
