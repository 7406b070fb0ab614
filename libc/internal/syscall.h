/* System calls for libc's own files: sys_NAME gives the result or -errno, syscall_ret sets
 * errno. */
#pragma once

#include <abi/types.h>
#include <abi/errno.h>
#include <sys_calls.h>

extern int errno;

/* The number of bytes of a signal set, as the kernel's calls want it told. */
#define SIGSET_BYTES 8

/* What a call returned, as C wants it: -errno becomes -1 and errno. The one place that sets it. */
long syscall_ret(long result);

/* The same end for an error that libc finds by itself. */
static inline int fail(int error)
{
    return (int)syscall_ret(-error);
}

static inline void *fail_null(int error)
{
    syscall_ret(-error);
    return NULL;
}
