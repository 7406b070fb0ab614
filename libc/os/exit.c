/* os._exit and os.abort: ends of a process without handlers of atexit. */
/* SPDX-License-Identifier: MIT */
#include "os_internal.h"

void os__exit(int status)
{
    _exit(status);
}

void os_abort(void)
{
    abort();
}
