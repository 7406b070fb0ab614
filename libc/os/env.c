/* os.getenv, os.putenv, os.unsetenv: by the C functions, whose environment block is one. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "os_internal.h"

const char *os_getenv(const char *key, const char *def)
{
    const char *value = strchr(key, '=') ? NULL : getenv(key);

    return value ? value : def;
}

int os_putenv(const char *key, const char *value)
{
    return setenv(key, value, 1);
}

int os_unsetenv(const char *key)
{
    return unsetenv(key);
}
