/* sigaltstack: the stack that signal handlers may use. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "proc/private.h"
#include "syscall_calls.h"

long sys_sigaltstack(struct thread *self, uaddr_t stack, uaddr_t old)
{
    stack_t wanted, was;
    bool inside = altstack_holds(self, trap_frame_at(self->stack_top)->rsp);
    altstack_tell(self, &was);
    if (inside)
        was.ss_flags |= SS_ONSTACK;
    if (!uaddr_is_null(stack)) {
        if (user_copy_in(&wanted, stack, sizeof(wanted)))
            return -EFAULT;
        unsigned flags = wanted.ss_flags & ~SS_AUTODISARM;
        if (inside)
            return -EPERM;
        if (flags != 0 && flags != SS_ONSTACK && flags != SS_DISABLE)
            return -EINVAL;
        if (flags != SS_DISABLE && wanted.ss_size < MINSIGSTKSZ)
            return -ENOMEM;
        altstack_set(self, &wanted);
    }
    return uaddr_is_null(old) ? 0 : user_copy_out(old, &was, sizeof(was));
}
