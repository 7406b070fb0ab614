/* rt_sigqueueinfo and rt_tgsigqueueinfo: signals that carry a value of the sender. */
/* SPDX-License-Identifier: MIT */
#include "proc/private.h"

/* Reads a siginfo that a program has made. It must not look as if the kernel or kill had sent it,
 * unless the thread sends it to itself. 0, -EFAULT or -EPERM. */
static long fetch_info(const struct thread *self, int target, int signal, uaddr_t at,
                       siginfo_t *info)
{
    if (user_copy_in(info, at, sizeof(*info)))
        return -EFAULT;
    if ((info->si_code >= 0 || info->si_code == SI_TKILL) && target != self->tid)
        return -EPERM;
    info->si_signo = signal;
    return 0;
}

long sys_rt_sigqueueinfo(struct thread *self, pid_t pid, int sig, uaddr_t info)
{
    siginfo_t given;
    long result = fetch_info(self, pid, sig, info, &given);
    return result ? result : signal_send_to_process(pid, sig, &given);
}

long sys_rt_tgsigqueueinfo(struct thread *self, pid_t tgid, pid_t tid, int sig, uaddr_t info)
{
    siginfo_t given;
    if (tgid <= 0 || tid <= 0)
        return -EINVAL;
    long result = fetch_info(self, tid, sig, info, &given);
    return result ? result : signal_send_to_thread(tgid, tid, sig, &given);
}
