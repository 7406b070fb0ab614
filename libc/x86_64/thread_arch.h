/* Where x86-64 has the thread pointer: FS, and at its address that address itself. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/prctl.h>
#include "syscall.h"

struct __pthread;

/* The calling thread. The value never changes in a thread, so the compiler may keep it. */
static inline struct __pthread *thread_self(void)
{
    struct __pthread *self;

    __asm__("movq %%fs:0, %0" : "=r"(self));
    return self;
}

/* Makes `self` the calling thread. New threads get theirs from clone. */
static inline void thread_pointer_set(struct __pthread *self)
{
    sys_arch_prctl(ARCH_SET_FS, (unsigned long)self);
}
