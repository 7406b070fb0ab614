/* mremap: its fifth argument is only used with MREMAP_FIXED. */
/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <sys/mman.h>
#include "syscall.h"

void *mremap(void *at, size_t size, size_t new_size, int flags, ...)
{
    va_list args;

    va_start(args, flags);
    void *new_at = flags & MREMAP_FIXED ? va_arg(args, void *) : NULL;
    va_end(args);
    return (void *)syscall_ret(sys_mremap(at, size, new_size, flags, new_at));
}
