/* The two ends that run nothing: os._exit, os.abort. */
#include "os_internal.h"

void os__exit(int status)
{
    _exit(status);
}

void os_abort(void)
{
    abort();
}
