/* Sets of signals. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include "syscall.h"

static int valid(int signal)
{
    return signal > 0 && signal < NSIG;
}

int sigemptyset(sigset_t *set)
{
    *set = 0;
    return 0;
}

int sigfillset(sigset_t *set)
{
    *set = ~0UL;
    return 0;
}

int sigaddset(sigset_t *set, int signal)
{
    if (!valid(signal))
        return fail(EINVAL);
    *set |= 1UL << (signal - 1);
    return 0;
}

int sigdelset(sigset_t *set, int signal)
{
    if (!valid(signal))
        return fail(EINVAL);
    *set &= ~(1UL << (signal - 1));
    return 0;
}

int sigismember(const sigset_t *set, int signal)
{
    return valid(signal) ? (int)(*set >> (signal - 1) & 1) : fail(EINVAL);
}
