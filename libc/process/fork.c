/* fork: the child has one thread, and the library's data in good order. */
/* SPDX-License-Identifier: MIT */
#include <unistd.h>
#include "../thread/atfork.h"
#include "../thread/thread.h"
#include "lock.h"

/* The child's thread has another number, and its list of robust mutexes is the parent's. Most
 * programs never asked for either, and then nothing is written: a write would copy a page. */
static void become_first(struct __pthread *self)
{
    if (self->tid)
        self->tid = 0;
    if (!self->is_first)
        self->is_first = true;
    if (self->robust.futex_offset)
        self->robust = (struct robust_list_head){0};
}

pid_t _Fork(void)
{
    long pid = sys_fork();

    if (pid == 0)
        become_first(thread_self());
    return (pid_t)syscall_ret(pid);
}

pid_t fork(void)
{
    bool threaded = libc_threaded;
    struct handlers *last = atfork_before ? atfork_before() : NULL;

    if (threaded)
        locks_before_fork();
    pid_t pid = _Fork();
    if (threaded)
        locks_after_fork(pid == 0);
    if (last)
        atfork_after(last, pid == 0);
    return pid;
}
