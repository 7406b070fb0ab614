/* killpg: sends a signal to a process group. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include "syscall.h"

int killpg(pid_t pgid, int signal)
{
    if (pgid < 0)
        return fail(EINVAL);
    return (int)syscall_ret(sys_kill(-pgid, signal));
}
