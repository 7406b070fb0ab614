/* execl and its family: the arguments are given one by one, up to a NULL. */
/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <unistd.h>
#include "start.h"

/* Counts the arguments, then copies them to an array on the stack, which exec replaces. */
#define COUNT(first, n)          \
    va_list args;                \
    size_t n = 1;                \
    va_start(args, first);       \
    while (va_arg(args, char *)) \
        n++;                     \
    va_end(args)

#define COLLECT(first, n, argv)         \
    char *argv[n + 1];                  \
    va_start(args, first);              \
    argv[0] = (char *)first;            \
    for (size_t i = 1; i <= n; i++) {   \
        argv[i] = va_arg(args, char *); \
    }

int execl(const char *path, const char *arg, ...)
{
    COUNT(arg, n);
    COLLECT(arg, n, argv);
    va_end(args);
    return execve(path, argv, environ);
}

int execle(const char *path, const char *arg, ...)
{
    COUNT(arg, n);
    COLLECT(arg, n, argv);
    char **envp = va_arg(args, char **);
    va_end(args);
    return execve(path, argv, envp);
}

int execlp(const char *file, const char *arg, ...)
{
    COUNT(arg, n);
    COLLECT(arg, n, argv);
    va_end(args);
    return execvpe(file, argv, environ);
}
