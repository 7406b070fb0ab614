/* abort: ends the process by SIGABRT, even if that is blocked, ignored or handled. */
/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdlib.h>
#include "syscall.h"

_Noreturn void abort(void)
{
    struct kernel_sigaction dfl = {0};
    kernel_sigset_t only = 1UL << (SIGABRT - 1);

    sys_rt_sigprocmask(SIG_UNBLOCK, &only, NULL, SIGSET_BYTES);
    raise(SIGABRT);
    sys_rt_sigaction(SIGABRT, &dfl, NULL,
                     SIGSET_BYTES); /* it was ignored, or its handler returned */
    raise(SIGABRT);
    for (;;)
        __builtin_trap();
}
