/* Tracers and tracees: how tracing begins, which thread may trace, and how it ends.
 *
 * A tracer is a thread; the threads that it traces are in its list `tracees`. Both ends of the link
 * change only with proc_lock held. A thread that may look into a process may trace it. This is
 * checked with the process's exec_lock held, so that no exec gives it other rights between the
 * check and the link. An exec that has begun before finds the tracer when it takes effect: then the
 * program gets no more rights than its user has, or it loses the tracer (TRACE_GAINED). */
/* SPDX-License-Identifier: MIT */
#include "local.h"

/* ---- Rights ---- */

bool ptrace_may_look(const struct process *process, bool real)
{
    if (process == current_process())
        return true;
    struct cred *cred = fs_cred(&current_thread()->fs);
    uint32_t uid = real ? cred->uid : cred->fsuid, gid = real ? cred->gid : cred->fsgid;
    bool root = cred->euid == 0;
    cred_unref(cred);
    return root || (process->dumpable == 1 && uid == process->uid && uid == process->euid &&
                    uid == process->suid && gid == process->gid && gid == process->egid &&
                    gid == process->sgid);
}

bool tracer_limits(const struct thread *self)
{
    spin_lock(&proc_lock);
    bool limits = self->traced && !self->tracee->rights;
    spin_unlock(&proc_lock);
    return limits;
}

/* ---- Links ---- */

/* The process, when it is the first thread that is linked, knows of the tracer, too. */
static void set_process_tracer_locked(struct process *process, struct process *tracer)
{
    process->tracer = tracer;
    child_changed_locked(process);
}

static void link_locked(struct tracee *tracee, struct thread *tracer, bool is_first)
{
    struct thread *thread = tracee->thread;
    tracee->tracer = tracer;
    list_add_tail(&tracer->tracees, &tracee->node);
    tracer->process->n_tracees++;
    tracee->process->n_traced++;
    thread->traced = true;
    thread->tracer_tid = tracer->tid;
    if (is_first)
        set_process_tracer_locked(tracee->process, tracer->process);
}

/* What counts for one tracer only. */
static void reset_locked(struct tracee *tracee)
{
    tracee->seized = tracee->rights = tracee->calls = false;
    tracee->stop_due = tracee->notify_due = false;
    tracee->options = 0;
    tracee->born = tracee->wait_status = 0;
}

/* An ended thread has no tracer any more. If its process is a zombie the parent now hears of it. */
static void release_ended_locked(struct tracee *tracee, const struct process *tracer)
{
    struct process *process = tracee->process;
    bool is_first = tracee->tid == process->pid;
    process_ref(process);
    if (is_first)
        set_process_tracer_locked(process, NULL);
    tracee_free_ended_locked(tracee);
    if (is_first && process->state == PROCESS_ZOMBIE && tracer != process->parent)
        announce_end_locked(process);
    process_unref(process);
}

/* Takes it out of its tracer's lists. */
static void take_out_locked(struct tracee *tracee)
{
    tracee_untell_locked(tracee);
    list_remove(&tracee->node);
    tracee->tracer->process->n_tracees--;
    tracee->tracer = NULL;
}

void tracee_unlink_locked(struct tracee *tracee)
{
    struct thread *thread = tracee->thread;
    const struct process *tracer = tracee->tracer->process;
    bool unheard = !list_empty(&tracee->told_node);
    take_out_locked(tracee);
    if (!thread) {
        release_ended_locked(tracee, tracer);
        return;
    }
    if (unheard && tracee->takes_signal)
        tracee->signal = tracee->code;
    tracee->process->n_traced--;
    thread->traced = false;
    thread->tracer_tid = 0;
    reset_locked(tracee);
    if (thread->trapped)
        tracee_set_step_locked(tracee, false);
    if (thread->tid == tracee->process->pid)
        set_process_tracer_locked(tracee->process, NULL);
    tracee_wake_locked(tracee);
    tracee_trap_locked(tracee); /* perhaps it is to stop with its process */
}

/* ---- Beginning ---- */

/* Makes a record for the thread, which the thread keeps. False if memory is out. Lock: proc_lock
 * held. */
static bool have_record_locked(struct thread *thread)
{
    if (!thread->tracee)
        thread->tracee = tracee_create(thread);
    return thread->tracee;
}

/* The thread that made the caller's process; if it is gone, the parent's first. */
static struct thread *parent_thread_locked(const struct process *process)
{
    struct process *parent = process->parent;
    struct pid *slot = pid_find_locked(process->parent_tid);
    if (slot && slot->thread && slot->thread->process == parent)
        return slot->thread;
    return list_first(&parent->threads, struct thread, process_node);
}

long ptrace_me(struct thread *self)
{
    struct process *process = self->process;
    long result = -EPERM;
    spin_lock(&proc_lock);
    struct thread *tracer = process->parent ? parent_thread_locked(process) : NULL;
    bool may = tracer && (process->euid != 0 || tracer->process->euid == 0);
    if (!self->traced && may && !have_record_locked(self)) {
        result = -ENOMEM;
    } else if (!self->traced && may) {
        reset_locked(self->tracee);
        self->tracee->rights = process->euid == 0; /* as on Linux: its own, for it asked */
        link_locked(self->tracee, tracer, self->tid == process->pid);
        result = 0;
    }
    spin_unlock(&proc_lock);
    return result;
}

/* Links, and makes it stop if it is to. The process's exec_lock is held: it is the one that the
 * caller may trace. */
static long attach_locked(struct thread *self, struct thread *thread, bool seizes, uint32_t options)
{
    siginfo_t info;
    struct process *process = thread->process;
    if (thread->traced || process == self->process)
        return -EPERM;
    if (!have_record_locked(thread))
        return -ENOMEM;
    struct tracee *tracee = thread->tracee;
    reset_locked(tracee);
    tracee->seized = seizes;
    tracee->options = options;
    tracee->rights = self->process->euid == 0;
    link_locked(tracee, self, thread->tid == process->pid);
    signal_fill(&info, SIGSTOP, SI_KERNEL, 0, 0);
    if (!seizes)
        signal_send_locked(process, thread, SIGSTOP, &info);
    if (process->stopped) { /* from here on it stops for its tracer */
        tracee->stop_due = true;
        wake_all(&process->resumed);
    }
    tracee_trap_locked(tracee);
    return 0;
}

long ptrace_attach(struct thread *self, int tid, bool seizes, uint64_t options)
{
    struct process *process = process_get(tid);
    if (!process)
        return -ESRCH;
    mutex_lock(&process->exec_lock);
    long result = ptrace_may_look(process, true) ? 0 : -EPERM;
    spin_lock(&proc_lock);
    struct pid *slot = pid_find_locked(tid);
    struct thread *thread = slot ? slot->thread : NULL;
    if (!result && (!thread || thread->process != process || !process->space))
        result = -EPERM; /* a zombie */
    if (!result)
        result = attach_locked(self, thread, seizes, (uint32_t)options);
    spin_unlock(&proc_lock);
    mutex_unlock(&process->exec_lock);
    process_unref(process);
    return result;
}

/* ---- Children ---- */

/* Which event a clone is, if the tracer wants to know of it; else 0. */
static int event_of(const struct tracee *tracee, uint64_t flags, int exit_signal)
{
    int event = flags & CLONE_UNTRACED   ? 0
                : flags & CLONE_VFORK    ? PTRACE_EVENT_VFORK
                : exit_signal != SIGCHLD ? PTRACE_EVENT_CLONE
                                         : PTRACE_EVENT_FORK;
    return event && tracee->options & 1u << event ? event : 0;
}

bool tracer_bears(struct thread *self, struct thread *child, uint64_t flags, int exit_signal)
{
    const struct tracee *own = self->tracee;
    self->tracee->born = event_of(own, flags, exit_signal);
    if (!own->born && !(flags & CLONE_PTRACE))
        return true;
    if (!have_record_locked(child))
        return false;
    struct tracee *tracee = child->tracee;
    tracee->seized = own->seized;
    tracee->options = own->options;
    tracee->rights = own->rights;
    link_locked(tracee, own->tracer, !(flags & CLONE_THREAD));
    if (own->seized) {
        tracee->stop_due = child->trap_due = child->signal_due = true;
    } else {
        child->signal_pending |= SIGNAL_BIT(SIGSTOP);
        child->signal_due = true;
    }
    return true;
}

/* ---- Ends ---- */

static void let_go_locked(struct tracee *tracee)
{
    if (tracee->options & PTRACE_O_EXITKILL && tracee->thread)
        signal_send_kernel_locked(tracee->process, SIGKILL);
    tracee_unlink_locked(tracee);
}

/* There may be thousands. What they bear meanwhile comes to the list, too. */
void tracer_lets_go(struct thread *self)
{
    enum { A_BREATH = 16 };
    spin_lock(&proc_lock);
    struct tracee *tracee;
    for (unsigned n = 1; (tracee = list_first(&self->tracees, struct tracee, node)); n++) {
        let_go_locked(tracee);
        if (n % A_BREATH == 0) {
            spin_unlock(&proc_lock);
            (void)cond_resched();
            spin_lock(&proc_lock);
        }
    }
    spin_unlock(&proc_lock);
}

/* A traced thread leaves: its tracer is to wait for its end, so its number stays. */
static void end_locked(struct thread *self, struct tracee *own)
{
    struct process *process = own->process;
    process_ref(process);
    process->n_traced--;
    own->tid = self->tid;
    if (process->group_exiting)
        own->wait_status = process->exit_status;
    own->thread = NULL;
    own->state = TRACEE_ENDED;
    pid_find_locked(own->tid)->ended = own;
    if (own->tid != process->pid)
        tracee_tell_end_locked(own);
}

static void leave_locked(struct thread *self)
{
    struct tracee *own = self->tracee, *tracee;
    /* A traced child may have asked since the others were let go. */
    while ((tracee = list_first(&self->tracees, struct tracee, node)))
        let_go_locked(tracee);
    self->tracee = NULL;
    if (own && self->traced)
        end_locked(self, own);
    else if (own)
        tracee_free(own);
    self->traced = self->trap_due = false;
}

/* exec made a thread the process's first. Of the one that it was before the tracer hears no more.
 */
static void renumber_locked(struct process *process, struct thread *self)
{
    struct tracee *former = pid_find_locked(process->pid)->ended;
    if (former) {
        take_out_locked(former);
        tracee_free_ended_locked(former);
    }
    set_process_tracer_locked(process, self->traced ? self->tracee->tracer->process : NULL);
}

/* Threads of a process that are traced stop when it does, unless SIGCONT comes first. */
static void stop_all_locked(struct process *process, bool stops)
{
    struct thread *thread;
    list_for_each(thread, &process->threads, process_node) {
        if (!thread->traced)
            continue;
        struct tracee *tracee = thread->tracee;
        tracee->stop_due = stops || (tracee->stop_due && tracee->seized);
        tracee->notify_due = tracee->notify_due || (!stops && tracee->seized);
        tracee_trap_locked(tracee);
    }
}

void tracer_change(enum trace_change change, struct process *process, struct thread *thread)
{
    struct tracee *first;
    switch (change) {
    case TRACE_LEFT: leave_locked(thread); break;
    case TRACE_RENUMBERED: renumber_locked(process, thread); break;
    case TRACE_GAINED:
        if (thread->traced && !thread->tracee->rights)
            tracee_unlink_locked(thread->tracee);
        break;
    case TRACE_STOPPED: stop_all_locked(process, true); break;
    case TRACE_CONTINUED: stop_all_locked(process, false); break;
    case TRACE_ZOMBIE:
        first = pid_find_locked(process->pid)->ended;
        first->wait_status = process->exit_status;
        tracee_tell_end_locked(first);
        break;
    case TRACE_REAPED:
        first = pid_find_locked(process->pid)->ended;
        take_out_locked(first);
        process->tracer = NULL;
        tracee_free_ended_locked(first);
        break;
    }
}
