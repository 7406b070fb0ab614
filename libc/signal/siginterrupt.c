/* siginterrupt: does a signal end the call that it interrupts? */
/* SPDX-License-Identifier: MIT */
#include <signal.h>

int siginterrupt(int signal, int interrupt)
{
    struct sigaction action;

    if (sigaction(signal, NULL, &action) < 0)
        return -1;
    if (interrupt)
        action.sa_flags &= ~SA_RESTART;
    else
        action.sa_flags |= SA_RESTART;
    return sigaction(signal, &action, NULL);
}
