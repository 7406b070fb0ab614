/* Faults and interrupts: finds out what caused one, and lets the right part of the kernel answer.
 *
 * Interrupts come from devices, from the timer and from other processors, and only in user mode or
 * while a processor is idle. They have nothing to do with the thread that was interrupted. Faults
 * are caused by the instruction itself. A fault of a program becomes a page that is brought in, or
 * the loading of its vector registers, or a signal. A fault of the kernel is a bug and ends in a
 * panic, with one exception: while it copies from or to user memory it may fault like the program.
 *
 * After either, if the code was user code, proc_return_to_user() delivers signals and lets another
 * thread run if that is due. */
/* SPDX-License-Identifier: MIT */
#include "trap.h"

#include "abi/signal.h"
#include "dev.h"
#include "hooks.h"
#include "proc.h"
#include "sched.h"

/* The signal that a program gets for a fault, by vector; as Linux on x86-64. */
static const struct {
    uint8_t signal;
    int code;
    bool with_address; /* si_addr is the address of the instruction, otherwise 0 */
} user_faults[32] = {
    [TRAP_DIVIDE] = {SIGFPE, FPE_INTDIV, true},
    [TRAP_DEBUG] = {SIGTRAP, TRAP_TRACE, true},
    [TRAP_BREAKPOINT] = {SIGTRAP, SI_KERNEL, false},
    [TRAP_OVERFLOW] = {SIGSEGV, SI_KERNEL, false},
    [TRAP_BOUND] = {SIGSEGV, SI_KERNEL, false},
    [TRAP_INVALID_OPCODE] = {SIGILL, ILL_ILLOPN, true},
    [TRAP_INVALID_TSS] = {SIGSEGV, SI_KERNEL, false},
    [TRAP_NO_SEGMENT] = {SIGBUS, SI_KERNEL, false},
    [TRAP_STACK] = {SIGBUS, SI_KERNEL, false},
    [TRAP_PROTECTION] = {SIGSEGV, SI_KERNEL, false},
    [TRAP_FPU] = {SIGFPE, 0 /* float_code */, true},
    [TRAP_ALIGNMENT] = {SIGBUS, BUS_ADRALN, false},
    [TRAP_SIMD] = {SIGFPE, 0 /* float_code */, true},
};

static const char *const fault_names[32] = {
    "division error",
    "debug trap",
    "NMI",
    "breakpoint",
    "overflow",
    "bound range",
    "invalid opcode",
    "vector unit used in the kernel",
    "double fault",
    "coprocessor overrun",
    "invalid TSS",
    "segment not present",
    "stack segment fault",
    "general protection fault",
    "page fault",
    "reserved trap",
    "x87 error",
    "alignment check",
    "machine check",
    "SIMD error",
};

/* A page fault in kernel mode that mm cannot resolve: a user copy fails, anything else is a bug. */
static void kernel_page_fault(struct trap_frame *frame)
{
    if (!user_copy_fixup(frame))
        panic_trap(frame, fault_names[TRAP_PAGE_FAULT]);
}

/* Some instructions of a program access memory with the kernel's rights: to load a selector, they
 * read the descriptor table, and under QEMU a far return reads its stack in this way, which SMAP
 * forbids. No mapping that mm makes would help, and the instruction would fault for ever. */
static bool is_implicit_access(const struct trap_frame *frame)
{
    return trap_from_user(frame) && !(frame->error & FAULT_USER);
}

static void page_fault(struct trap_frame *frame)
{
    uint64_t address = fault_address();
    if (unlikely(is_implicit_access(frame))) {
        signal_fault(SIGSEGV, SI_KERNEL, 0, TRAP_PROTECTION, 0);
        return;
    }
    bool ours = address < USER_END || trap_from_user(frame);
    if (ours && current_thread() && current_thread()->process && proc_page_fault(frame, address))
        return;
    kernel_page_fault(frame);
}

/* The first vector instruction since the thread was switched in. */
static void first_vector_use(struct trap_frame *frame)
{
    struct thread *thread = current_thread();
    if (!trap_from_user(frame))
        panic_trap(frame, fault_names[TRAP_NO_FPU]);
    if (!thread->fpu) {
        thread->fpu = thread_fpu_alloc();
        if (!thread->fpu) {
            proc_wait_for_memory(frame->vector, frame->rip, 0);
            return;
        }
    }
    fpu_first_use(thread, thread->fpu);
}

/* The FPE_* code of the floating-point exception that the current thread's vector state shows, one
 * that is raised and not masked; 0 if there is none. */
static int float_code(bool simd)
{
    enum { STATUS_AT = 2, MXCSR_AT = 24, MASKS_IN_MXCSR = 7 };
    struct thread *thread = current_thread();
    if (!thread->fpu)
        return 0;
    fpu_flush(thread, thread->fpu);
    const uint8_t *state = thread->fpu->bytes;
    uint32_t mxcsr = *(const uint32_t *)(state + MXCSR_AT);
    uint16_t control = *(const uint16_t *)state, status = *(const uint16_t *)(state + STATUS_AT);
    unsigned raised = simd ? mxcsr & ~(mxcsr >> MASKS_IN_MXCSR) : status & ~control;
    return raised & 1      ? FPE_FLTINV
           : raised & 4    ? FPE_FLTDIV
           : raised & 8    ? FPE_FLTOVF
           : raised & 0x12 ? FPE_FLTUND /* an operand or a result too small to be normal */
           : raised & 0x20 ? FPE_FLTRES
                           : 0;
}

static void other_fault(struct trap_frame *frame)
{
    unsigned vector = (unsigned)frame->vector;
    if (!trap_from_user(frame)) {
        if (vector == TRAP_PROTECTION && user_copy_fixup(frame))
            return;
        panic_trap(frame, fault_names[vector] ? fault_names[vector] : "unknown trap");
    }
    int signal = user_faults[vector].signal ? user_faults[vector].signal : SIGSEGV;
    int code = user_faults[vector].code;
    if (vector == TRAP_FPU || vector == TRAP_SIMD)
        code = float_code(vector == TRAP_SIMD);
    signal_fault(signal, code, user_faults[vector].with_address ? frame->rip : 0, vector,
                 frame->error);
}

static void interrupt(unsigned vector)
{
    cpu_wake();
    irq_acknowledge(vector);
    this_cpu()->n_interrupts[vector - IRQ_TIMER]++;
    switch (vector) {
    case IRQ_TIMER: sched_tick(); break;
    case IRQ_COM1 ... IRQ_KEYBOARD: irq_handle(vector); break;
    case IRQ_RESCHEDULE: this_cpu()->resched = true; break;
    case IRQ_REQUEST: break; /* cpu_wake has served the request */
    }
}

static void fault(struct trap_frame *frame)
{
    struct thread *thread = current_thread();
    if (trap_from_user(frame))
        thread_enter_kernel(thread);
    if (frame->vector == TRAP_PAGE_FAULT)
        page_fault(frame);
    else if (frame->vector == TRAP_NO_FPU)
        first_vector_use(frame);
    else
        other_fault(frame);
    if (trap_from_user(frame))
        thread_leave_kernel(thread);
}

/* What comes on a stack of its own: an NMI, which asks for a report, or a double fault. */
static void stack_fault(struct trap_frame *frame)
{
    if (frame->vector == TRAP_DOUBLE_FAULT)
        panic_trap(frame, kstack_guard_hit(fault_address()) ? "overflow of a kernel stack"
                                                            : "double fault");
    if (annex_hooks.report_nmi)
        annex_hooks.report_nmi(frame);
}

void trap_enter(struct trap_frame *frame)
{
    if (frame->vector >= IRQ_TIMER)
        interrupt((unsigned)frame->vector);
    else if (unlikely(frame->vector == TRAP_NMI || frame->vector == TRAP_DOUBLE_FAULT))
        return stack_fault(frame);
    else
        fault(frame);
    if (trap_from_user(frame) && proc_work_due(current_thread()))
        proc_return_to_user(frame, false);
}
