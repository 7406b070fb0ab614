/* The signal mask in a jump: sigsetjmp saves it, siglongjmp restores it. */
/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <signal.h>
#include "syscall.h"

/* Called by sigsetjmp, in assembly. */
void setjmp_save_mask(sigjmp_buf env)
{
    sys_rt_sigprocmask(SIG_SETMASK, NULL, &env->mask, SIGSET_BYTES);
    env->has_mask = 1;
}

_Noreturn void siglongjmp(sigjmp_buf env, int value)
{
    if (env->has_mask)
        sys_rt_sigprocmask(SIG_SETMASK, &env->mask, NULL, SIGSET_BYTES);
    longjmp(env, value);
}
