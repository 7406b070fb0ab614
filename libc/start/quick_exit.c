/* quick_exit: ends the process after running only the handlers of at_quick_exit. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include "lock.h"

static void (*handlers[32])(void);
static int n_handlers;
unsigned quick_exit_lock;

int at_quick_exit(void (*handler)(void))
{
    lock_take(&quick_exit_lock);
    int result = n_handlers < 32 ? 0 : -1;
    if (result == 0)
        handlers[n_handlers++] = handler;
    lock_give(&quick_exit_lock);
    return result;
}

_Noreturn void quick_exit(int status)
{
    while (n_handlers > 0)
        handlers[--n_handlers]();
    _Exit(status);
}
