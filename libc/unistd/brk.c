/* brk and sbrk: the end of the heap. malloc works even if the program moves it. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <unistd.h>
#include "syscall.h"

int brk(void *end)
{
    return sys_brk(end) == (long)end ? 0 : fail(ENOMEM);
}

void *sbrk(intptr_t change)
{
    long end = sys_brk(NULL);

    if (change && sys_brk((void *)(end + change)) != end + change)
        return (void *)(intptr_t)fail(ENOMEM);
    return (void *)end;
}
