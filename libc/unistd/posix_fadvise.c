/* posix_fadvise: says how a file will be read. Returns the error number; errno does not change. */
/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include "syscall.h"

int posix_fadvise(int fd, off_t offset, off_t size, int advice)
{
    return (int)-sys_fadvise64(fd, offset, (size_t)size, advice);
}
