/* posix_madvise: madvise that returns the error number. */
/* SPDX-License-Identifier: MIT */
#include <sys/mman.h>
#include "syscall.h"

int posix_madvise(void *at, size_t size, int advice)
{
    return advice == MADV_DONTNEED ? 0 : (int)-sys_madvise(at, size, advice);
}
