/* confstr: the PATH that finds all standard programs. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <paths.h>
#include <string.h>
#include <unistd.h>
#include "syscall.h"

size_t confstr(int name, char *text, size_t size)
{
    if (name != _CS_PATH) {
        fail(EINVAL);
        return 0;
    }
    return strlcpy(text, _PATH_DEFPATH, size) + 1;
}
