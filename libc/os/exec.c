/* os.execv and its family, and the search in PATH. */
/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <string.h>
#include "os_internal.h"

/* An empty list of arguments is an error, as in Python. */
int os_execve(const char *path, char *const args[], char *const env[])
{
    if (!args || !args[0] || !args[0][0] || !env)
        return fail(EINVAL);
    return (int)syscall_ret(sys_execve(path, args, env));
}

int os_execv(const char *path, char *const args[])
{
    static char *const nothing[] = {NULL};

    return os_execve(path, args, environ ? environ : nothing);
}

/* The value of PATH in an environment, or Python's default. */
static const char *path_in(char *const env[])
{
    for (; env && *env; env++)
        if (strncmp(*env, "PATH=", 5) == 0)
            return *env + 5;
    return os.defpath;
}

/* Tries each directory. In the end errno is the first error other than ENOENT and ENOTDIR. */
int os_exec_search(const char *file, char *const args[], char *const env[])
{
    char path[PATH_MAX];
    const char *dirs = path_in(env);
    size_t name = strlen(file);
    int last = ENOENT, first = 0;

    if (strchr(file, '/'))
        return os_execve(file, args, env);
    for (;;) {
        size_t length = strcspn(dirs, ":"), at = length;

        if (length + name + 2 > sizeof(path)) {
            last = ENAMETOOLONG;
        } else {
            memcpy(path, dirs, length);
            if (length > 0 && path[length - 1] != '/')
                path[at++] = '/';
            memcpy(path + at, file, name + 1);
            os_execve(path, args, env);
            last = errno;
        }
        if (last != ENOENT && last != ENOTDIR && !first)
            first = last;
        if (!dirs[length])
            return fail(first ? first : last);
        dirs += length + 1;
    }
}

int os_execvpe(const char *file, char *const args[], char *const env[])
{
    if (!env)
        return fail(EINVAL);
    return os_exec_search(file, args, env);
}

int os_execvp(const char *file, char *const args[])
{
    static char *const nothing[] = {NULL};

    return os_exec_search(file, args, environ ? environ : nothing);
}

char **os_get_exec_path(char *const env[])
{
    const char *dirs = path_in(env ? env : environ);
    size_t length = strlen(dirs), n = 1, i = 0;

    for (const char *c = dirs; *c; c++)
        n += *c == ':';
    char **list = malloc((n + 1) * sizeof(*list) + length + 1);
    if (!list)
        return NULL;
    char *text = memcpy(list + n + 1, dirs, length + 1);
    while ((list[i] = strsep(&text, ":")))
        i++;
    return list;
}
