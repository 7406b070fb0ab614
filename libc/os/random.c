/* os.urandom. */
/* SPDX-License-Identifier: MIT */
#include "os_internal.h"

int os_urandom(void *buf, size_t size)
{
    while (size > 0) {
        long got = syscall_ret(RETRY(sys_getrandom(buf, size, 0)));

        if (got < 0)
            return -1;
        buf = (char *)buf + got;
        size -= (size_t)got;
    }
    return 0;
}
