/* signal, as in BSD: the handler stays installed, and interrupted calls start again. */
/* SPDX-License-Identifier: MIT */
#include <signal.h>

sighandler_t signal(int signal, sighandler_t handler)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART}, old;

    return sigaction(signal, &action, &old) < 0 ? SIG_ERR : old.sa_handler;
}
