/* atexit: keeps handlers in blocks of 32 and runs them from the last to the first. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include "start.h"
#include "syscall.h"

static struct block {
    struct block *older;
    int n;
    void (*handlers[32])(void);
} first, *newest = &first;

int atexit(void (*handler)(void))
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

/* A handler may register another one, which then runs next. */
void atexit_run(void)
{
    for (; newest; newest = newest->older)
        while (newest->n > 0)
            newest->handlers[--newest->n]();
    newest = &first;
}
