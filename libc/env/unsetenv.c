/* unsetenv: removes a variable; it is not an error if there is none. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include "env.h"

int unsetenv(const char *name)
{
    size_t length = env_name_length(name);

    if (length == 0)
        return -1;
    lock_take(&env_lock);
    int result = env_remove(name, length);
    lock_give(&env_lock);
    return result;
}
