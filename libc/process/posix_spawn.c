/* posix_spawn: starts a program in a child that shares the caller's memory until exec.
 *
 * fork would copy the caller's page tables, only for exec to throw the copy away. So the child is
 * made by clone with CLONE_VM and CLONE_VFORK: it runs in the caller's memory, on its own stack (an
 * array on the caller's stack), and the caller is suspended until the child has called exec or has
 * exited.
 *
 * The shared memory has two consequences. The child can report why it failed, by writing to struct
 * spawn. And it must not run the caller's signal handlers, which would change the caller's data. So
 * all signals are blocked before the clone; the child resets every handler, and only then sets the
 * mask that the new program is to have. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <stdlib.h>
#include <unistd.h>
#include "spawn_action.h"
#include "start.h"
#include "syscall.h"

struct spawn {
    const char *path;
    int (*exec)(const char *, char *const *, char *const *);
    const posix_spawn_file_actions_t *actions;
    const posix_spawnattr_t *attr;
    char *const *argv;
    char *const *envp;
    sigset_t mask; /* the caller's signal mask */
    int error;     /* written by the child if it fails */
};

static long act(const struct spawn_action *action)
{
    long fd;

    switch (action->kind) {
    case SPAWN_OPEN:
        sys_close(action->fd);
        fd = sys_open(action->path, action->flags, action->mode);
        if (fd < 0 || fd == action->fd)
            return fd;
        sys_dup2((int)fd, action->fd);
        return sys_close((int)fd);
    case SPAWN_CLOSE: sys_close(action->fd); return 0;
    case SPAWN_DUP2:
        if (action->fd == action->new_fd)
            return sys_fcntl(action->fd, F_SETFD, 0);
        return sys_dup2(action->fd, action->new_fd);
    case SPAWN_CHDIR: return sys_chdir(action->path);
    case SPAWN_FCHDIR: return sys_fchdir(action->fd);
    }
    return -EINVAL;
}

/* Resets all handlers, and the signals that the attributes name. */
static void reset_signals(const posix_spawnattr_t *attr)
{
    sigset_t dfl = attr && attr->flags & POSIX_SPAWN_SETSIGDEF ? attr->sigdefault : 0;
    struct kernel_sigaction action;

    for (int sig = 1; sig < NSIG; sig++) {
        if (sys_rt_sigaction(sig, NULL, &action, SIGSET_BYTES) < 0)
            continue;
        if (action.handler > KERNEL_SIG_IGN || (dfl >> (sig - 1) & 1 && action.handler)) {
            action = (struct kernel_sigaction){0};
            sys_rt_sigaction(sig, &action, NULL, SIGSET_BYTES);
        }
    }
}

static long set_attributes(const posix_spawnattr_t *attr)
{
    long result = 0;

    if (!attr)
        return 0;
    if (attr->flags & POSIX_SPAWN_SETSID)
        result = sys_setsid();
    if (result >= 0 && attr->flags & POSIX_SPAWN_SETPGROUP)
        result = sys_setpgid(0, attr->pgroup);
    if (result >= 0 && attr->flags & POSIX_SPAWN_RESETIDS) {
        result = sys_setgid((gid_t)sys_getgid());
        if (result >= 0)
            result = sys_setuid((uid_t)sys_getuid());
    }
    return result;
}

static int child(void *arg)
{
    struct spawn *s = arg;
    long result = set_attributes(s->attr);

    reset_signals(s->attr);
    for (int i = 0; result >= 0 && s->actions && i < s->actions->n; i++)
        result = act(&s->actions->actions[i]);
    if (result >= 0) {
        sigset_t mask =
            s->attr && s->attr->flags & POSIX_SPAWN_SETSIGMASK ? s->attr->sigmask : s->mask;
        sys_rt_sigprocmask(SIG_SETMASK, &mask, NULL, SIGSET_BYTES);
        s->exec(s->path, s->argv, s->envp);
        result = -errno;
    }
    s->error = (int)-result;
    sys_exit(127);
}

static int spawn(pid_t *pid, struct spawn *s)
{
    _Alignas(16) char stack[12288];
    sigset_t all = ~0UL;
    int saved = errno;

    sys_rt_sigprocmask(SIG_BLOCK, &all, &s->mask, SIGSET_BYTES);
    long made = clone_run(child, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, s, NULL,
                          NULL, NULL);
    if (made > 0 && s->error)
        sys_wait4((pid_t)made, NULL, 0, NULL);
    sys_rt_sigprocmask(SIG_SETMASK, &s->mask, NULL, SIGSET_BYTES);
    errno = saved;
    if (made < 0)
        return (int)-made;
    if (!s->error && pid)
        *pid = (pid_t)made;
    return s->error;
}

int posix_spawn(pid_t *restrict pid, const char *restrict path,
                const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *restrict attr,
                char *const argv[restrict], char *const envp[restrict])
{
    struct spawn s = {path, execve, actions, attr, argv, envp ? envp : environ, 0, 0};

    return spawn(pid, &s);
}

int posix_spawnp(pid_t *restrict pid, const char *restrict file,
                 const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *restrict attr,
                 char *const argv[restrict], char *const envp[restrict])
{
    struct spawn s = {file, execvpe, actions, attr, argv, envp ? envp : environ, 0, 0};

    return spawn(pid, &s);
}
