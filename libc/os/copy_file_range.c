/* os.copy_file_range: Python's order of arguments. */
/* SPDX-License-Identifier: MIT */
#include "os_internal.h"

ssize_t os_copy_file_range(int src, int dst, size_t count, off_t *offset_src, off_t *offset_dst)
{
    return syscall_ret(RETRY(sys_copy_file_range(src, offset_src, dst, offset_dst, count, 0)));
}
