/* Faults of programs: a page is provided, or the program gets a signal.
 *
 * A page fault is the normal way to get memory: mm finds the VMA of the address and provides the
 * page (space_fault). The instruction is then executed again. If mm refuses, the answer depends on
 * the reason:
 * - There is no VMA, or it does not allow the access: SIGSEGV. The address is beyond the end of
 *   the file: SIGBUS. A handler may repair what is wrong.
 * - Memory is out: the program is not at fault. proc_wait_for_memory() waits until there is some,
 *   or ends the process by SIGKILL if there will be none.
 * - The fault came from the kernel, in a user copy: the result is false, and the copy fails with
 *   -EFAULT.
 *
 * Such a signal cannot be postponed: the instruction would only fault again. So if it is blocked or
 * ignored, it ends the process. Then a line in the log says which program failed, where, and why.
 */
/* SPDX-License-Identifier: MIT */
#include "private.h"

/* Says in the log which fault ends the process. */
static void log_fault(const struct trap_frame *frame, int signal)
{
    const struct thread *self = current_thread();
    if (annex_hooks.log_fault)
        annex_hooks.log_fault(frame, signal);
    else
        klog("%s[%d]: signal %d at rip 0x%lx, trap %lu, address 0x%lx", self->name,
             self->process->pid, signal, frame->rip, self->fault_trap, self->fault_address);
}

void signal_fault(int signal, int code, uint64_t address, uint64_t trap, uint64_t error)
{
    struct thread *self = current_thread();
    struct process *process = self->process;
    self->fault_trap = trap;
    self->fault_error = error;
    self->fault_address = trap == TRAP_PAGE_FAULT ? address : 0;
    spin_lock(&process->signal_lock);
    bool deadly = signal_action_copy(process, signal, false).handler <= KERNEL_SIG_IGN ||
                  self->signal_mask & SIGNAL_BIT(signal) || signal == SIGKILL;
    spin_unlock(&process->signal_lock);
    siginfo_t info;
    memset(&info, 0, sizeof(info));
    info.si_signo = signal;
    info.si_code = code;
    info.si_addr = (void *)address;
    if (deadly && self->traced && signal != SIGKILL) {
        signal_force(self, signal); /* the tracer is asked before it ends the process */
        deadly = false;
    }
    if (deadly) {
        log_fault(trap_frame_at(self->stack_top), signal);
        process_die(&info);
    }
    signal_send_thread(self, signal, &info);
}

void proc_wait_for_memory(uint64_t trap, uint64_t address, uint64_t error)
{
    if (!annex_hooks.memory_wait || !annex_hooks.memory_wait(current_thread()))
        signal_fault(SIGKILL, SI_KERNEL, address, trap, error);
}

bool proc_page_fault(struct trap_frame *frame, uint64_t address)
{
    struct thread *self = current_thread();
    bool from_user = trap_from_user(frame);
    int result = self && self->space ? space_fault(self->space, address, frame->error) : -EFAULT;
    if (!self || !self->process)
        return result == 0;
    if (result == 0) {
        self->n_faults++;
        return true;
    }
    if (!from_user)
        return result == -ENOMEM && annex_hooks.memory_borrow &&
               annex_hooks.memory_borrow(self, address, frame->error);
    if (result == -ENOMEM) {
        proc_wait_for_memory(TRAP_PAGE_FAULT, address, frame->error);
        return true;
    }
    if (!uaddr_canonical(address)) { /* a protection fault, but QEMU 8 raises this one */
        signal_fault(SIGSEGV, SI_KERNEL, 0, TRAP_PROTECTION, 0);
        return true;
    }
    bool is_bus = result == -EIO;
    signal_fault(is_bus ? SIGBUS : SIGSEGV,
                 is_bus              ? BUS_ADRERR
                 : result == -EACCES ? SEGV_ACCERR
                                     : SEGV_MAPERR,
                 address, TRAP_PAGE_FAULT, frame->error | FAULT_USER);
    return true;
}
