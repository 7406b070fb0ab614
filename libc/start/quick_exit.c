/* quick_exit: ends the process after running only the handlers of at_quick_exit. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

static void (*handlers[32])(void);
static int n_handlers;

int at_quick_exit(void (*handler)(void))
{
    if (n_handlers == 32)
        return -1;
    handlers[n_handlers++] = handler;
    return 0;
}

_Noreturn void quick_exit(int status)
{
    while (n_handlers > 0)
        handlers[--n_handlers]();
    _Exit(status);
}
