/* How a traced thread stops, why, and how it continues.
 *
 * All stops use one function, stop_locked(): the thread writes what its tracer may want to know to
 * its struct tracee, makes wait report the stop, and sleeps. The tracer lets it continue, by
 * tracee_wake_locked(), or SIGKILL does. The signal with which it continues is then in the record.
 *
 * There are five kinds of stops, and a tracer tells them apart by the status of wait and by
 * PTRACE_GETSIGINFO:
 *
 *   a signal that the thread is about to take     status: the signal; the tracer chooses another
 *   a call begins or is over (PTRACE_SYSCALL)     SIGTRAP, or SIGTRAP | 0x80 (TRACESYSGOOD)
 *   an event (PTRACE_O_TRACE*)                    SIGTRAP | event << 8
 *   the process stops, one that was attached to   the stop signal, and no siginfo
 *   the same, SIGCONT or INTERRUPT, if seized     the signal or SIGTRAP | PTRACE_EVENT_STOP << 8
 *
 * The first happens where signals are taken, the last two on the way to user mode because trap_due
 * is set, the others in the middle of a call. A thread that stopped with the process and whose
 * tracer lets it go on runs although process->stopped: for traced threads trap_due counts instead.
 */
/* SPDX-License-Identifier: MIT */
#include "local.h"

#define FLAG_STEP 0x100ul /* TF */

/* ---- The stop ---- */

static void note_stop_locked(struct tracee *own, int code, uint64_t message, siginfo_t *info)
{
    own->state = TRACEE_STOPPED;
    own->code = code;
    own->message = message;
    own->info = info;
    own->signal = 0;
    own->stop_due = false; /* any stop will do for those */
    if (code >> 8 == PTRACE_EVENT_STOP)
        own->notify_due = false;
    own->thread->trapped = true;
}

/* A thread that is not traced any more but still steps must clear the flag itself: its registers
 * are in its frame only then. */
static bool has_trap_locked(const struct tracee *tracee)
{
    return tracee->thread->traced ? tracee->stop_due || tracee->notify_due : tracee->flag_is_ours;
}

/* The thread itself looks at its signals anew. */
static void recalculate_locked(struct thread *self)
{
    struct process *process = self->process;
    spin_lock(&process->signal_lock);
    self->trap_due = has_trap_locked(self->tracee);
    signal_recalculate(process, self);
    spin_unlock(&process->signal_lock);
}

/* Stops the calling thread. If it is not traced any more, or is killed, it continues at once. The
 * result is the signal with which it continues. Lock: proc_lock held; released meanwhile. */
static int stop_locked(struct thread *self, int code, int why, uint64_t message, siginfo_t *info)
{
    struct tracee *own = self->tracee;
    if (!self->traced || self->kill_due)
        return code & 0x7f;
    thread_save_segments(self);
    note_stop_locked(own, code, message, info);
    tracee_tell_locked(own);
    tracer_notify_locked(own, why, why == CLD_STOPPED ? self->process->stop_signal : code & 0x7f);
    while (self->trapped && !self->kill_due) {
        wait_begin();
        spin_unlock(&proc_lock);
        wait_sleep(WAIT_KILL, NO_DEADLINE, "tracer");
        spin_lock(&proc_lock);
    }
    self->trapped = false;
    own->state = TRACEE_RUNS;
    own->info = NULL;
    tracee_untell_locked(own);
    recalculate_locked(self);
    return own->signal;
}

void tracee_wake_locked(struct tracee *tracee)
{
    if (!tracee->thread->trapped)
        return;
    tracee->state = TRACEE_RUNS;
    tracee->thread->trapped = false;
    tracee_untell_locked(tracee);
    thread_wake(tracee->thread, 0);
}

void tracee_trap_locked(struct tracee *tracee)
{
    struct thread *thread = tracee->thread;
    struct process *process = tracee->process;
    spin_lock(&process->signal_lock);
    thread->trap_due = has_trap_locked(tracee);
    signal_recalculate(process, thread);
    if (thread->signal_due && thread != current_thread())
        thread_interrupt(thread, WAIT_SIGNALS);
    spin_unlock(&process->signal_lock);
    if (thread->trap_due && tracee->state == TRACEE_LISTENS)
        tracee_wake_locked(tracee);
}

/* A stop that the kernel causes; the siginfo says why. The result is the signal with which it
 * continues. Lock: proc_lock held. */
static int report_locked(struct thread *self, int signal, int code, int why, uint64_t message)
{
    siginfo_t info;
    signal_fill(&info, signal, code, self->tid, self->process->uid);
    return stop_locked(self, code, why, message, &info);
}

/* ---- Single steps ---- */

void tracee_set_step_locked(struct tracee *tracee, bool steps)
{
    struct trap_frame *frame = trap_frame_at(tracee->thread->stack_top);
    tracee->steps = steps;
    if (steps && !(frame->rflags & FLAG_STEP)) {
        frame->rflags |= FLAG_STEP;
        tracee->flag_is_ours = true;
        trap_frame_changed(frame);
    } else if (!steps && tracee->flag_is_ours) {
        frame->rflags &= ~FLAG_STEP;
        tracee->flag_is_ours = false;
        trap_frame_changed(frame);
    }
}

/* The stepped instruction was SYSCALL. SYSRET would cause the trap in user mode before the next
 * instruction, for ever; so IRET is used, and the trap is made here. */
static void stepped_over_call(struct thread *self)
{
    struct trap_frame *frame = trap_frame_at(self->stack_top);
    trap_frame_changed(frame);
    signal_fault(SIGTRAP, TRAP_BRKPT, frame->rip, TRAP_DEBUG, 0);
}

/* ---- Events ---- */

/* Stops at the begin or end of a call, if the tracer wants that. A signal with which it continues
 * is sent to it. */
static void call_stop(struct thread *self, uint64_t message)
{
    siginfo_t info;
    spin_lock(&proc_lock);
    struct tracee *own = self->tracee;
    int good = own->options & PTRACE_O_TRACESYSGOOD ? 0x80 : 0, signal = 0;
    if (self->traced && own->calls)
        signal = report_locked(self, SIGTRAP, SIGTRAP | good, CLD_TRAPPED, message);
    signal_fill(&info, signal, SI_KERNEL, 0, 0);
    if (signal_is_valid(signal) && self->traced)
        signal_send_locked(self->process, self, signal, &info);
    spin_unlock(&proc_lock);
}

static void result_stop(struct thread *self)
{
    if (self->tracee->steps)
        stepped_over_call(self);
    else
        call_stop(self, PTRACE_EVENTMSG_SYSCALL_EXIT);
}

/* Stops for an event if the tracer has asked for it. True if so. Takes proc_lock. */
static bool event_stop(struct thread *self, int event, uint64_t message)
{
    spin_lock(&proc_lock);
    bool wanted = event && self->traced && self->tracee->options & 1u << event;
    if (wanted)
        report_locked(self, SIGTRAP, SIGTRAP | event << 8, CLD_TRAPPED, message);
    spin_unlock(&proc_lock);
    return wanted;
}

/* Of a tracer that did not ask for the event the new program begins with SIGTRAP. */
static void exec_stop(struct thread *self, int old_tid)
{
    siginfo_t info;
    signal_fill(&info, SIGTRAP, SI_USER, self->process->pid, self->process->uid);
    if (!event_stop(self, PTRACE_EVENT_EXEC, old_tid) && self->traced && !self->tracee->seized)
        signal_send_thread(self, SIGTRAP, &info);
}

/* The handler's context is not to have the step's flag; the step ends at its first instruction. */
static void before_handler(struct thread *self)
{
    spin_lock(&proc_lock);
    bool steps = self->tracee->steps;
    tracee_set_step_locked(self->tracee, false);
    self->tracee->steps = steps;
    spin_unlock(&proc_lock);
}

static void at_handler(struct thread *self)
{
    spin_lock(&proc_lock);
    if (self->traced && self->tracee->steps) {
        self->tracee->steps = false;
        report_locked(self, SIGTRAP, SIGTRAP, CLD_TRAPPED, 0);
    }
    spin_unlock(&proc_lock);
}

/* On the way to user mode: with the process, or because of PTRACE_INTERRUPT or SIGCONT. */
static void trap(struct thread *self)
{
    struct process *process = self->process;
    spin_lock(&proc_lock);
    struct tracee *own = self->tracee;
    int signal = process->stopped ? process->stop_signal : SIGTRAP;
    if (!self->traced || (!own->stop_due && !own->notify_due)) {
        if (!self->traced)
            tracee_set_step_locked(own, false);
        recalculate_locked(self);
    } else if (own->seized) {
        report_locked(self, signal, signal | PTRACE_EVENT_STOP << 8, CLD_STOPPED, 0);
    } else if (process->stopped) {
        stop_locked(self, signal, CLD_STOPPED, 0, NULL);
    } else {
        own->stop_due = own->notify_due = false;
        recalculate_locked(self);
    }
    spin_unlock(&proc_lock);
}

void tracee_event(struct thread *self, enum trace_event event, long value)
{
    switch (event) {
    case TRACE_CALL: call_stop(self, PTRACE_EVENTMSG_SYSCALL_ENTRY); break;
    case TRACE_RESULT: result_stop(self); break;
    case TRACE_TRAP: trap(self); break;
    case TRACE_HANDLING: before_handler(self); break;
    case TRACE_HANDLER: at_handler(self); break;
    case TRACE_BORE: event_stop(self, self->tracee->born, value); break;
    case TRACE_VFORKED: event_stop(self, PTRACE_EVENT_VFORK_DONE, value); break;
    case TRACE_EXEC: exec_stop(self, (int)value); break;
    case TRACE_EXIT:
        self->tracee->wait_status = (int)value;
        event_stop(self, PTRACE_EVENT_EXIT, value);
        break;
    case TRACE_LETS_GO: tracer_lets_go(self); break;
    }
}

/* ---- Signals ---- */

int tracee_signal(struct thread *self, siginfo_t *info)
{
    struct process *process = self->process;
    spin_lock(&proc_lock);
    const struct thread *tracer = self->traced ? self->tracee->tracer : NULL;
    int pid = tracer ? tracer->process->pid : 0;
    uint32_t uid = tracer ? tracer->process->uid : 0;
    self->tracee->takes_signal = true;
    int signal = stop_locked(self, info->si_signo, CLD_TRAPPED, 0, info);
    self->tracee->takes_signal = false;
    if (signal && signal != info->si_signo)
        signal_fill(info, signal, SI_USER, pid, uid);
    if (signal && self->signal_mask & SIGNAL_BIT(signal)) { /* the tracer changed the mask */
        signal_send_locked(process, self, signal, info);
        signal = 0;
    }
    spin_unlock(&proc_lock);
    return signal;
}
