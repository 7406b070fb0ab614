/* killpg: sends a signal to a process group. */
#include <errno.h>
#include <signal.h>
#include "syscall.h"

int killpg(pid_t pgid, int signal)
{
    if (pgid < 0)
        return fail(EINVAL);
    return (int)syscall_ret(sys_kill(-pgid, signal));
}
