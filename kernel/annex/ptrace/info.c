/* What a stop is about: siginfo, mask of signals, the call. */
/* SPDX-License-Identifier: MIT */
#include "local.h"

/* The siginfo of the signal or event; a stop with the process has none. */
long ptrace_siginfo(struct thread *self, int tid, uaddr_t at, bool sets)
{
    siginfo_t info;
    if (sets && user_copy_in(&info, at, sizeof(info)))
        return -EFAULT;
    struct tracee *tracee = tracee_hold(self, tid, true);
    if (!tracee)
        return -ESRCH;
    bool has = tracee->info;
    if (has && sets)
        *tracee->info = info;
    else if (has)
        info = *tracee->info;
    spin_unlock(&proc_lock);
    if (!has)
        return -EINVAL;
    return sets ? 0 : user_copy_out(at, &info, sizeof(info));
}

long ptrace_sigmask(struct thread *self, int tid, uint64_t size, uaddr_t at, bool sets)
{
    uint64_t mask;
    if (size != sizeof(mask))
        return -EINVAL;
    if (sets && user_copy_in(&mask, at, sizeof(mask)))
        return -EFAULT;
    struct tracee *tracee = tracee_hold(self, tid, true);
    if (!tracee)
        return -ESRCH;
    struct thread *thread = tracee->thread;
    spin_lock(&tracee->process->signal_lock);
    if (sets) {
        thread->signal_mask = mask & ~FIRM_SIGNALS;
        thread->restore_mask = false;
        signal_recalculate(tracee->process, thread);
    } else {
        mask = thread->restore_mask ? thread->saved_mask : thread->signal_mask;
    }
    spin_unlock(&tracee->process->signal_lock);
    spin_unlock(&proc_lock);
    return sets ? 0 : user_copy_out(at, &mask, sizeof(mask));
}

/* What a call's stop is: only with PTRACE_O_TRACESYSGOOD is it known from others. How many bytes
 * count.
 * The tracee is held. */
static size_t describe(const struct tracee *tracee, struct ptrace_syscall_info *info)
{
    enum { GOOD = SIGTRAP | 0x80 };
    const struct trap_frame *frame = trap_frame_at(tracee->thread->stack_top);
    memset(info, 0, sizeof(*info));
    info->arch = AUDIT_ARCH_X86_64;
    info->instruction_pointer = frame->rip;
    info->stack_pointer = frame->rsp;
    if (!tracee->info || tracee->info->si_code != GOOD)
        return offsetof(struct ptrace_syscall_info, entry);
    if (tracee->message == PTRACE_EVENTMSG_SYSCALL_ENTRY) {
        const uint64_t args[] = {frame->rdi, frame->rsi, frame->rdx,
                                 frame->r10, frame->r8,  frame->r9};
        info->op = PTRACE_SYSCALL_INFO_ENTRY;
        info->entry.nr = frame->error;
        memcpy(info->entry.args, args, sizeof(args));
        return sizeof(*info);
    }
    info->op = PTRACE_SYSCALL_INFO_EXIT;
    info->exit.rval = (int64_t)frame->rax;
    info->exit.is_error = frame->rax >= -(uint64_t)MAX_ERRNO;
    return offsetof(struct ptrace_syscall_info, exit.is_error) + 1;
}

long ptrace_call_info(struct thread *self, int tid, uint64_t size, uaddr_t to)
{
    struct ptrace_syscall_info info;
    struct tracee *tracee = tracee_hold(self, tid, true);
    if (!tracee)
        return -ESRCH;
    size_t n = describe(tracee, &info);
    spin_unlock(&proc_lock);
    return user_copy_out(to, &info, min(n, size)) ? -EFAULT : (long)n;
}
