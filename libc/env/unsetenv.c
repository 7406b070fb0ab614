/* unsetenv: removes a variable; it is not an error if there is none. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include "env.h"

int unsetenv(const char *name)
{
    size_t length = env_name_length(name);

    return length == 0 ? -1 : env_remove(name, length);
}
