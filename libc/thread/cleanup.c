/* pthread_cleanup_push and pthread_cleanup_pop, which are macros around these. */
/* SPDX-License-Identifier: MIT */
#include "thread.h"

void __cleanup_push(struct __cleanup *cleanup)
{
    struct __pthread *self = thread_self();

    cleanup->__older = self->cleanup;
    self->cleanup = cleanup;
}

void __cleanup_pop(struct __cleanup *cleanup, int run)
{
    thread_self()->cleanup = cleanup->__older;
    if (run)
        cleanup->__function(cleanup->__argument);
}
