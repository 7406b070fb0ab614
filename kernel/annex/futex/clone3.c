/* clone3: clone with its arguments in a structure, as the threads of newer libraries are made. */
/* SPDX-License-Identifier: MIT */
#include "proc/private.h"

/* Reads the arguments of clone3. Fields that this kernel does not know must be 0. 0, -EINVAL,
 * -E2BIG or -EFAULT. */
static int fetch_clone_args(uaddr_t from, size_t size, struct clone_args *args)
{
    memset(args, 0, sizeof(*args));
    if (size < CLONE_ARGS_SIZE_VER0)
        return -EINVAL;
    if (size > PAGE_SIZE)
        return -E2BIG;
    if (user_copy_in(args, from, min(size, sizeof(*args))))
        return -EFAULT;
    for (size_t at = sizeof(*args); at < size; at++) {
        char byte;
        if (user_copy_in(&byte, uaddr_add(from, at), 1))
            return -EFAULT;
        if (byte)
            return -E2BIG;
    }
    return 0;
}

long sys_clone3(struct thread *self, uaddr_t at, size_t size)
{
    struct clone_args args;
    int err = fetch_clone_args(at, size, &args);
    if (err)
        return err;
    if (args.set_tid || args.set_tid_size || args.flags & (CSIGNAL | CLONE_DETACHED) ||
        args.exit_signal > KERNEL_NSIG || !args.stack != !args.stack_size ||
        (args.exit_signal && args.flags & (CLONE_THREAD | CLONE_PARENT)))
        return -EINVAL;
    return do_clone(self, &(struct clone){
                              .flags = args.flags,
                              .exit_signal = args.exit_signal,
                              .stack = args.stack ? args.stack + args.stack_size : 0,
                              .parent_tid = uaddr(args.parent_tid),
                              .child_tid = uaddr(args.child_tid),
                              .tls = args.tls,
                          });
}
