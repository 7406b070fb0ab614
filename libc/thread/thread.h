/* What libc knows of a thread: its area, which FS points to, with its thread-local variables below.
 *
 *      the main thread: .bss         another: its mapping
 *                                    guard, not accessible
 *                                    stack, which grows down
 *      thread-local variables        thread-local variables
 *      struct thread  <-- FS         struct thread  <-- FS
 *
 * The x86-64 ABI (its "variant II") decides three things. The word at FS:0 is FS itself. The canary
 * of the compiler's stack protector is at FS:0x28. And the linker gives each thread-local variable
 * a fixed distance below FS, so reading one is a single instruction. The linker script says how
 * large all of them are together, and where their first values are (program.ld).
 *
 * The main thread's area needs no memory but .bss, and no call but the one that sets FS. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include "thread_arch.h"

struct thread {
    struct thread *self;
    void *reserved[4];    /* of the ABI, for libraries that are loaded at run time */
    unsigned long canary; /* the compiler checks that it comes back unchanged from the stack */
    int error;            /* errno */
};

_Static_assert(offsetof(struct thread, canary) == 0x28, "where compilers look for the canary");

/* Alignment of every thread's area, if no thread-local variable wants more. */
#define THREAD_ALIGN 64

/* From the linker script, as addresses: the size of all thread-local variables, a multiple of their
 * alignment; the alignment; their first values, which all later bytes follow as zeros. */
extern char __tls_size[], __tls_align[], __tls_image[], __tls_image_end[];

/* Gives the main thread its area. `random`: the value of AT_RANDOM, the address of 16 bytes; or
 * NULL. */
void thread_area_init(const unsigned long *random);

/* Gives the thread-local variables below `self` their first values; the memory is zero. */
void thread_locals_init(struct thread *self);
