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

static const char *signal_name(int signal)
{
    switch (signal) {
    case SIGSEGV: return "SIGSEGV";
    case SIGBUS: return "SIGBUS";
    case SIGFPE: return "SIGFPE";
    case SIGILL: return "SIGILL";
    case SIGTRAP: return "SIGTRAP";
    default: return "SIGKILL";
    }
}

/* Why a page could not be provided, in a few words. Looks at the caller's own space. */
static const char *page_fault_reason(const struct thread *self, int signal, uint64_t address,
                                     uint64_t error)
{
    struct vma vma;
    if (signal == SIGKILL)
        return "out of memory";
    if (address >= USER_END)
        return "kernel address";
    if (!self->space || !space_vma_at(self->space, address, &vma))
        return "nothing mapped there";
    if (vma.backing)
        vma.backing->ops->unref(vma.backing);
    if (error & FAULT_FETCH && !(vma.prot & PROT_EXEC))
        return "not executable";
    if (error & FAULT_WRITE && !(vma.prot & PROT_WRITE))
        return "read-only";
    if (!(vma.prot & (PROT_READ | PROT_WRITE | PROT_EXEC)))
        return "no access allowed";
    return "past the end of the file";
}

static const char *trap_reason(uint64_t trap)
{
    switch (trap) {
    case TRAP_DIVIDE: return "integer division by zero or overflow";
    case TRAP_DEBUG: return "debug trap";
    case TRAP_BREAKPOINT: return "breakpoint";
    case TRAP_INVALID_OPCODE: return "invalid instruction";
    case TRAP_PROTECTION: return "privileged instruction or non-canonical address";
    case TRAP_STACK: return "bad stack";
    case TRAP_FPU:
    case TRAP_SIMD: return "floating-point exception";
    case TRAP_ALIGNMENT: return "unaligned access";
    default: return "exception";
    }
}

/* Logs a fault that ends the process: program, pid, signal, where, which address, why. Takes
 * exec_lock and the space's lock; may sleep. */
void signal_log_death(const struct trap_frame *frame, int signal)
{
    char place[72] = "";
    struct thread *self = current_thread();
    if (annex_hooks.program_symbol)
        annex_hooks.program_symbol(frame->rip, place, sizeof(place));
    if (self->fault_trap != TRAP_PAGE_FAULT) {
        klog("%s[%d]: %s at rip 0x%lx%s: %s (trap %lu, error 0x%lx)", self->name,
             self->process->pid, signal_name(signal), frame->rip, place,
             trap_reason(self->fault_trap), self->fault_trap, self->fault_error);
        return;
    }
    const char *access = self->fault_error & FAULT_FETCH   ? "execute"
                         : self->fault_error & FAULT_WRITE ? "write"
                                                           : "read";
    klog("%s[%d]: %s at rip 0x%lx%s: %s of address 0x%lx: %s (rsp 0x%lx)", self->name,
         self->process->pid, signal_name(signal), frame->rip, place, access, self->fault_address,
         page_fault_reason(self, signal, self->fault_address, self->fault_error), frame->rsp);
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
        signal_log_death(trap_frame_at(self->stack_top), signal);
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
