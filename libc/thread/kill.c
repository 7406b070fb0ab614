/* Signals to one thread. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include "lock.h"
#include "thread.h"

/* Sends to a thread that may be ending. Its number may then become another thread's; so it cannot
 * pass its last step meanwhile, and neither can a handler, which could wait for the same lock. */
static int send(struct __pthread *thread, int signal, siginfo_t *info)
{
    kernel_sigset_t all = ~0UL, old;
    pid_t pid = (pid_t)sys_getpid();
    long result = 0;

    if (signal < 0 || signal >= NSIG)
        return EINVAL;
    sys_rt_sigprocmask(SIG_BLOCK, &all, &old, SIGSET_BYTES);
    lock_take(&thread->lock);
    if (!thread->gone)
        result = info ? sys_rt_tgsigqueueinfo(pid, thread_tid(thread), signal, info)
                      : sys_tgkill(pid, thread_tid(thread), signal);
    lock_give(&thread->lock);
    sys_rt_sigprocmask(SIG_SETMASK, &old, NULL, SIGSET_BYTES);
    return (int)-result;
}

int pthread_kill(pthread_t thread, int signal)
{
    return send(thread, signal, NULL);
}

int pthread_sigqueue(pthread_t thread, int signal, union sigval value)
{
    siginfo_t info = {.si_signo = signal, .si_code = SI_QUEUE};

    info.si_pid = (pid_t)sys_getpid();
    info.si_uid = (uid_t)sys_getuid();
    info.si_value = value;
    return send(thread, signal, &info);
}
