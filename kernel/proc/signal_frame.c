/* The frame of a signal handler on the user's stack, laid out as Linux does, and the way back.
 *
 * A handler interrupts the program between any two instructions. When it returns, the program must
 * continue as if nothing had happened, so all registers are saved. They are saved on the user's
 * stack, because handlers nest as deep as the stack allows, and because debuggers and runtimes read
 * and change them there. From high to low addresses: vector registers, siginfo, the context
 * (registers and mask), and the address of the restorer, which serves as the handler's return
 * address. The restorer is a piece of libc that calls sigreturn, which loads everything from the
 * frame again.
 *
 * The frame starts below the red zone: 128 bytes below the stack pointer that a function may use
 * without moving the pointer. It may be on an alternate stack instead (SA_ONSTACK), so that a
 * program can handle the overflow of its stack.
 *
 * A program may write a frame itself and call sigreturn. Nothing in a frame is trusted: the segment
 * selectors are constants, of the flags only those count that a program may set, the address must
 * be in user space, and vector state is checked before the processor loads it. */
/* SPDX-License-Identifier: MIT */
#include "private.h"

enum {
    RED_ZONE = 128,
    FPSTATE_ALIGNMENT = 64,
    FRAME_ALIGNMENT = 16,
    FXSAVE_COMPONENTS = 3,
    XSAVE_HEADER_BYTES = 64
};

/* Flags that a program may set for itself: CF PF AF ZF SF TF DF OF RF AC. */
#define USER_FLAGS             0x50dd5ull
#define FLAGS_ALWAYS           0x202ull   /* IF and the bit that is always set */
#define FLAGS_CLEAR_IN_HANDLER 0x10500ull /* TF, DF, RF */
#define UC_FP_XSTATE           1
#define UC_SIGCONTEXT_SS       2
#define UC_STRICT_RESTORE_SS   4

/* The vector state is above it. */
struct signal_frame {
    uint64_t return_address;
    kernel_ucontext_t context;
    siginfo_t info;
};

_Static_assert(sizeof(struct signal_frame) == 440, "rt_sigframe");

bool altstack_holds(const struct thread *self, uint64_t sp)
{
    return !(self->altstack_flags & SS_AUTODISARM) && sp > self->altstack_start &&
           sp - self->altstack_start <= self->altstack_bytes;
}

/* Where a frame is: the address of the vector state and, below it, of the rest. */
struct frame_place {
    uint64_t fpu, frame;
};

/* ---- Vector state ----
 *
 * It is above the rest of the frame: the 512 bytes of FXSAVE or, if the processor has XSAVE, all
 * that this writes, with a magic number after it. The last 48 bytes of the 512, which no processor
 * uses, say how much there is. If they do not fit, because the program has made the frame, only the
 * 512 bytes count. */

static uint32_t fpu_frame_bytes(void)
{
    return fpu_state_bytes + (fpu_features ? FP_XSTATE_MAGIC2_SIZE : 0);
}

uint64_t signal_frame_most_bytes(void)
{
    uint64_t padding = FPSTATE_ALIGNMENT + FRAME_ALIGNMENT + sizeof(uint64_t);
    return align_up(sizeof(struct signal_frame) + fpu_frame_bytes() + padding, FRAME_ALIGNMENT);
}

/* Copies the thread's state to the address. 0 or -EFAULT. */
static int write_fpu(struct thread *self, uint64_t at)
{
    static const uint32_t magic2 = FP_XSTATE_MAGIC2;
    struct fpx_sw_bytes extent = {.magic1 = FP_XSTATE_MAGIC1,
                                  .extended_size = fpu_frame_bytes(),
                                  .xfeatures = fpu_features,
                                  .xstate_size = fpu_state_bytes};
    if (!fpu_features)
        memset(&extent, 0, sizeof(extent));
    if (self->fpu)
        fpu_flush(self, self->fpu);
    if (user_copy_out(uaddr(at), self->fpu ? self->fpu : fpu_initial, fpu_state_bytes) ||
        user_copy_out(uaddr(at + offsetof(struct fpstate, sw_reserved)), &extent, sizeof(extent)))
        return -EFAULT;
    return fpu_features ? user_copy_out(uaddr(at + fpu_state_bytes), &magic2, sizeof(magic2)) : 0;
}

/* The address of the vector state that is to be below sp. */
static uint64_t fpu_frame_at(uint64_t sp)
{
    return align_down(sp - fpu_frame_bytes(), FPSTATE_ALIGNMENT);
}

/* Chooses the place of a frame, below sp or on the alternate stack. False if it would reach beyond
 * the end of the alternate stack. */
static bool place_frame(const struct thread *self, uint64_t sp, uint64_t flags,
                        struct frame_place *place)
{
    bool on_alternate = altstack_holds(self, sp);
    sp -= RED_ZONE;
    if (!on_alternate && flags & SA_ONSTACK && self->altstack_bytes) {
        sp = self->altstack_start + self->altstack_bytes;
        on_alternate = true;
    }
    place->fpu = fpu_frame_at(sp);
    place->frame = align_down(place->fpu - sizeof(struct signal_frame), FRAME_ALIGNMENT) -
                   sizeof(uint64_t); /* as after CALL */
    uint64_t start = self->altstack_start;
    return !on_alternate || (place->frame > start && place->frame - start <= self->altstack_bytes);
}

/* Writes the vector state there, and gives the handler an initial one. 0 or -EFAULT. */
static int push_fpu(struct thread *self, uint64_t at)
{
    int err = write_fpu(self, at);
    if (err || !self->fpu)
        return err;
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

void altstack_tell(const struct thread *self, stack_t *stack)
{
    memset(stack, 0, sizeof(*stack));
    stack->ss_sp = (void *)self->altstack_start;
    stack->ss_size = self->altstack_bytes;
    stack->ss_flags = self->altstack_flags | (self->altstack_bytes ? 0 : SS_DISABLE);
}

/* Writes the context: registers, mask and alternate stack. 0 or -EFAULT. */
static int write_context(struct thread *self, uint64_t at, const struct trap_frame *frame,
                         uint64_t fpu_at, uint64_t mask)
{
    kernel_ucontext_t context;
    memset(&context, 0, sizeof(context));
    context.uc_flags = UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS | (fpu_features ? UC_FP_XSTATE : 0);
    altstack_tell(self, &context.uc_stack);
    context.uc_sigmask = mask;
    save_registers(&context.uc_mcontext, frame);
    context.uc_mcontext.regs.err = self->fault_error;
    context.uc_mcontext.regs.trapno = self->fault_trap;
    context.uc_mcontext.regs.cr2 = self->fault_address;
    context.uc_mcontext.regs.oldmask = mask;
    context.uc_mcontext.fpregs = (struct fpstate *)fpu_at;
    return user_copy_out(uaddr(at), &context, sizeof(context));
}

int signal_frame_push(struct trap_frame *frame, const struct kernel_sigaction *action,
                      const siginfo_t *info, uint64_t mask)
{
    struct thread *self = current_thread();
    struct frame_place place;
    if (!place_frame(self, frame->rsp, action->flags, &place) || !(action->flags & SA_RESTORER) ||
        push_fpu(self, place.fpu))
        return -EFAULT;
    uint64_t sp = place.frame;
    uint64_t context_at = sp + offsetof(struct signal_frame, context);
    uint64_t info_at = sp + offsetof(struct signal_frame, info);
    if (user_copy_out(uaddr(sp), &action->restorer, sizeof(uint64_t)) ||
        write_context(self, context_at, frame, place.fpu, mask) ||
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

/* How many bytes of vector state are at the address: all that the frame claims if the claim is
 * consistent, otherwise what FXSAVE writes. *components is set to those that count. */
static uint32_t frame_extent(uint64_t at, uint64_t *components)
{
    struct fpx_sw_bytes extent;
    uint32_t magic2 = 0, legacy = sizeof(struct fpstate);
    *components = FXSAVE_COMPONENTS;
    if (!fpu_features ||
        user_copy_in(&extent, uaddr(at + offsetof(struct fpstate, sw_reserved)), sizeof(extent)))
        return legacy;
    if (extent.magic1 != FP_XSTATE_MAGIC1 || extent.xstate_size < legacy + XSAVE_HEADER_BYTES ||
        extent.xstate_size > fpu_state_bytes || extent.xstate_size > extent.extended_size ||
        user_copy_in(&magic2, uaddr(at + extent.xstate_size), sizeof(magic2)) ||
        magic2 != FP_XSTATE_MAGIC2)
        return legacy;
    *components = extent.xfeatures;
    return extent.xstate_size;
}

/* Is the state in the frame that at a program's start? Then no component is present, and MXCSR is
 * the initial one. */
static bool frame_is_initial(uint64_t at)
{
    uint64_t components;
    uint32_t mxcsr;
    return fpu_features &&
           !user_copy_in(&components, uaddr(at + sizeof(struct fpstate)), sizeof(components)) &&
           !user_copy_in(&mxcsr, uaddr(at + offsetof(struct fpstate, mxcsr)), sizeof(mxcsr)) &&
           fpu_is_initial(components, mxcsr);
}

/* Loads the vector state from the frame, or the initial one if there is none (`at` is 0). 0,
 * -EFAULT or -ENOMEM. */
static int restore_fpu(struct thread *self, uint64_t at)
{
    uint64_t components;
    if (!self->fpu && (!at || frame_is_initial(at)))
        return 0; /* neither the handler nor the program before it has used vector registers */
    if (!self->fpu && !(self->fpu = thread_fpu_alloc()))
        return -ENOMEM;
    fpu_forget(self);
    fpu_init_state(self->fpu);
    if (!at)
        return 0;
    uint32_t n_bytes = frame_extent(at, &components);
    if (user_copy_in(self->fpu, uaddr(at), n_bytes))
        return -EFAULT;
    if (n_bytes == sizeof(struct fpstate) && fpu_features)
        fpu_hold(self->fpu, FXSAVE_COMPONENTS);
    fpu_sanitize(self->fpu, components);
    return 0;
}

void altstack_set(struct thread *self, const stack_t *stack)
{
    if (stack->ss_flags & SS_DISABLE) {
        self->altstack_start = self->altstack_bytes = self->altstack_flags = 0;
        return;
    }
    self->altstack_start = (uint64_t)stack->ss_sp;
    self->altstack_bytes = stack->ss_size;
    self->altstack_flags = stack->ss_flags & SS_AUTODISARM;
}

/* Returns from a handler: loads all registers from the frame above the stack pointer. For a frame
 * that makes no sense the program gets SIGSEGV. The result is the old value of rax. Takes
 * signal_lock. */
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
    altstack_set(self, &context.uc_stack);
    load_registers(frame, &context.uc_mcontext);
    frame->error = UINT64_MAX; /* from now on it is not the frame of a call: see trap_of_call */
    return frame->rax;
}
