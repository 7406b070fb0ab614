/* The line in the log about a fault that ends a program. */
/* SPDX-License-Identifier: MIT */
#include "symbol.h"

#include "annex.h"
#include "annex/look/look.h"
#include "proc/private.h"

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

/* The hook: logs a fault that ends the process: program, pid, signal, where, which address, why.
 * Takes exec_lock and the space's lock; may sleep. */
static void log_fault(const struct trap_frame *frame, int signal)
{
    char place[72] = "";
    struct thread *self = current_thread();
    program_symbol(frame->rip, place, sizeof(place));
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

static void start(struct fs_context *fs, const char *command_line)
{
    (void)fs, (void)command_line;
    annex_hooks.log_fault = log_fault;
}

ANNEX(symbols, ANNEX_START, start);
