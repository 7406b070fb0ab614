/* os.access. */
/* SPDX-License-Identifier: MIT */
#include "os_internal.h"

bool os_access(const char *path, int mode)
{
    return syscall_ret(sys_access(path, mode)) == 0;
}
