/* Waiting for a signal without a handler: sigtimedwait and the functions that use it. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include "syscall.h"

int sigtimedwait(const sigset_t *restrict set, siginfo_t *restrict info,
                 const struct timespec *restrict limit)
{
    return (int)syscall_ret(sys_rt_sigtimedwait(set, info, limit, SIGSET_BYTES));
}

int sigwaitinfo(const sigset_t *restrict set, siginfo_t *restrict info)
{
    return sigtimedwait(set, info, NULL);
}

/* Returns the error number. A handler that runs for a signal outside the set does not end the
 * wait. */
int sigwait(const sigset_t *restrict set, int *restrict signal)
{
    long result;

    do
        result = sys_rt_sigtimedwait(set, NULL, NULL, SIGSET_BYTES);
    while (result == -EINTR);
    if (result < 0)
        return (int)-result;
    *signal = (int)result;
    return 0;
}
