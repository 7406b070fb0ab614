/* wait and its family in terms of wait4. */
/* SPDX-License-Identifier: MIT */
#include <sys/wait.h>
#include "syscall.h"

pid_t wait(int *status)
{
    return (pid_t)syscall_ret(sys_wait4(-1, status, 0, NULL));
}

pid_t waitpid(pid_t pid, int *status, int options)
{
    return (pid_t)syscall_ret(sys_wait4(pid, status, options, NULL));
}

pid_t wait3(int *status, int options, struct rusage *usage)
{
    return (pid_t)syscall_ret(sys_wait4(-1, status, options, usage));
}

int waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
    return (int)syscall_ret(sys_waitid(type, (pid_t)id, info, options, NULL));
}
