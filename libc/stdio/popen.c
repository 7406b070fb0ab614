/* popen: runs a command by the shell with a pipe to it or from it. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "file.h"
#include "start.h"
#include "syscall.h"

/* "r" or "w", with at most one "e" before or after it. Other letters of fopen are not allowed. */
static bool mode_is_known(const char *mode)
{
    static const char *const known[] = {"r", "w", "re", "we", "er", "ew"};

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (strcmp(mode, known[i]) == 0)
            return true;
    return false;
}

/* The child closes the pipes of earlier popens. If it kept the end that writes to another command,
 * that command would not see the end of its input, and pclose would wait for ever. They are closed
 * first, because one of them may have the number that the child's own pipe is to get. */
static int close_earlier(posix_spawn_file_actions_t *actions)
{
    int error = 0;

    lock_take(&stdio_lock);
    for (const FILE *file = stdio_files; file && !error; file = file->next)
        if (file->child && file->fd >= 0)
            error = posix_spawn_file_actions_addclose(actions, file->fd);
    lock_give(&stdio_lock);
    return error;
}

static int spawn_shell(FILE *file, const char *command, int theirs, int as)
{
    char *argv[] = {"sh", "-c", (char *)command, NULL};
    posix_spawn_file_actions_t actions;

    posix_spawn_file_actions_init(&actions);
    int error = close_earlier(&actions);
    if (!error)
        error = posix_spawn_file_actions_adddup2(&actions, theirs, as);
    if (!error)
        error = posix_spawn(&file->child, "/bin/sh", &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

FILE *popen(const char *command, const char *mode)
{
    bool reads = strchr(mode, 'r');
    int fds[2];

    if (!mode_is_known(mode))
        return fail_null(EINVAL);
    if (pipe2(fds, O_CLOEXEC) < 0)
        return NULL;
    FILE *file = file_new(fds[!reads], reads ? O_RDONLY : O_WRONLY);
    int error = file ? spawn_shell(file, command, fds[reads], reads ? 1 : 0) : ENOMEM;
    sys_close(fds[reads]);
    if (error) {
        if (file)
            fclose(file);
        else
            sys_close(fds[!reads]);
        return fail_null(error);
    }
    if (!strchr(mode, 'e'))
        sys_fcntl(file->fd, F_SETFD, 0);
    return file;
}

int pclose(FILE *file)
{
    pid_t child = file->child;
    int status;

    int result = fclose(file);
    if (!child) /* not from popen: there is no child to wait for */
        return result;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return status;
}
