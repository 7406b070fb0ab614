/* os.posix_fallocate: as C's, but the error is in errno, as for all of os. */
/* SPDX-License-Identifier: MIT */
#include "os_internal.h"

int os_posix_fallocate(int fd, off_t offset, off_t len)
{
    return (int)syscall_ret(RETRY(sys_fallocate(fd, 0, offset, len)));
}
