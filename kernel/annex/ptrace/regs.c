/* The registers of a thread that has stopped, one by one, as PTRACE_PEEKUSER numbers them.
 *
 * What a tracer writes here the kernel later loads, with interrupts off and no fault allowed. So
 * each register takes only what user mode itself could have put there: flags that a program may
 * set, bases in user space, the selectors that the descriptor table has for programs. RIP may be
 * anything: the way back to user mode goes by IRET, which entry.S keeps from faulting. */
/* SPDX-License-Identifier: MIT */
#include "local.h"

/* CF PF AF ZF SF TF DF OF NT RF AC: what a program may set for itself; and what is always set. */
#define USER_FLAGS   0x54dd5ul
#define FLAGS_ALWAYS 0x202ul
#define FLAG_STEP    0x100ul

#define PLACE(name)      (offsetof(struct user_regs_struct, name) / sizeof(long))
#define NO_SELECTOR_BITS 3u

enum { N_REGISTERS = sizeof(struct user_regs_struct) / sizeof(long) };

/* Where those that the frame holds as they are lie in it. */
static const uint16_t frame_place[N_REGISTERS] = {
#define PLAIN(name) [PLACE(name)] = offsetof(struct trap_frame, name) + 1
    PLAIN(r15), PLAIN(r14), PLAIN(r13), PLAIN(r12), PLAIN(rbp), PLAIN(rbx),
    PLAIN(r11), PLAIN(r10), PLAIN(r9),  PLAIN(r8),  PLAIN(rax), PLAIN(rcx),
    PLAIN(rdx), PLAIN(rsi), PLAIN(rdi), PLAIN(rip), PLAIN(rsp),
#undef PLAIN
};

static unsigned long *plain_register(struct trap_frame *frame, size_t place)
{
    size_t at = frame_place[place];
    return at ? (unsigned long *)((char *)frame + at - 1) : NULL;
}

/* ---- Reading ---- */

static unsigned selector(const struct thread *thread, unsigned shift)
{
    return thread->selectors >> shift & 0xffff;
}

enum { SELECTOR_DS_SHIFT = 0, SELECTOR_ES_SHIFT = 16 };

static unsigned long get_one(const struct thread *thread, size_t place)
{
    struct trap_frame *frame = trap_frame_at(thread->stack_top);
    const unsigned long *plain = plain_register(frame, place);
    unsigned long hidden = thread->tracee->flag_is_ours ? FLAG_STEP : 0;
    if (plain)
        return *plain;
    switch (place) {
    case PLACE(orig_rax): return trap_of_call(frame) ? frame->error : ~0ul;
    case PLACE(cs): return frame->cs;
    case PLACE(ss): return frame->ss;
    case PLACE(eflags): return frame->rflags & ~hidden;
    case PLACE(fs_base): return thread->fs_base;
    case PLACE(gs_base): return thread->gs_base;
    case PLACE(ds): return selector(thread, SELECTOR_DS_SHIFT);
    case PLACE(es): return selector(thread, SELECTOR_ES_SHIFT);
    case PLACE(fs): return selector(thread, SELECTOR_FS_SHIFT);
    case PLACE(gs): return selector(thread, SELECTOR_GS_SHIFT);
    default: return 0;
    }
}

void regs_get(const struct thread *thread, struct user_regs_struct *regs)
{
    unsigned long *values = (unsigned long *)regs;
    for (size_t i = 0; i < N_REGISTERS; i++)
        values[i] = get_one(thread, i);
}

/* ---- Writing ---- */

/* The number of a call that may start again, or none. A frame of another kind becomes a call's: a
 * debugger restores what it found when it had the program call a function. */
static void set_call(struct trap_frame *frame, uint64_t number)
{
    if ((int32_t)number == -1 && frame->vector < TRAP_SYSCALL)
        return;
    frame->error = number;
    frame->vector = TRAP_SYSCALL_CHANGED;
}

static void set_flags(struct tracee *tracee, struct trap_frame *frame, uint64_t value)
{
    if (value & FLAG_STEP)
        tracee->flag_is_ours = false;
    else if (tracee->flag_is_ours)
        value |= FLAG_STEP;
    frame->rflags = (value & USER_FLAGS) | FLAGS_ALWAYS;
}

static int set_selector(struct thread *thread, unsigned shift, uint64_t value)
{
    if (value != 0 && value != NO_SELECTOR_BITS && value != USER_SS && value != USER_CS)
        return -EIO;
    thread->selectors &= ~(0xffffull << shift);
    thread->selectors |= value << shift;
    if (value && shift == SELECTOR_FS_SHIFT)
        thread->fs_base = 0; /* as loading it does */
    if (value && shift == SELECTOR_GS_SHIFT)
        thread->gs_base = 0;
    return 0;
}

/* A base needs the null selector; if another is loaded, writing the base replaces it. */
static int set_base(struct thread *thread, uint64_t *base, unsigned shift, uint64_t value)
{
    if (value >= USER_END)
        return -EIO;
    if (value)
        thread->selectors &= ~(0xffffull << shift);
    *base = value;
    return 0;
}

static int set_one(struct tracee *tracee, size_t place, uint64_t value)
{
    struct thread *thread = tracee->thread;
    struct trap_frame *frame = trap_frame_at(thread->stack_top);
    unsigned long *plain = plain_register(frame, place);
    trap_frame_changed(frame);
    if (plain) {
        *plain = value;
        return 0;
    }
    switch (place) {
    case PLACE(orig_rax): set_call(frame, value); return 0;
    case PLACE(cs): return value == USER_CS ? 0 : -EIO;
    case PLACE(ss): return value == USER_SS ? 0 : -EIO;
    case PLACE(eflags): set_flags(tracee, frame, value); return 0;
    case PLACE(fs_base): return set_base(thread, &thread->fs_base, SELECTOR_FS_SHIFT, value);
    case PLACE(gs_base): return set_base(thread, &thread->gs_base, SELECTOR_GS_SHIFT, value);
    case PLACE(ds): return set_selector(thread, SELECTOR_DS_SHIFT, value);
    case PLACE(es): return set_selector(thread, SELECTOR_ES_SHIFT, value);
    case PLACE(fs): return set_selector(thread, SELECTOR_FS_SHIFT, value);
    case PLACE(gs): return set_selector(thread, SELECTOR_GS_SHIFT, value);
    default: return -EIO;
    }
}

int regs_set(struct tracee *tracee, const unsigned long *values, size_t at, size_t n)
{
    int error = 0;
    for (size_t i = 0; i < n && !error; i++)
        error = set_one(tracee, at / sizeof(long) + i, values[i]);
    return error;
}

/* ---- Requests ---- */

long ptrace_peek_user(struct thread *self, int tid, uint64_t at, uaddr_t to)
{
    struct tracee *tracee = tracee_hold(self, tid, true);
    unsigned long value = 0; /* of a debug register, which none has ever set */
    if (!tracee)
        return -ESRCH;
    bool valid = at % sizeof(long) == 0 && at < USER_AREA_BYTES;
    if (valid && at < sizeof(struct user_regs_struct))
        value = get_one(tracee->thread, at / sizeof(long));
    spin_unlock(&proc_lock);
    return !valid ? -EIO : user_copy_out(to, &value, sizeof(value));
}

/* Debug registers cannot be set, but may be cleared. */
long ptrace_poke_user(struct thread *self, int tid, uint64_t at, uint64_t value)
{
    struct tracee *tracee = tracee_hold(self, tid, true);
    if (!tracee)
        return -ESRCH;
    long result = -EIO;
    if (at % sizeof(long) == 0 && at < sizeof(struct user_regs_struct))
        result = set_one(tracee, at / sizeof(long), value);
    else if (at % sizeof(long) == 0 && at >= USER_DEBUGREG_FROM && at < USER_DEBUGREG_END && !value)
        result = 0;
    spin_unlock(&proc_lock);
    return result;
}

/* As arch_prctl in the tracee, but for where a result is stored: here. */
long ptrace_arch_prctl(struct thread *self, int tid, uint64_t option, uint64_t addr)
{
    enum { SET_GS = 0x1001, SET_FS, GET_FS, GET_GS };
    if (option < SET_GS || option > GET_GS)
        return -EINVAL;
    bool fs = option == SET_FS || option == GET_FS;
    size_t place = fs ? PLACE(fs_base) : PLACE(gs_base);
    if (option == GET_FS || option == GET_GS)
        return ptrace_peek_user(self, tid, place * sizeof(long), uaddr(addr));
    long result = ptrace_poke_user(self, tid, place * sizeof(long), addr);
    return result == -EIO ? -EPERM : result;
}
