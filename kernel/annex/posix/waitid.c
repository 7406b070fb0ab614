/* waitid: wait4 with the choice of what to wait for, and a siginfo as the answer. */
/* SPDX-License-Identifier: MIT */
#include "proc/private.h"

/* Decodes the first two arguments of waitid. 0, -EINVAL or -EBADF. */
static int decode_id(struct process *self, int which, pid_t id, struct wait_for *wait)
{
    switch (which) {
    case P_ALL: return 0;
    case P_PID: wait->pid = id; return id > 0 ? 0 : -EINVAL;
    case P_PGID: wait->group = id ? id : self->group; return id >= 0 ? 0 : -EINVAL;
    case P_PIDFD: return id < 0 ? -EINVAL : -EBADF; /* no descriptor is of a process */
    default: return -EINVAL;
    }
}

long sys_waitid(struct thread *self, int which, pid_t id, uaddr_t info, unsigned int options,
                uaddr_t usage)
{
    const unsigned known =
        WNOHANG | WNOWAIT | WEXITED | WSTOPPED | WCONTINUED | __WNOTHREAD | __WCLONE | __WALL;
    struct wait_for wait = {.options = options};
    siginfo_t told;
    memset(&told, 0, sizeof(told));
    if (options & ~known || !(options & (WEXITED | WSTOPPED | WCONTINUED)))
        return -EINVAL;
    int result = decode_id(self->process, which, id, &wait);
    if (result == 0)
        result = do_wait(self->process, &wait);
    if (result < 0)
        return result;
    if (result > 0) {
        signal_fill(&told, SIGCHLD, wait.code, wait.found, wait.uid);
        told.si_status = wait.status;
        if (!uaddr_is_null(usage) && user_copy_out(usage, &wait.usage, sizeof(wait.usage)))
            return -EFAULT;
    }
    return uaddr_is_null(info) ? 0 : user_copy_out(info, &told, sizeof(told));
}
