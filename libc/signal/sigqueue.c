/* sigqueue: sends a signal with a value. */
/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include "syscall.h"

int sigqueue(pid_t pid, int signal, union sigval value)
{
    siginfo_t info = {.si_signo = signal, .si_code = SI_QUEUE};

    info.si_pid = (pid_t)sys_getpid();
    info.si_uid = (uid_t)sys_getuid();
    info.si_value = value;
    return (int)syscall_ret(sys_rt_sigqueueinfo(pid, signal, &info));
}
