/* getenv: the value of a variable. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include "env.h"
#include "start.h"

char *getenv(const char *name)
{
    size_t length = strlen(name);

    lock_take(&env_lock);
    long i = env_find(name, length);
    char *value = i < 0 ? NULL : environ[i] + length + 1;
    lock_give(&env_lock);
    return value;
}
