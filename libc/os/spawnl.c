/* os.spawnl and its family: the arguments are given one by one, up to a NULL. */
/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include "os_internal.h"

int os_spawnl(int mode, const char *path, const char *arg0, ...)
{
    COUNT_ARGUMENTS(arg0, n);
    COLLECT_ARGUMENTS(arg0, n, argv);
    va_end(args);
    return os_spawnv(mode, path, argv);
}

int os_spawnle(int mode, const char *path, const char *arg0, ...)
{
    COUNT_ARGUMENTS(arg0, n);
    COLLECT_ARGUMENTS(arg0, n, argv);
    char **env = va_arg(args, char **);
    va_end(args);
    return os_spawnve(mode, path, argv, env);
}

int os_spawnlp(int mode, const char *file, const char *arg0, ...)
{
    COUNT_ARGUMENTS(arg0, n);
    COLLECT_ARGUMENTS(arg0, n, argv);
    va_end(args);
    return os_spawnvp(mode, file, argv);
}

int os_spawnlpe(int mode, const char *file, const char *arg0, ...)
{
    COUNT_ARGUMENTS(arg0, n);
    COLLECT_ARGUMENTS(arg0, n, argv);
    char **env = va_arg(args, char **);
    va_end(args);
    return os_spawnvpe(mode, file, argv, env);
}
