/* popen: a command for the shell with a pipe to it or from it. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "file.h"
#include "start.h"
#include "syscall.h"

static int spawn_shell(pid_t *pid, const char *command, int theirs, int as)
{
    char *argv[] = {"sh", "-c", (char *)command, NULL};
    posix_spawn_file_actions_t actions;

    posix_spawn_file_actions_init(&actions);
    int error = posix_spawn_file_actions_adddup2(&actions, theirs, as);
    if (!error)
        error = posix_spawn(pid, "/bin/sh", &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

FILE *popen(const char *command, const char *mode)
{
    bool reads = *mode == 'r';
    int fds[2];

    if (!reads && *mode != 'w')
        return fail_null(EINVAL);
    if (pipe2(fds, O_CLOEXEC) < 0)
        return NULL;
    FILE *file = file_new(fds[!reads], reads ? O_RDONLY : O_WRONLY);
    int error = file ? spawn_shell(&file->child, command, fds[reads], reads ? 1 : 0) : ENOMEM;
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

    fclose(file);
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return status;
}
