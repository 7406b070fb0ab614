/* setenv: sets a variable to copies of name and value. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include "env.h"

int setenv(const char *name, const char *value, int overwrite)
{
    size_t length = env_name_length(name);

    if (length == 0)
        return -1;
    lock_take(&env_lock);
    int result = !overwrite && env_find(name, length) >= 0 ? 0 : env_set(name, length, value);
    lock_give(&env_lock);
    return result;
}
