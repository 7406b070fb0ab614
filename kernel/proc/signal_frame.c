/* The frame of a signal handler on the user's stack, laid out as Linux does, and the way back. */
#include "private.h"

enum { RED_ZONE = 128, FPSTATE_ALIGNMENT = 64 };

/* Flags that a program may set for itself: CF PF AF ZF SF TF DF OF RF AC. */
#define USER_FLAGS             0x50dd5ull
#define FLAGS_ALWAYS           0x202ull   /* IF and the bit that is always set */
#define FLAGS_CLEAR_IN_HANDLER 0x10500ull /* TF, DF, RF */
#define UC_SIGCONTEXT_SS       2
#define UC_STRICT_RESTORE_SS   4
#define MXCSR_AT_LEAST         0xffbfu /* the bits that every processor has */

/* Above it lies the vector state, below it nothing. */
struct signal_frame {
    uint64_t return_address;
    kernel_ucontext_t context;
    siginfo_t info;
};

_Static_assert(sizeof(struct signal_frame) == 440, "rt_sigframe");

static bool on_altstack(const struct thread *self, uint64_t sp)
{
    return !(self->altstack_flags & SS_AUTODISARM) && sp > self->altstack_start &&
           sp - self->altstack_start <= self->altstack_bytes;
}

/* The top of the stack that a handler with these flags runs on.
 * An address, or 0 when the alternate stack has overflowed already.
 * Reads the thread's own settings. */
static uint64_t handler_stack(const struct thread *self, uint64_t sp, uint64_t flags)
{
    bool inside = on_altstack(self, sp);
    sp -= RED_ZONE;
    if (inside)
        return sp - sizeof(struct signal_frame) > self->altstack_start ? sp : 0;
    if (flags & SA_ONSTACK && self->altstack_bytes)
        return self->altstack_start + self->altstack_bytes;
    return sp;
}

/* Puts the vector state on the stack below *sp and lets the handler begin with a fresh one.
 * 0 or -EFAULT; *at is where it is, 0 if the program never used it. */
static int push_fpu(struct thread *self, uint64_t *sp, uint64_t *at)
{
    *at = 0;
    if (!self->fpu)
        return 0;
    fpu_flush(self, self->fpu);
    *at = *sp = align_down(*sp - sizeof(struct fpu_state), FPSTATE_ALIGNMENT);
    if (user_copy_out(uaddr(*at), self->fpu, sizeof(struct fpu_state)))
        return -EFAULT;
    fpu_init_state(self->fpu);
    fpu_forget(self);
    return 0;
}

static void save_registers(mcontext_t *to, const struct trap_frame *frame)
{
    to->regs.r8 = frame->r8, to->regs.r9 = frame->r9, to->regs.r10 = frame->r10;
    to->regs.r11 = frame->r11, to->regs.r12 = frame->r12, to->regs.r13 = frame->r13;
    to->regs.r14 = frame->r14, to->regs.r15 = frame->r15;
    to->regs.rdi = frame->rdi, to->regs.rsi = frame->rsi, to->regs.rbp = frame->rbp;
    to->regs.rbx = frame->rbx, to->regs.rdx = frame->rdx, to->regs.rax = frame->rax;
    to->regs.rcx = frame->rcx, to->regs.rsp = frame->rsp, to->regs.rip = frame->rip;
    to->regs.eflags = frame->rflags;
    to->regs.cs = USER_CS, to->regs.ss = USER_SS;
}

static void load_registers(struct trap_frame *frame, const mcontext_t *from)
{
    frame->r8 = from->regs.r8, frame->r9 = from->regs.r9, frame->r10 = from->regs.r10;
    frame->r11 = from->regs.r11, frame->r12 = from->regs.r12, frame->r13 = from->regs.r13;
    frame->r14 = from->regs.r14, frame->r15 = from->regs.r15;
    frame->rdi = from->regs.rdi, frame->rsi = from->regs.rsi, frame->rbp = from->regs.rbp;
    frame->rbx = from->regs.rbx, frame->rdx = from->regs.rdx, frame->rax = from->regs.rax;
    frame->rcx = from->regs.rcx, frame->rsp = from->regs.rsp, frame->rip = from->regs.rip;
    frame->rflags = (from->regs.eflags & USER_FLAGS) | FLAGS_ALWAYS;
    frame->cs = USER_CS, frame->ss = USER_SS;
    trap_frame_changed(frame);
}

/* The alternate stack as programs are told of it; the hole in the structure is zero, too. */
static void tell_altstack(const struct thread *self, stack_t *stack)
{
    memset(stack, 0, sizeof(*stack));
    stack->ss_sp = (void *)self->altstack_start;
    stack->ss_size = self->altstack_bytes;
    stack->ss_flags = self->altstack_flags | (self->altstack_bytes ? 0 : SS_DISABLE);
}

/* Writes what the handler is to find in the registers' and masks' place.
 * 0 or -EFAULT. */
static int write_context(struct thread *self, uint64_t at, const struct trap_frame *frame,
                         uint64_t fpu_at, uint64_t mask)
{
    kernel_ucontext_t context;
    memset(&context, 0, sizeof(context));
    context.uc_flags = UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS;
    tell_altstack(self, &context.uc_stack);
    context.uc_sigmask = mask;
    save_registers(&context.uc_mcontext, frame);
    context.uc_mcontext.regs.err = self->fault_error;
    context.uc_mcontext.regs.trapno = self->fault_trap;
    context.uc_mcontext.regs.cr2 = self->fault_address;
    context.uc_mcontext.regs.oldmask = mask;
    context.uc_mcontext.fpregs = (struct fpstate *)fpu_at;
    return user_copy_out(uaddr(at), &context, sizeof(context));
}

/* Changes the frame so that user mode goes on in the handler, with the interrupted state on its
 * stack, `mask` as the mask to come back to.
 * 0, or -EFAULT with the frame as it was. */
int signal_frame_push(struct trap_frame *frame, const struct kernel_sigaction *action,
                      const siginfo_t *info, uint64_t mask)
{
    struct thread *self = current_thread();
    uint64_t fpu_at, sp = handler_stack(self, frame->rsp, action->flags);
    if (!sp || !(action->flags & SA_RESTORER) || push_fpu(self, &sp, &fpu_at))
        return -EFAULT;
    sp = align_down(sp - sizeof(struct signal_frame), 16) - 8; /* as after a CALL */
    uint64_t context_at = sp + offsetof(struct signal_frame, context);
    uint64_t info_at = sp + offsetof(struct signal_frame, info);
    if (user_copy_out(uaddr(sp), &action->restorer, sizeof(uint64_t)) ||
        write_context(self, context_at, frame, fpu_at, mask) ||
        user_copy_out(uaddr(info_at), info, sizeof(*info)))
        return -EFAULT;
    if (self->altstack_flags & SS_AUTODISARM)
        self->altstack_start = self->altstack_bytes = self->altstack_flags = 0;
    trap_frame_changed(frame);
    frame->rdi = info->si_signo;
    frame->rsi = info_at;
    frame->rdx = context_at;
    frame->rax = 0;
    frame->rsp = sp;
    frame->rip = action->handler;
    frame->rflags = (frame->rflags & USER_FLAGS & ~FLAGS_CLEAR_IN_HANDLER) | FLAGS_ALWAYS;
    return 0;
}

/* ---- The way back ---- */

/* Takes the vector state from the frame. Bits that would make the processor refuse it are dropped.
 * 0, -EFAULT or -ENOMEM. */
static int restore_fpu(struct thread *self, uint64_t at)
{
    if (!self->fpu)
        return 0; /* neither the handler nor who was interrupted has used it */
    fpu_flush(self, self->fpu);
    uint32_t mxcsr_mask;
    memcpy(&mxcsr_mask, self->fpu->bytes + offsetof(struct fpstate, mxcsr_mask), 4);
    int error = 0;
    if (!at)
        fpu_init_state(self->fpu);
    else
        error = user_copy_in(self->fpu, uaddr(at), offsetof(struct fpstate, __reserved));
    uint32_t mxcsr;
    memcpy(&mxcsr, self->fpu->bytes + offsetof(struct fpstate, mxcsr), 4);
    mxcsr &= mxcsr_mask ? mxcsr_mask : MXCSR_AT_LEAST;
    memcpy(self->fpu->bytes + offsetof(struct fpstate, mxcsr), &mxcsr, 4);
    fpu_forget(self);
    return error;
}

static void restore_altstack(struct thread *self, const stack_t *stack)
{
    if (stack->ss_flags & SS_DISABLE) {
        self->altstack_start = self->altstack_bytes = self->altstack_flags = 0;
        return;
    }
    self->altstack_start = (uint64_t)stack->ss_sp;
    self->altstack_bytes = stack->ss_size;
    self->altstack_flags = stack->ss_flags & SS_AUTODISARM;
}

/* Goes back to where a handler interrupted: all registers from the frame above the stack pointer.
 * A frame that makes no sense is the program's SIGSEGV. The result is rax as it was.
 * Takes signal_lock. */
long sys_rt_sigreturn(struct thread *self)
{
    struct trap_frame *frame = trap_frame_at(self->stack_top);
    kernel_ucontext_t context;
    uint64_t at = frame->rsp - sizeof(uint64_t) + offsetof(struct signal_frame, context);
    if (user_copy_in(&context, uaddr(at), sizeof(context)) ||
        context.uc_mcontext.regs.rip >= USER_END ||
        restore_fpu(self, (uint64_t)context.uc_mcontext.fpregs)) {
        signal_fault(SIGSEGV, SI_KERNEL, 0, TRAP_PROTECTION, 0);
        return 0;
    }
    signal_set_mask(self, context.uc_sigmask);
    restore_altstack(self, &context.uc_stack);
    load_registers(frame, &context.uc_mcontext);
    return frame->rax;
}

/* ---- The alternate stack ---- */

long sys_sigaltstack(struct thread *self, uaddr_t stack, uaddr_t old)
{
    stack_t wanted, was;
    bool inside = on_altstack(self, trap_frame_at(self->stack_top)->rsp);
    tell_altstack(self, &was);
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
        restore_altstack(self, &wanted);
    }
    return uaddr_is_null(old) ? 0 : user_copy_out(old, &was, sizeof(was));
}
