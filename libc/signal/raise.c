/* raise: sends a signal to the calling thread. */
/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include "syscall.h"

int raise(int signal)
{
    return (int)syscall_ret(sys_tgkill((pid_t)sys_getpid(), (pid_t)sys_gettid(), signal));
}
