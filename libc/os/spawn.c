/* os.spawnv and its family: fork, exec and, if asked for, wait. */
/* SPDX-License-Identifier: MIT */
#include "os_internal.h"

/* In the child: runs the program; if that fails, exits with 127 as a shell does. */
static void run(const char *file, char *const args[], char *const env[], bool search)
{
    if (search)
        os_exec_search(file, args, env);
    else
        os_execve(file, args, env);
    _exit(127);
}

static int spawn(int mode, const char *file, char *const args[], char *const env[], bool search)
{
    static char *const nothing[] = {NULL};

    if ((mode != P_WAIT && mode != P_NOWAIT) || !args || !args[0] || !args[0][0])
        return fail(EINVAL);
    pid_t pid = os_fork();
    if (pid == 0)
        run(file, args, env ? env : nothing, search);
    if (pid < 0 || mode == P_NOWAIT)
        return pid;
    for (;;) {
        struct os_wait_result child = os_waitpid(pid, 0);

        if (child.pid < 0)
            return -1;
        if (!WIFSTOPPED(child.status))
            return os_waitstatus_to_exitcode(child.status);
    }
}

int os_spawnv(int mode, const char *path, char *const args[])
{
    return spawn(mode, path, args, environ, false);
}

int os_spawnve(int mode, const char *path, char *const args[], char *const env[])
{
    return spawn(mode, path, args, env, false);
}

int os_spawnvp(int mode, const char *file, char *const args[])
{
    return spawn(mode, file, args, environ, true);
}

int os_spawnvpe(int mode, const char *file, char *const args[], char *const env[])
{
    return spawn(mode, file, args, env, true);
}
