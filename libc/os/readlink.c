/* os.readlink: a target of any length. */
/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include "os_internal.h"

char *os_readlink(const char *path)
{
    for (size_t size = 256;; size *= 4) {
        char *target = malloc(size);

        if (!target)
            return NULL;
        long length = sys_readlink(path, target, size);
        if (length >= 0 && (size_t)length < size) {
            target[length] = '\0';
            return target;
        }
        free(target);
        if (syscall_ret(length) < 0)
            return NULL;
    }
}
