/* os.execl and its family: the arguments are given one by one, up to a NULL. */
/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include "os_internal.h"

int os_execl(const char *path, const char *arg0, ...)
{
    COUNT_ARGUMENTS(arg0, n);
    COLLECT_ARGUMENTS(arg0, n, argv);
    va_end(args);
    return os_execv(path, argv);
}

int os_execle(const char *path, const char *arg0, ...)
{
    COUNT_ARGUMENTS(arg0, n);
    COLLECT_ARGUMENTS(arg0, n, argv);
    char **env = va_arg(args, char **);
    va_end(args);
    return os_execve(path, argv, env);
}

int os_execlp(const char *file, const char *arg0, ...)
{
    COUNT_ARGUMENTS(arg0, n);
    COLLECT_ARGUMENTS(arg0, n, argv);
    va_end(args);
    return os_execvp(file, argv);
}

int os_execlpe(const char *file, const char *arg0, ...)
{
    COUNT_ARGUMENTS(arg0, n);
    COLLECT_ARGUMENTS(arg0, n, argv);
    char **env = va_arg(args, char **);
    va_end(args);
    return os_execvpe(file, argv, env);
}
