/* execv and its family in terms of execve. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "start.h"
#include "syscall.h"

int execv(const char *path, char *const argv[])
{
    return execve(path, argv, environ);
}

/* A file that the kernel cannot execute and that has no "#!" is a script for the shell (POSIX). */
static long exec_or_script(const char *path, char *const argv[], char *const envp[])
{
    long result = sys_execve(path, argv, envp);
    size_t n = 0;

    if (result != -ENOEXEC)
        return result;
    while (argv[n])
        n++;
    const char *script[n + 3];
    script[0] = "sh";
    script[1] = path;
    for (size_t i = 1; i <= n; i++)
        script[i + 1] = argv[i];
    script[n + 1 < 2 ? 2 : n + 1] = NULL;
    return sys_execve("/bin/sh", (char *const *)script, envp);
}

/* Tries each directory of PATH. An error other than "there is no such file" ends the search. EACCES
 * does not, but if no other file is found, it is the error in the end. */
int execvpe(const char *file, char *const argv[], char *const envp[])
{
    char path[PATH_MAX];
    const char *dirs = getenv("PATH");
    long result = -ENOENT, refused = 0;

    if (!*file)
        return fail(ENOENT);
    if (strchr(file, '/'))
        return (int)syscall_ret(exec_or_script(file, argv, envp));
    for (dirs = dirs ? dirs : "/bin:/usr/bin"; dirs; dirs = *dirs ? dirs + 1 : NULL) {
        size_t length = strcspn(dirs, ":"), name = strlen(file);

        if (length + name + 2 <= sizeof(path)) {
            memcpy(path, dirs, length);
            path[length] = '/';
            memcpy(path + (length ? length + 1 : 0), file, name + 1);
            result = exec_or_script(path, argv, envp);
            if (result == -EACCES)
                refused = result;
            else if (result != -ENOENT && result != -ENOTDIR)
                return (int)syscall_ret(result);
        }
        dirs += length;
    }
    return (int)syscall_ret(refused ? refused : result);
}

int execvp(const char *file, char *const argv[])
{
    return execvpe(file, argv, environ);
}

int fexecve(int fd, char *const argv[], char *const envp[])
{
    char path[32] = "/proc/self/fd/", digits[12], *at = digits + sizeof(digits);

    *--at = '\0';
    do
        *--at = (char)('0' + fd % 10);
    while ((fd /= 10) > 0);
    strcat(path, at);
    return execve(path, argv, envp);
}
