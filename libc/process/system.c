/* system: runs a command by the shell; meanwhile the caller ignores SIGINT and SIGQUIT. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "start.h"
#include "syscall.h"

int system(const char *command)
{
    if (!command)
        return access("/bin/sh", X_OK) == 0;

    struct sigaction ignore = {.sa_handler = SIG_IGN}, old_int, old_quit;
    sigset_t chld = 1UL << (SIGCHLD - 1), old_mask, dfl = 0;
    char *argv[] = {"sh", "-c", (char *)command, NULL};
    posix_spawnattr_t attr;
    int status = 127 << 8;
    pid_t pid;

    sigaction(SIGINT, &ignore, &old_int);
    sigaction(SIGQUIT, &ignore, &old_quit);
    sigprocmask(SIG_BLOCK, &chld, &old_mask);
    if (old_int.sa_handler != SIG_IGN)
        dfl |= 1UL << (SIGINT - 1);
    if (old_quit.sa_handler != SIG_IGN)
        dfl |= 1UL << (SIGQUIT - 1);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setsigmask(&attr, &old_mask);
    posix_spawnattr_setsigdefault(&attr, &dfl);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    int error = posix_spawn(&pid, "/bin/sh", NULL, &attr, argv, environ);
    if (error == EAGAIN || error == ENOMEM)
        status = fail(error);
    else if (!error)
        while (waitpid(pid, &status, 0) < 0)
            if (errno != EINTR) {
                status = -1;
                break;
            }
    sigaction(SIGINT, &old_int, NULL);
    sigaction(SIGQUIT, &old_quit, NULL);
    sigprocmask(SIG_SETMASK, &old_mask, NULL);
    return status;
}
