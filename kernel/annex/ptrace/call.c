/* ptrace: the call itself, by which a thread traces others. */
/* SPDX-License-Identifier: MIT */
#include "annex.h"
#include "local.h"

enum { KNOWN_OPTIONS = 0xff | PTRACE_O_EXITKILL };

/* ---- Holding a tracee still ---- */

/* The caller's tracee with this number, or NULL. Lock: proc_lock held. */
static struct tracee *own_tracee_locked(const struct thread *self, int tid)
{
    struct pid *slot = pid_find_locked(tid);
    struct tracee *tracee = slot && slot->thread ? slot->thread->tracee : NULL;
    return tracee && tracee->tracer == self ? tracee : NULL;
}

/* A thread that is marked as stopped may still be on its way off its processor. One that is killed
 * continues and uses its registers again. */
struct tracee *tracee_hold(struct thread *self, int tid, bool stopped)
{
    for (;; cpu_pause(), thread_yield()) {
        spin_lock(&proc_lock);
        struct tracee *tracee = own_tracee_locked(self, tid);
        bool still = tracee && tracee->state == TRACEE_STOPPED && !tracee->thread->kill_due;
        if (tracee && (!stopped || (still && thread_is_at_rest(tracee->thread))))
            return tracee;
        spin_unlock(&proc_lock);
        if (!still)
            return NULL;
    }
}

/* ---- Going on ---- */

/* Lets the tracee continue with a signal: to its next call, for one instruction, or freely. 0, -EIO
 * or -ESRCH. */
static long resume(struct thread *self, int tid, uint64_t request, uint64_t signal)
{
    struct tracee *tracee = tracee_hold(self, tid, true);
    if (!tracee)
        return -ESRCH;
    bool valid = signal <= KERNEL_NSIG;
    if (valid) {
        tracee->calls = request == PTRACE_SYSCALL;
        tracee_set_step_locked(tracee, request == PTRACE_SINGLESTEP);
        tracee->signal = (int)signal;
        tracee_wake_locked(tracee);
    }
    spin_unlock(&proc_lock);
    return valid ? 0 : -EIO;
}

static long detach(struct thread *self, int tid, uint64_t signal)
{
    struct tracee *tracee = tracee_hold(self, tid, true);
    if (!tracee)
        return -ESRCH;
    bool valid = signal <= KERNEL_NSIG;
    if (valid) {
        tracee_untell_locked(tracee);
        tracee->signal = (int)signal;
        tracee_unlink_locked(tracee);
    }
    spin_unlock(&proc_lock);
    return valid ? 0 : -EIO;
}

/* Makes a seized one stop, wherever it is. */
static long interrupt(struct thread *self, int tid)
{
    struct tracee *tracee = tracee_hold(self, tid, false);
    if (!tracee)
        return -ESRCH;
    bool may = tracee->seized;
    if (may && tracee->state != TRACEE_STOPPED) {
        tracee->stop_due = true;
        tracee_trap_locked(tracee);
    } else if (may) {
        tracee->stop_due = true; /* after it continues */
        spin_lock(&tracee->process->signal_lock);
        tracee->thread->trap_due = true;
        spin_unlock(&tracee->process->signal_lock);
    }
    spin_unlock(&proc_lock);
    return may ? 0 : -EIO;
}

/* A seized one that has stopped with its process stays so, but wait hears of SIGCONT. */
static long listen_to(struct thread *self, int tid)
{
    struct tracee *tracee = tracee_hold(self, tid, true);
    if (!tracee)
        return -ESRCH;
    bool may = tracee->seized && tracee->code >> 8 == PTRACE_EVENT_STOP;
    if (may) {
        tracee->state = TRACEE_LISTENS;
        tracee_untell_locked(tracee);
        if (tracee->notify_due)
            tracee_trap_locked(tracee);
    }
    spin_unlock(&proc_lock);
    return may ? 0 : -EIO;
}

static long kill_tracee(struct thread *self, int tid)
{
    struct tracee *tracee = tracee_hold(self, tid, false);
    if (!tracee)
        return -ESRCH;
    siginfo_t info;
    signal_fill(&info, SIGKILL, SI_USER, self->process->pid, self->process->uid);
    signal_send_locked(tracee->process, tracee->thread, SIGKILL, &info);
    spin_unlock(&proc_lock);
    return 0;
}

/* ---- Settings and news ---- */

static long set_options(struct thread *self, int tid, uint64_t options)
{
    struct tracee *tracee = tracee_hold(self, tid, true);
    if (!tracee)
        return -ESRCH;
    bool valid = !(options & ~(uint64_t)KNOWN_OPTIONS);
    if (valid)
        tracee->options = (uint32_t)options;
    spin_unlock(&proc_lock);
    return valid ? 0 : -EINVAL;
}

static long event_message(struct thread *self, int tid, uaddr_t to)
{
    struct tracee *tracee = tracee_hold(self, tid, true);
    if (!tracee)
        return -ESRCH;
    uint64_t message = tracee->message;
    spin_unlock(&proc_lock);
    return user_copy_out(to, &message, sizeof(message));
}

static long seize(struct thread *self, int tid, uint64_t addr, uint64_t options)
{
    if (addr || options & ~(uint64_t)KNOWN_OPTIONS)
        return -EIO;
    return ptrace_attach(self, tid, true, options);
}

/* ---- The call ---- */

static long get_registers(struct thread *self, int tid, unsigned type, uaddr_t to)
{
    size_t n = SIZE_MAX;
    return ptrace_get_set(self, tid, type, to, &n);
}

static long set_registers(struct thread *self, int tid, unsigned type, uaddr_t from)
{
    size_t n = type == NT_PRSTATUS ? sizeof(struct user_regs_struct) : sizeof(struct fpstate);
    return ptrace_set_set(self, tid, type, from, &n);
}

/* Requests about registers, memory and the stop of one that has stopped. */
static long look(struct thread *self, unsigned long request, int tid, unsigned long addr,
                 unsigned long data)
{
    uaddr_t at = uaddr(data);
    switch (request) {
    case PTRACE_PEEKTEXT:
    case PTRACE_PEEKDATA: return ptrace_peek(self, tid, addr, at);
    case PTRACE_POKETEXT:
    case PTRACE_POKEDATA: return ptrace_poke(self, tid, addr, data);
    case PTRACE_PEEKUSER: return ptrace_peek_user(self, tid, addr, at);
    case PTRACE_POKEUSER: return ptrace_poke_user(self, tid, addr, data);
    case PTRACE_ARCH_PRCTL: return ptrace_arch_prctl(self, tid, data, addr);
    case PTRACE_GETREGS: return get_registers(self, tid, NT_PRSTATUS, at);
    case PTRACE_SETREGS: return set_registers(self, tid, NT_PRSTATUS, at);
    case PTRACE_GETFPREGS: return get_registers(self, tid, NT_PRFPREG, at);
    case PTRACE_SETFPREGS: return set_registers(self, tid, NT_PRFPREG, at);
    case PTRACE_GETREGSET: return ptrace_regset(self, tid, (unsigned)addr, at, false);
    case PTRACE_SETREGSET: return ptrace_regset(self, tid, (unsigned)addr, at, true);
    case PTRACE_GETSIGINFO: return ptrace_siginfo(self, tid, at, false);
    case PTRACE_SETSIGINFO: return ptrace_siginfo(self, tid, at, true);
    case PTRACE_GETSIGMASK: return ptrace_sigmask(self, tid, addr, at, false);
    case PTRACE_SETSIGMASK: return ptrace_sigmask(self, tid, addr, at, true);
    case PTRACE_GET_SYSCALL_INFO: return ptrace_call_info(self, tid, addr, at);
    case PTRACE_GETEVENTMSG: return event_message(self, tid, at);
    case PTRACE_OLDSETOPTIONS:
    case PTRACE_SETOPTIONS: return set_options(self, tid, data);
    default: break;
    }
    if (!tracee_hold(self, tid, true))
        return -ESRCH;
    spin_unlock(&proc_lock);
    return -EIO;
}

long sys_ptrace(struct thread *self, unsigned long request, pid_t pid, unsigned long addr,
                unsigned long data)
{
    switch (request) {
    case PTRACE_TRACEME: return ptrace_me(self);
    case PTRACE_ATTACH: return ptrace_attach(self, pid, false, 0);
    case PTRACE_SEIZE: return seize(self, pid, addr, data);
    case PTRACE_INTERRUPT: return interrupt(self, pid);
    case PTRACE_KILL: return kill_tracee(self, pid);
    case PTRACE_LISTEN: return listen_to(self, pid);
    case PTRACE_CONT:
    case PTRACE_SYSCALL:
    case PTRACE_SINGLESTEP: return resume(self, pid, request, data);
    case PTRACE_DETACH: return detach(self, pid, data);
    default: return look(self, request, pid, addr, data);
    }
}

/* ---- Bring-up ---- */

static void start(struct fs_context *fs, const char *command_line)
{
    (void)fs, (void)command_line;
    tracer_hooks = (struct tracer_hooks){
        .event = tracee_event,
        .signal = tracee_signal,
        .bears = tracer_bears,
        .change = tracer_change,
        .look = tracer_look,
        .limits = tracer_limits,
    };
}

ANNEX(ptrace, ANNEX_START, start);
