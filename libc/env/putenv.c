/* putenv: the caller's string itself becomes part of environ, as POSIX requires. It is outside the
 * block and not seen in /proc/self/environ. setenv and os.putenv copy instead. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include "env.h"

int putenv(char *entry)
{
    size_t length = strcspn(entry, "=");

    if (entry[length] != '=')
        return unsetenv(entry);
    lock_take(&env_lock);
    int result = env_link(entry, length);
    lock_give(&env_lock);
    return result;
}
