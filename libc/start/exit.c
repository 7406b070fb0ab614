/* exit: runs the handlers of atexit, writes out the buffers of stdio, and ends the process. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include "lock.h"
#include "start.h"
#include "syscall.h"

extern void (*const __fini_array_start[])(void);
extern void (*const __fini_array_end[])(void);

__attribute__((weak)) void stdio_exit(void);
__attribute__((weak)) void atexit_run(void);
__attribute__((weak)) void exit_alone(void);

/* A second thread that calls it waits until the first one has ended the process. A handler may call
 * it again. */
_Noreturn void exit(int status)
{
    if (libc_threaded)
        exit_alone();
    if (atexit_run)
        atexit_run();
    for (void (*const *fini)(void) = __fini_array_end; fini > __fini_array_start;)
        (*--fini)();
    if (stdio_exit)
        stdio_exit();
    _Exit(status);
}
