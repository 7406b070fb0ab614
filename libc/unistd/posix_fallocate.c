/* posix_fallocate: reserves space in a file. Returns the error number; errno does not change. */
/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include "syscall.h"

int posix_fallocate(int fd, off_t offset, off_t size)
{
    return (int)-sys_fallocate(fd, 0, offset, size);
}
