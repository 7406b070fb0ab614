/* The signal mask, and waiting with another mask. */
/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include "syscall.h"

int sigprocmask(int how, const sigset_t *restrict set, sigset_t *restrict old)
{
    return (int)syscall_ret(sys_rt_sigprocmask(how, set, old, SIGSET_BYTES));
}

int pthread_sigmask(int how, const sigset_t *restrict set, sigset_t *restrict old)
{
    return (int)-sys_rt_sigprocmask(how, set, old, SIGSET_BYTES);
}

int sigsuspend(const sigset_t *mask)
{
    return (int)syscall_ret(sys_rt_sigsuspend(mask, SIGSET_BYTES));
}

int sigpending(sigset_t *set)
{
    return (int)syscall_ret(sys_rt_sigpending(set, SIGSET_BYTES));
}
