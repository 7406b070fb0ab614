/* os.posix_spawn, os.posix_spawnp. */
/* SPDX-License-Identifier: MIT */
#include <spawn.h>
#include "os_internal.h"

static pid_t finish(int error, pid_t pid)
{
    return error ? fail(error) : pid;
}

pid_t os_posix_spawn(const char *path, char *const argv[], char *const env[])
{
    pid_t pid = -1;

    if (!argv || !argv[0])
        return fail(EINVAL);
    int error = posix_spawn(&pid, path, NULL, NULL, argv, env);
    return finish(error, pid);
}

pid_t os_posix_spawnp(const char *file, char *const argv[], char *const env[])
{
    pid_t pid = -1;

    if (!argv || !argv[0])
        return fail(EINVAL);
    int error = posix_spawnp(&pid, file, NULL, NULL, argv, env);
    return finish(error, pid);
}
