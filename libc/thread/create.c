/* pthread_create: a mapping with stack and area, and clone; and pthread_exit. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "attr.h"
#include "futex.h"
#include "lock.h"
#include "start.h"
#include "thread.h"

unsigned thread_count = 1;

#define SHARED                                                                          \
    (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | \
     CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)

static size_t pages(size_t size)
{
    return (size + PAGE_SIZE - 1) & -(size_t)PAGE_SIZE;
}

/* The place of a thread's area at the upper end of some memory. */
static struct __pthread *area_below(char *end)
{
    size_t align = (size_t)__tls_align;

    return (struct __pthread *)(((uintptr_t)end - sizeof(struct __pthread)) & -align);
}

/* How much memory an area with its thread-local variables takes at most. */
static size_t area_size(void)
{
    return sizeof(struct __pthread) + (size_t)__tls_size + (size_t)__tls_align;
}

/* A mapping with guard, stack and area, all zero; NULL if there is no memory. */
static struct __pthread *map_thread(const pthread_attr_t *attr)
{
    size_t guard = pages(attr->__guard_size);
    size_t size = guard + pages(attr->__stack_size + area_size());
    long at = sys_mmap(NULL, size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);

    if (at < 0 && at >= -MAX_ERRNO)
        return NULL;
    char *memory = (char *)at;
    if (guard && sys_mprotect(memory, guard, PROT_NONE) < 0) {
        sys_munmap(memory, size);
        return NULL;
    }
    struct __pthread *thread = area_below(memory + size);
    thread->memory = memory;
    thread->memory_size = size;
    thread->guard_size = guard;
    thread->stack = memory + guard;
    thread->stack_size = (size_t)((char *)thread - (size_t)__tls_size - thread->stack);
    return thread;
}

/* A thread on a stack that is the caller's, all of it; the area is a mapping of its own. */
static struct __pthread *use_stack(const pthread_attr_t *attr)
{
    static const pthread_attr_t none;
    struct __pthread *thread = map_thread(&none);

    if (thread) {
        thread->stack = attr->__stack;
        thread->stack_size = attr->__stack_size;
    }
    return thread;
}

static int run(void *arg)
{
    struct __pthread *self = arg;

    if (!self->returns_int)
        pthread_exit(self->start(self->argument));
    int (*start)(void *) = (int (*)(void *))(void *)self->start;
    pthread_exit((void *)(long)start(self->argument));
}

/* The new thread may end, and its memory be gone, before clone returns here. */
static int begin(struct __pthread *thread, pthread_t *made)
{
    char *memory = thread->memory, *stack = thread->stack + thread->stack_size;
    size_t size = thread->memory_size;

    word_add(&thread_count, 1);
    *made = thread;
    long tid = clone_run(run, stack, SHARED, thread, &thread->tid, thread, (int *)&thread->running);
    if (tid > 0)
        return 0;
    word_add(&thread_count, -1U);
    sys_munmap(memory, size);
    return EAGAIN; /* POSIX has no other error for it */
}

int thread_create(pthread_t *made, const pthread_attr_t *attr, void *(*start)(void *),
                  void *argument, bool returns_int)
{
    static const pthread_attr_t usual = ATTR_USUAL;

    if (!attr)
        attr = &usual;
    struct __pthread *thread = attr->__stack ? use_stack(attr) : map_thread(attr);
    if (!thread)
        return EAGAIN;
    threads_begin();
    thread->self = thread;
    thread->canary = thread_self()->canary;
    thread->running = 1;
    thread->fate = attr->__detached ? DETACHED : JOINABLE;
    thread->start = start;
    thread->argument = argument;
    thread->returns_int = returns_int;
    thread_locals_init(thread);
    return begin(thread, made);
}

int pthread_create(pthread_t *restrict made, const pthread_attr_t *restrict attr,
                   void *(*start)(void *), void *restrict argument)
{
    return thread_create(made, attr, start, argument, false);
}

/* From here on no signal handler runs, and no thread sends a signal to the number. A detached
 * thread unmaps its own memory, so the kernel must forget what it was to write there. */
static _Noreturn void end(struct __pthread *self)
{
    kernel_sigset_t all = ~0UL;
    unsigned seen = JOINABLE;

    sys_rt_sigprocmask(SIG_BLOCK, &all, NULL, SIGSET_BYTES);
    lock_take(&self->lock);
    self->gone = true;
    lock_give(&self->lock);
    if (robust_give_up)
        robust_give_up(self);
    if (self->is_first)
        sys_set_tid_address((int *)&self->running);
    if (!word_change(&self->fate, &seen, EXITED) && self->memory) {
        sys_set_tid_address(NULL);
        thread_leave(self->memory, self->memory_size);
    }
    sys_exit(0);
}

_Noreturn void pthread_exit(void *result)
{
    struct __pthread *self = thread_self();

    self->result = result;
    while (self->cleanup)
        __cleanup_pop(self->cleanup, 1);
    if (keys_destroy_values)
        keys_destroy_values();
    if (word_add(&thread_count, -1U) == 0) {
        thread_count = 1; /* for what handlers of atexit may start */
        exit(0);
    }
    end(self);
}
