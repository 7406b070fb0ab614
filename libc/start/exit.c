/* exit: what was registered with atexit, then the buffers of stdio, then the end. */
#include <stdlib.h>
#include "start.h"
#include "syscall.h"

extern void (*const __fini_array_start[])(void);
extern void (*const __fini_array_end[])(void);

__attribute__((weak)) void stdio_exit(void);
__attribute__((weak)) void atexit_run(void);

_Noreturn void exit(int status)
{
    if (atexit_run)
        atexit_run();
    for (void (*const *fini)(void) = __fini_array_end; fini > __fini_array_start;)
        (*--fini)();
    if (stdio_exit)
        stdio_exit();
    _Exit(status);
}
