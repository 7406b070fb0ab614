/* Calls about the calling thread: its number, segment bases, and its end. */
/* SPDX-License-Identifier: MIT */
#include "abi/prctl.h"
#include "private.h"

long sys_gettid(struct thread *self)
{
    return self->tid;
}

long sys_set_tid_address(struct thread *self, uaddr_t word)
{
    self->clear_child_tid = word;
    return self->tid;
}

long sys_arch_prctl(struct thread *self, int option, unsigned long addr)
{
    switch (option) {
    case ARCH_SET_FS:
        if (addr >= USER_END)
            return -EPERM;
        self->fs_base = addr;
        user_fs_base_set(addr);
        return 0;
    case ARCH_SET_GS:
        if (addr >= USER_END)
            return -EPERM;
        self->gs_base = addr;
        user_gs_base_set(addr);
        return 0;
    case ARCH_GET_FS:
        thread_save_segments(self);
        return user_copy_out(uaddr(addr), &self->fs_base, sizeof(uint64_t));
    case ARCH_GET_GS:
        thread_save_segments(self);
        return user_copy_out(uaddr(addr), &self->gs_base, sizeof(uint64_t));
    default: return -EINVAL;
    }
}
