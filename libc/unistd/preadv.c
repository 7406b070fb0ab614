/* Several buffers at an offset. The kernel takes the offset as two halves, for 32-bit machines. */
/* SPDX-License-Identifier: MIT */
#include <sys/uio.h>
#include "syscall.h"

ssize_t preadv(int fd, const struct iovec *buffers, int n, off_t offset)
{
    return syscall_ret(sys_preadv(fd, buffers, n, offset, 0));
}

ssize_t pwritev(int fd, const struct iovec *buffers, int n, off_t offset)
{
    return syscall_ret(sys_pwritev(fd, buffers, n, offset, 0));
}

ssize_t preadv2(int fd, const struct iovec *buffers, int n, off_t offset, int flags)
{
    return syscall_ret(sys_preadv2(fd, buffers, n, offset, 0, flags));
}

ssize_t pwritev2(int fd, const struct iovec *buffers, int n, off_t offset, int flags)
{
    return syscall_ret(sys_pwritev2(fd, buffers, n, offset, 0, flags));
}
