/* atexit: keeps handlers in blocks of 32 and runs them from the last to the first. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include "lock.h"
#include "start.h"
#include "syscall.h"

static struct block {
    struct block *older;
    int n;
    void (*handlers[32])(void);
} first, *newest = &first;

unsigned atexit_lock;

static int add(void (*handler)(void))
{
    if (newest->n == 32) {
        struct block *block = calloc(1, sizeof(*block));

        if (!block)
            return -1;
        block->older = newest;
        newest = block;
    }
    newest->handlers[newest->n++] = handler;
    return 0;
}

int atexit(void (*handler)(void))
{
    lock_take(&atexit_lock);
    int result = add(handler);
    lock_give(&atexit_lock);
    return result;
}

/* Removes the handler that was registered last; NULL if there is none. */
static void (*take_newest(void))(void)
{
    void (*handler)(void) = NULL;

    lock_take(&atexit_lock);
    while (newest->n == 0 && newest->older)
        newest = newest->older;
    if (newest->n > 0)
        handler = newest->handlers[--newest->n];
    lock_give(&atexit_lock);
    return handler;
}

/* A handler may register another one, which then runs next. */
void atexit_run(void)
{
    for (void (*handler)(void); (handler = take_newest());)
        handler();
}
