/* os.getenv, os.putenv, os.unsetenv: straight on the environment block. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "../env/env.h"
#include "os_internal.h"

const char *os_getenv(const char *key, const char *def)
{
    size_t length = strlen(key);
    long i = memchr(key, '=', length) ? -1 : env_find(key, length);

    return i < 0 ? def : environ[i] + length + 1;
}

int os_putenv(const char *key, const char *value)
{
    size_t length = env_name_length(key);

    return length == 0 ? -1 : env_set(key, length, value);
}

int os_unsetenv(const char *key)
{
    size_t length = env_name_length(key);

    return length == 0 ? -1 : env_remove(key, length);
}
