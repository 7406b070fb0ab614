/* sigaction: converts to and from the kernel's structure, which has another layout and also the
 * address to which handlers return. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include "syscall.h"

void signal_restore(void);

int sigaction(int signal, const struct sigaction *restrict action, struct sigaction *restrict old)
{
    struct kernel_sigaction to, from = {0};

    if (action) {
        to.handler = (uint64_t)action->sa_handler;
        to.flags = (unsigned)action->sa_flags | SA_RESTORER;
        to.restorer = (uint64_t)signal_restore;
        to.mask = action->sa_mask;
    }
    long result = sys_rt_sigaction(signal, action ? &to : NULL, &from, SIGSET_BYTES);
    if (result < 0)
        return (int)syscall_ret(result);
    if (old) {
        old->sa_handler = (sighandler_t)from.handler;
        old->sa_flags = (int)(from.flags & ~(uint64_t)SA_RESTORER);
        old->sa_mask = from.mask;
    }
    return 0;
}
