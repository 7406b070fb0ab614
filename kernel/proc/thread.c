/* Calls about the calling thread: its number, segment bases, processors, and its end. */
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

long sys_set_robust_list(struct thread *self, uaddr_t head, size_t length)
{
    if (length != sizeof(struct robust_list_head))
        return -EINVAL;
    self->robust_list = head;
    return 0;
}

/* Restartable sequences are not there; a libc then asks for the processor in other ways. */
long sys_rseq(struct thread *self, uaddr_t area, unsigned int length, int flags,
              unsigned int signature)
{
    (void)self, (void)area, (void)length, (void)flags, (void)signature;
    return -ENOSYS;
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

/* Every thread may run on every processor; the result is the number of bytes told. */
long sys_sched_getaffinity(struct thread *self, pid_t pid, size_t length, uaddr_t mask)
{
    uint64_t all = (1ull << n_cpus) - 1;
    (void)self;
    if (length < sizeof(all) || length % sizeof(all) != 0)
        return -EINVAL;
    spin_lock(&proc_lock);
    bool exists = pid == 0 || process_of_locked(pid);
    spin_unlock(&proc_lock);
    if (!exists)
        return -ESRCH;
    return user_copy_out(mask, &all, sizeof(all)) ? -EFAULT : (long)sizeof(all);
}
