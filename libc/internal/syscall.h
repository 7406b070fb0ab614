/* System calls for libc's own files: sys_NAME returns the result or -errno, syscall_ret sets
 * errno. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/types.h>
#include <abi/errno.h>
#include <sys_calls.h>

/* The size of a signal set, which the kernel's calls take as an argument. */
#define SIGSET_BYTES 8

/* Converts the result of a system call: -errno becomes -1, and errno is set. */
long syscall_ret(long result);

/* The same for an error that libc finds by itself. */
static inline int fail(int error)
{
    return (int)syscall_ret(-error);
}

static inline void *fail_null(int error)
{
    syscall_ret(-error);
    return NULL;
}
