/* Which names a variable may have: not empty, without '='. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include "env.h"
#include "syscall.h"

size_t env_name_length(const char *name)
{
    size_t length = name ? strlen(name) : 0;

    if (length > 0 && !memchr(name, '=', length))
        return length;
    fail(EINVAL);
    return 0;
}
