/* getentropy: up to 256 random bytes, all or none. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <sys/random.h>
#include "syscall.h"

int getentropy(void *buf, size_t size)
{
    if (size > 256)
        return fail(EIO);
    while (size > 0) {
        long got = sys_getrandom(buf, size, 0);

        if (got < 0 && got != -EINTR)
            return (int)syscall_ret(got);
        if (got > 0) {
            buf = (char *)buf + got;
            size -= (size_t)got;
        }
    }
    return 0;
}
