/* What libc knows of a thread: its area, which FS points to, with its thread-local variables below.
 *
 *      the main thread: .bss         another: its mapping
 *                                    guard, not accessible
 *                                    stack, which grows down
 *      thread-local variables        thread-local variables
 *      struct __pthread  <-- FS      struct __pthread  <-- FS
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
#include <abi/futex.h>
#include <pthread.h>
#include "thread_arch.h"

struct __pthread {
    struct __pthread *self;
    void *reserved[4];    /* of the ABI, for libraries that are loaded at run time */
    unsigned long canary; /* the compiler checks that it comes back unchanged from the stack */
    int error;            /* errno */
    int tid;              /* its number; 0: not asked for yet (the first thread of a process) */

    unsigned running; /* 1; the kernel makes it 0, and wakes, when it uses the stack no more */
    unsigned fate;    /* JOINABLE, EXITED or DETACHED: what frees it */
    unsigned lock;    /* held while `gone` is decided on, so that no other thread is signalled */
    bool gone;        /* its number may be another thread's by now */
    bool is_first;    /* of its process: clone did not tell the kernel about `running` */
    bool returns_int; /* it was made by thrd_create */
    void *(*start)(void *);
    void *argument, *result;
    struct __cleanup *cleanup; /* the newest of pthread_cleanup_push */

    char *memory, *stack; /* what is unmapped in the end, NULL: nothing; the stack */
    size_t memory_size, stack_size, guard_size;

    struct robust_list_head robust; /* its robust mutexes; see robust.c */
};

/* A thread that can be joined and ends becomes EXITED, and the thread that joins it frees it. A
 * detached one frees itself. pthread_detach makes a JOINABLE thread DETACHED, and frees an EXITED
 * one. */
enum { JOINABLE, EXITED, DETACHED };

_Static_assert(offsetof(struct __pthread, canary) == 0x28, "where compilers look for the canary");

/* Alignment of every thread's area, if no thread-local variable wants more. */
#define THREAD_ALIGN 64

/* From the linker script, as addresses: the size of all thread-local variables, a multiple of the
 * largest alignment among them; the alignment of an area, at least THREAD_ALIGN; the first values
 * of the variables, which all later bytes follow as zeros. */
extern char __tls_size[], __tls_align[], __tls_image[], __tls_image_end[];

/* Gives the main thread its area. `random`: the value of AT_RANDOM, the address of 16 bytes; or
 * NULL. */
void thread_area_init(const unsigned long *random);

/* The number of a thread. That of the first thread of a process, also after a fork, is the
 * process's; the kernel is asked for it once. */
static inline int thread_tid(struct __pthread *thread)
{
    if (!thread->tid)
        thread->tid = (int)sys_getpid();
    return thread->tid;
}

/* Waits until a thread has ended, and frees it. 0 or ETIMEDOUT, EINVAL for a wrong limit. */
int thread_reap(struct __pthread *thread, void **result, clockid_t clock,
                const struct timespec *limit);

/* pthread_create, whose function returns an int if `returns_int` says so. */
int thread_create(pthread_t *made, const pthread_attr_t *attr, void *(*start)(void *),
                  void *argument, bool returns_int);

/* How many threads there are. */
extern unsigned thread_count;

/* Called by pthread_exit, if the program contains keys or robust mutexes. */
__attribute__((weak)) void keys_destroy_values(void);
__attribute__((weak)) void robust_give_up(struct __pthread *self);

/* Before there is a second thread: from now on the library locks its data. */
void threads_begin(void);

/* Unmaps the memory with the stack of the calling thread, and ends that. */
_Noreturn void thread_leave(void *memory, size_t size);

/* Gives the thread-local variables below `self` their first values; the memory is zero. */
void thread_locals_init(struct __pthread *self);
