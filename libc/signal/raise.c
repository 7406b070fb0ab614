/* raise: sends a signal to the calling thread. */
#include <signal.h>
#include "syscall.h"

int raise(int signal)
{
    return (int)syscall_ret(sys_tgkill((pid_t)sys_getpid(), (pid_t)sys_gettid(), signal));
}
