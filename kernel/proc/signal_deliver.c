/* Delivering signals: the last thing before user mode. Handlers, default actions, restarted calls.
 *
 * A signal is delivered only here, when the thread is about to return to user mode and holds
 * nothing: no lock, no half-changed structure. So its default action may end the thread, or stop it
 * for as long as it likes, and a handler may run.
 *
 * proc_return_to_user() does rounds until nothing is due. In each, next_handled() takes pending
 * signals. Those without a handler are dealt with: ignored, or the process stops, or it ends. The
 * first with a handler gets a frame on the user's stack, so that the thread will run the handler.
 * The next round may put the frame of another signal on top; so several handlers run one after the
 * other, the last first.
 *
 * A system call that a signal has interrupted returns one of the codes -ERESTART*, which programs
 * never see. If no handler runs, because the signal was ignored or the process was only stopped,
 * the call is made again: the program counter is set back to the SYSCALL instruction, and rax to
 * the number of the call. If a handler runs, the code decides between another call after the
 * handler and -EINTR; for -ERESTARTSYS this is SA_RESTART's choice. It is decided once, for the
 * first handler: after that the registers in the frame are those of the handler.
 *
 * A stop concerns the whole process. The thread that takes the stop signal sets `stopped` and makes
 * all others come here, where each sleeps in stop_if_stopped(). SIGCONT may come from another
 * processor after the signal was taken and before the process is stopped. POSIX says that it must
 * win: taking the signal sets `stop_dequeued`, SIGCONT clears it, and stop_process() stops only if
 * it is still set. */
/* SPDX-License-Identifier: MIT */
#include "private.h"

/* ---- Stopping ---- */

void stop_if_stopped(struct process *process)
{
    struct thread *self = current_thread();
    spin_lock(&proc_lock);
    while (process->stopped && !self->kill_due && !self->traced) {
        thread_end_slice(); /* thousands may be continued at the same time: let others run first */
        wait_on_spin(&process->resumed, &proc_lock, WAIT_KILL, NO_DEADLINE, "stopped");
    }
    spin_unlock(&proc_lock);
}

/* Stops the process by a stop signal that the calling thread has taken, unless SIGCONT came since.
 * Stop signals of the terminal do nothing to an orphaned group, as no process could continue it.
 * Returns when the process continues. Takes proc_lock. */
static void stop_process(struct process *process, int signal)
{
    spin_lock(&proc_lock);
    bool stops = process->stop_dequeued && !process->group_exiting &&
                 (signal == SIGSTOP || !group_is_orphaned_locked(process->group, NULL));
    bool begins = stops && !process->stopped;
    if (begins) {
        process->stopped = true;
        process->stop_signal = signal;
        process->stop_unreported = true;
        process->continue_unreported = false;
        child_changed_locked(process);
    }
    if (unlikely(stops && process->n_traced))
        tracer_hooks.change(TRACE_STOPPED, process, NULL);
    if (begins) {
        signal_recalculate_all_locked(process);
        if (!process->tracer || process->tracer != process->parent)
            signal_tell_parent_locked(process, CLD_STOPPED, signal);
    }
    spin_unlock(&proc_lock);
    stop_if_stopped(process);
}

/* ---- Choosing what to do ---- */

/* Takes a pending signal, or the one that the thread's tracer gives instead. Its action is copied
 * and, with SA_RESETHAND, reset. The result is the signal, or 0. Takes signal_lock; sleeps while
 * the tracer decides. */
static int take_signal(struct thread *self, siginfo_t *info, struct kernel_sigaction *action)
{
    struct process *process = self->process;
    spin_lock(&process->signal_lock);
    int signal = signal_take(self, ~self->signal_mask, info);
    bool asks = unlikely(self->traced) && signal && signal != SIGKILL;
    if (asks || (signal && SIGNAL_BIT(signal) & STOP_SIGNALS))
        process->stop_dequeued = true;
    if (asks) {
        spin_unlock(&process->signal_lock);
        signal = tracer_hooks.signal(self, info);
        spin_lock(&process->signal_lock);
    }
    if (signal)
        *action = signal_action_copy(process, signal, true);
    signal_recalculate(process, self);
    spin_unlock(&process->signal_lock);
    return signal;
}

/* Leaves if the process ends, or if another thread's exec ends this one. May take proc_lock. */
static void leave_if_ending(struct thread *self)
{
    struct process *process = self->process;
    if (likely(!process->group_exiting && !process->exec_thread))
        return;
    spin_lock(&proc_lock);
    bool leaves = process->group_exiting || (process->exec_thread && process->exec_thread != self);
    int wait_status = process->group_exiting ? process->exit_status : 0;
    spin_unlock(&proc_lock);
    if (leaves)
        thread_leave(wait_status);
}

/* Takes signals until one has a handler, and carries out the default actions of the others, which
 * may end the thread. The action is copied and, with SA_RESETHAND, reset. The result is the signal,
 * or 0 if nothing is left to deliver. Takes signal_lock; sleeps while the process is stopped. */
static int next_handled(struct thread *self, siginfo_t *info, struct kernel_sigaction *action)
{
    struct process *process = self->process;
    for (;;) {
        leave_if_ending(self);
        if (unlikely(self->trap_due)) {
            tracer_hooks.event(self, TRACE_TRAP, 0);
            continue;
        }
        if (process->stopped)
            stop_if_stopped(process);
        int signal = take_signal(self, info, action);
        if (!signal && self->signal_due)
            continue;
        if (!signal || action->handler > KERNEL_SIG_IGN)
            return signal;
        if (action->handler == KERNEL_SIG_IGN || process->pid == INIT_PID)
            continue;
        enum signal_effect effect = signal_default_effect(signal);
        if (effect == EFFECT_STOP)
            stop_process(process, signal);
        else if (effect == EFFECT_DEATH)
            process_die(info);
    }
}

/* ---- Calls that a signal interrupted ---- */

/* Is this the frame of a call, whose result asks for a restart? A tracer may have changed it to one
 * of no call. */
static bool is_to_restart(const struct trap_frame *frame)
{
    long result = frame->rax;
    return result <= -ERESTARTSYS && result >= -ERESTART_RESTARTBLOCK && trap_of_call(frame);
}

/* Makes the program call again: the instruction SYSCALL is two bytes long. */
static void restart_call(struct trap_frame *frame)
{
    frame->rax = frame->error;
    frame->rip -= 2;
    trap_frame_changed(frame);
}

/* Decides what becomes of an interrupted call when a handler will run. */
static void interrupt_call(struct trap_frame *frame, bool sa_restart)
{
    long result = frame->rax;
    if (!is_to_restart(frame))
        return;
    if (result == -ERESTARTNOINTR || (result == -ERESTARTSYS && sa_restart))
        restart_call(frame);
    else
        frame->rax = -EINTR;
}

/* ---- Delivery ---- */

/* Blocks the signals that the handler of `signal` asks for. Lock: signal_lock held. */
static void enter_handler_mask(struct thread *self, int signal,
                               const struct kernel_sigaction *action)
{
    self->signal_mask |= action->mask & ~FIRM_SIGNALS;
    if (!(action->flags & SA_NODEFER))
        self->signal_mask |= SIGNAL_BIT(signal) & ~FIRM_SIGNALS;
    self->restore_mask = false;
    self->restart_deadline_ns = 0;
    signal_recalculate(self->process, self);
}

/* Makes the thread run the handler when it returns to user mode. If its stack has no room for the
 * frame, it gets SIGSEGV; if that was the handler of SIGSEGV, the process ends. Takes signal_lock.
 */
static void run_handler(struct trap_frame *frame, int signal, const siginfo_t *info,
                        const struct kernel_sigaction *action)
{
    struct thread *self = current_thread();
    uint64_t mask = self->restore_mask ? self->saved_mask : self->signal_mask;
    if (unlikely(self->traced))
        tracer_hooks.event(self, TRACE_HANDLING, 0);
    if (signal_frame_push(frame, action, info, mask) < 0) {
        klog("%s[%d]: no stack for the handler of signal %d at 0x%lx", self->name,
             self->process->pid, signal, frame->rsp);
        if (signal == SIGSEGV) {
            siginfo_t end;
            signal_fill(&end, SIGSEGV, SI_KERNEL, 0, 0);
            process_die(&end);
        }
        signal_fault(SIGSEGV, SI_KERNEL, 0, TRAP_STACK, 0);
        return;
    }
    spin_lock(&self->process->signal_lock);
    enter_handler_mask(self, signal, action);
    spin_unlock(&self->process->signal_lock);
    if (unlikely(self->traced))
        tracer_hooks.event(self, TRACE_HANDLER, 0);
}

/* One round: a handler is set up; or nothing is due any more, and an interrupted call is restarted.
 * May sleep or end the thread. Takes signal_lock. */
static void deliver_one(struct trap_frame *frame, bool from_syscall)
{
    struct thread *self = current_thread();
    struct kernel_sigaction action;
    siginfo_t info;
    int signal = next_handled(self, &info, &action);
    if (unlikely(self->traced))
        from_syscall = trap_of_call(frame);
    if (signal) {
        if (from_syscall)
            interrupt_call(frame, action.flags & SA_RESTART);
        run_handler(frame, signal, &info, &action);
        return;
    }
    if (from_syscall && is_to_restart(frame))
        restart_call(frame);
    if (self->restore_mask) {
        self->restore_mask = false;
        signal_set_mask(self, self->saved_mask);
    }
}

void proc_return_to_user(struct trap_frame *frame, bool from_syscall)
{
    struct thread *self = current_thread();
    do {
        if (this_cpu()->resched)
            sched_preempt();
        bool restarts = from_syscall && is_to_restart(frame);
        if (unlikely(self->n_borrowed))
            annex_hooks.memory_pay(self);
        if (self->signal_due || self->restore_mask || restarts) {
            deliver_one(frame, from_syscall);
            from_syscall = false; /* the frame belongs to a handler now, or to the restarted call */
        }
    } while (proc_work_due(self));
    thread_leave_kernel(self); /* some of the above may have taken long */
}
