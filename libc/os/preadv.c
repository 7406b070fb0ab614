/* os.preadv, os.pwritev: several buffers at an offset, again after a signal. */
/* SPDX-License-Identifier: MIT */
#include "os_internal.h"

ssize_t os_preadv(int fd, const struct iovec *buffers, int n, off_t offset, int flags)
{
    return syscall_ret(RETRY(sys_preadv2(fd, buffers, n, offset, 0, flags)));
}

ssize_t os_pwritev(int fd, const struct iovec *buffers, int n, off_t offset, int flags)
{
    return syscall_ret(RETRY(sys_pwritev2(fd, buffers, n, offset, 0, flags)));
}
