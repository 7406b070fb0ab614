/* Sending signals: a signal becomes pending for a process or a thread, and a thread is woken for
 * it.
 *
 * A signal is pending while its bit is set, in the process (any thread may take it) or in a thread.
 * Its siginfo is in a queue beside the bits. Standard signals are pending at most once; real-time
 * signals are queued as often as they are sent. The items of a queue are paid for by the receiver's
 * user (RLIMIT_SIGPENDING). There may be thousands of one signal, so the queue lists only the first
 * of each number, and the others are in a ring with it: to find the first takes at most 64 steps.
 *
 * The steps of signal_send_locked(), which has proc_lock, so that the process and its threads stay:
 * - SIGCONT continues a stopped process at once, even if it is blocked or ignored. It also removes
 *   pending stop signals, and a stop signal removes a pending SIGCONT.
 * - A signal that would be ignored is dropped. A blocked one is kept, because its action may change
 *   before it is unblocked.
 * - It is queued, and its bit is set.
 * - A thread is chosen that does not block it: if possible the current one, which needs no wake-up.
 *   The thread gets `signal_due`, and is woken if its sleep is one that signals end.
 * - If the signal will kill the process anyway, the end begins now: no delivery can come before it.
 *
 * Each return to user mode reads `signal_due`, and not the masks and bits themselves. So it must be
 * true whenever the thread has something to deliver. signal_recalculate() computes it anew, and
 * must be called after each change of what it depends on.
 *
 * The fields of signals are guarded by the process's signal_lock. The receiver takes only that; the
 * sender takes it inside proc_lock. */
/* SPDX-License-Identifier: MIT */
#include "private.h"

static OBJECT_CACHE(pending_cache, struct pending_signal);

enum signal_effect signal_default_effect(int signal)
{
    switch (signal) {
    case SIGCHLD:
    case SIGURG:
    case SIGWINCH: return EFFECT_IGNORE;
    case SIGSTOP:
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU: return EFFECT_STOP;
    case SIGCONT: return EFFECT_CONTINUE;
    default: return EFFECT_DEATH;
    }
}

void signal_fill(siginfo_t *info, int signal, int code, int pid, uint32_t uid)
{
    memset(info, 0, sizeof(*info));
    info->si_signo = signal;
    info->si_code = code;
    info->si_pid = pid;
    info->si_uid = uid;
}

/* ---- Queues ---- */

static void free_item(struct pending_signal *item)
{
    __atomic_fetch_sub(&item->user->n_signals, 1, __ATOMIC_RELAXED);
    user_unref(item->user);
    object_free(&pending_cache, item);
}

/* Makes an item of a queue; the receiver's user pays for it. As on Linux, a standard signal from
 * the kernel or from kill gets one also beyond RLIMIT_SIGPENDING, since each is pending at most
 * once. The others leave some memory: root may raise its limit, and items are not among the pages
 * by which the process to kill is chosen when memory is out. NULL if the limit is reached or memory
 * is short. Lock: proc_lock held. */
static struct pending_signal *make_item(struct process *process, int signal, int code)
{
    struct user *user = process->user;
    bool always = signal < KERNEL_SIGRTMIN && code >= 0;
    uint32_t n = __atomic_add_fetch(&user->n_signals, 1, __ATOMIC_RELAXED);
    struct pending_signal *item = NULL;
    if (always || (n <= process->limits[RLIMIT_SIGPENDING].rlim_cur && !memory_is_tight()))
        item = object_alloc(&pending_cache);
    if (!item) {
        __atomic_fetch_sub(&user->n_signals, 1, __ATOMIC_RELAXED);
        return NULL;
    }
    user_ref(user);
    item->user = user;
    return item;
}

/* The first item of a signal in a queue, or NULL. Takes as many steps as there are other signals in
 * it. */
static struct pending_signal *first_of(struct list *queue, int signal)
{
    struct pending_signal *item;
    list_for_each(item, queue, node)
        if (item->info.si_signo == signal)
            return item;
    return NULL;
}

/* Adds an item to a queue. */
static void queue_add(struct list *queue, struct pending_signal *item)
{
    struct pending_signal *first = first_of(queue, item->info.si_signo);
    list_init(&item->ring);
    list_init(&item->node);
    if (first)
        list_add_tail(&first->ring, &item->ring);
    else
        list_add_tail(queue, &item->node);
}

/* Removes the first item of its signal from a queue. True if there are more of the signal. */
static bool queue_take(struct list *queue, struct pending_signal *first)
{
    struct pending_signal *next = list_first(&first->ring, struct pending_signal, ring);
    list_remove(&first->node);
    list_remove(&first->ring); /* the others stay connected as a ring */
    if (next)
        list_add_tail(queue, &next->node);
    return next;
}

void signal_discard(struct list *queue, uint64_t *pending, uint64_t which, struct list *dropped)
{
    struct pending_signal *item, *spare;
    if (!(*pending & which))
        return;
    *pending &= ~which;
    list_for_each_safe(item, spare, queue, node) {
        if (!(which & SIGNAL_BIT(item->info.si_signo)))
            continue;
        list_remove(&item->node);
        list_add_tail(dropped, &item->node);
    }
}

void signal_free_dropped(struct list *dropped, bool may_breathe)
{
    enum { A_BREATH = 256 };
    struct pending_signal *item;
    for (unsigned n = 1; (item = list_first(dropped, struct pending_signal, node)); n++) {
        queue_take(dropped, item);
        free_item(item);
        if (may_breathe && n % A_BREATH == 0)
            (void)cond_resched();
    }
}

/* Drops pending signals of the process and of its threads. Only for standard signals, of which
 * there are few. Lock: proc_lock and signal_lock held. */
static void discard_everywhere(struct process *process, uint64_t which)
{
    struct thread *thread;
    struct list dropped = LIST_INIT(dropped);
    signal_discard(&process->queued, &process->pending, which, &dropped);
    list_for_each(thread, &process->threads, process_node)
        signal_discard(&thread->queued, &thread->signal_pending, which, &dropped);
    signal_free_dropped(&dropped, false);
}

void signal_flush_thread(struct thread *thread, struct list *dropped)
{
    signal_discard(&thread->queued, &thread->signal_pending, ~0ull, dropped);
}

void signal_flush_process(struct process *process)
{
    struct list dropped = LIST_INIT(dropped);
    spin_lock(&process->signal_lock);
    signal_discard(&process->queued, &process->pending, ~0ull, &dropped);
    spin_unlock(&process->signal_lock);
    signal_free_dropped(&dropped, true);
}

/* Adds a signal to a queue and sets its bit. If there is no room for its siginfo, it is pending
 * without. 0, or -EAGAIN if a real-time signal would lose its siginfo. Lock: signal_lock held. */
static int enqueue(struct process *process, struct list *queue, uint64_t *pending, int signal,
                   const siginfo_t *info)
{
    struct pending_signal *item = make_item(process, signal, info->si_code);
    bool tells = info->si_code != SI_USER && info->si_code != SI_KERNEL;
    if (!item && signal >= KERNEL_SIGRTMIN && tells)
        return -EAGAIN;
    if (item) {
        item->info = *info;
        item->info.si_signo = signal;
        queue_add(queue, item);
    }
    *pending |= SIGNAL_BIT(signal);
    return 0;
}

/* Removes the first item of a pending signal and clears the bit if there are no more. *info is
 * filled; if the signal was pending without an item, it says that a user has sent it. Lock:
 * signal_lock held. */
static void dequeue(struct list *queue, uint64_t *pending, int signal, siginfo_t *info)
{
    struct pending_signal *first = first_of(queue, signal);
    bool more = first && queue_take(queue, first);
    if (!more)
        *pending &= ~SIGNAL_BIT(signal);
    if (!first) {
        signal_fill(info, signal, SI_USER, 0, 0);
        return;
    }
    *info = first->info;
    free_item(first);
}

int signal_take(struct thread *thread, uint64_t wanted, siginfo_t *info)
{
    static const uint64_t faults = SIGNAL_BIT(SIGSEGV) | SIGNAL_BIT(SIGBUS) | SIGNAL_BIT(SIGILL) |
                                   SIGNAL_BIT(SIGTRAP) | SIGNAL_BIT(SIGFPE) | SIGNAL_BIT(SIGSYS);
    struct process *process = thread->process;
    uint64_t own = thread->signal_pending & wanted, shared = process->pending & wanted;
    if (own & faults)
        own &= faults;
    if (!own && !shared)
        return 0;
    int signal = __builtin_ctzll(own ? own : shared) + 1;
    if (own)
        dequeue(&thread->queued, &thread->signal_pending, signal, info);
    else
        dequeue(&process->queued, &process->pending, signal, info);
    return signal;
}

/* ---- Which thread must look ---- */

/* The signals that a thread takes now: those that it does not block, and those that it waits for
 * (sigtimedwait). */
static uint64_t deliverable(const struct thread *thread)
{
    return ~thread->signal_mask | thread->signal_awaited;
}

void signal_recalculate(struct process *process, struct thread *thread)
{
    uint64_t pending = thread->signal_pending | process->pending;
    bool kill = process->group_exiting || pending & SIGNAL_BIT(SIGKILL) ||
                (process->exec_thread && process->exec_thread != thread);
    __atomic_store_n(&thread->kill_due, kill, __ATOMIC_RELAXED);
    bool stops = thread->trap_due || (process->stopped && !thread->traced);
    __atomic_store_n(&thread->signal_due, kill || stops || pending & deliverable(thread),
                     __ATOMIC_RELEASE);
}

/* Computes anew for each thread if a signal is due, and wakes those for which one is. Takes
 * signal_lock. */
void signal_recalculate_all_locked(struct process *process)
{
    struct thread *thread;
    spin_lock(&process->signal_lock);
    list_for_each(thread, &process->threads, process_node) {
        signal_recalculate(process, thread);
        if (thread->signal_due && thread != current_thread())
            thread_interrupt(thread, thread->kill_due ? WAIT_KILL : WAIT_SIGNALS);
    }
    spin_unlock(&process->signal_lock);
}

/* Makes a thread look at its signals before it returns to user mode, and wakes it from a sleep that
 * signals end. Lock: proc_lock and signal_lock held. */
static void notify_thread(struct thread *thread, bool kill)
{
    if (kill)
        __atomic_store_n(&thread->kill_due, true, __ATOMIC_RELAXED);
    __atomic_store_n(&thread->signal_due, true, __ATOMIC_RELEASE);
    if (thread != current_thread())
        thread_interrupt(thread, kill ? WAIT_KILL : WAIT_SIGNALS);
}

void signal_kill_all_locked(struct process *process, struct thread *spared)
{
    struct thread *thread;
    spin_lock(&process->signal_lock);
    list_for_each(thread, &process->threads, process_node)
        if (!spared || thread != spared)
            notify_thread(thread, true);
    spin_unlock(&process->signal_lock);
}

/* Chooses the thread that is to take a signal: the one that it is for; for a signal to the process,
 * the current thread if it does not block it, otherwise the first thread that does not. NULL if
 * none can take it now. Lock: proc_lock and signal_lock held. */
static struct thread *choose_thread(struct process *process, struct thread *only, int signal)
{
    struct thread *self = current_thread(), *thread;
    if (process->stopped && signal != SIGKILL && !process->n_traced)
        return NULL;
    if (only)
        return deliverable(only) & SIGNAL_BIT(signal) ? only : NULL;
    if (self && self->process == process && deliverable(self) & SIGNAL_BIT(signal))
        return self;
    list_for_each(thread, &process->threads, process_node)
        if (deliverable(thread) & SIGNAL_BIT(signal) && (!thread->trapped || signal == SIGKILL))
            return thread;
    return NULL;
}

/* Would the signal have no effect? A blocked one is kept, because its action may change before it
 * is unblocked. Process 1 gets only signals for which it has a handler. Lock: signal_lock held. */
static bool is_ignored(struct process *process, struct thread *thread, int signal)
{
    uint64_t handler = signal_action(process, signal)->handler;
    if (thread && (thread->signal_mask | thread->signal_awaited) & SIGNAL_BIT(signal))
        return false;
    if (thread && thread->traced && signal != SIGKILL)
        return false; /* the tracer decides */
    if (handler != KERNEL_SIG_DFL)
        return handler == KERNEL_SIG_IGN;
    enum signal_effect effect = signal_default_effect(signal);
    return effect == EFFECT_IGNORE || effect == EFFECT_CONTINUE || process->pid == INIT_PID;
}

/* ---- Sending ---- */

static bool is_deadly(const struct process *process, int signal)
{
    return signal_action(process, signal)->handler == KERNEL_SIG_DFL &&
           signal_default_effect(signal) == EFFECT_DEATH;
}

/* Does the signal end the process at once, when it is sent? On Linux a deadly signal that can be
 * delivered does. So it is the one that wait reports, even if other signals are delivered before
 * it. A signal with a core dump does not, nor one that is waited for or watched. Lock: signal_lock
 * held. */
static bool ends_at_once(const struct process *process, const struct thread *receiver, int signal)
{
    if (signal == SIGKILL)
        return true;
    return is_deadly(process, signal) && process->pid != INIT_PID && !receiver->traced &&
           !((receiver->signal_mask | CORE_SIGNALS) & SIGNAL_BIT(signal));
}

/* SIGCONT continues a stopped process when it is sent, whatever its action is. */
/* NOLINTNEXTLINE(misc-no-recursion): SIGCHLD at most, once SIGCONT was sent */
static void resume_locked(struct process *process)
{
    process->stop_dequeued = false;
    if (!process->stopped)
        return;
    process->stopped = false;
    process->stop_unreported = false;
    process->continue_unreported = true;
    child_changed_locked(process);
    wake_all(&process->resumed);
    signal_tell_parent_locked(process, CLD_CONTINUED, SIGCONT);
}

void process_end_locked(struct process *process, struct thread *self, int wait_status)
{
    if (process->dumping && wait_status == SIGKILL) {
        process->exit_status = wait_status;
        signal_kill_all_locked(process, NULL);
    }
    if (process->group_exiting)
        return;
    process->group_exiting = true;
    process->exit_status = wait_status;
    process->continue_unreported = false;
    child_changed_locked(process);
    if (!self || process->n_threads > 1)
        signal_kill_all_locked(process, self);
}

/* NOLINTNEXTLINE(misc-no-recursion): SIGCHLD at most, once SIGCONT was sent */
int signal_send_locked(struct process *process, struct thread *thread, int signal,
                       const siginfo_t *info)
{
    int err = 0;
    bool ends = false;
    if (process->state != PROCESS_ALIVE || (process->dumping && signal != SIGKILL))
        return 0;
    if (signal == SIGCONT)
        resume_locked(process);
    if (signal == SIGCONT && unlikely(process->n_traced))
        tracer_hooks.change(TRACE_CONTINUED, process, NULL);
    spin_lock(&process->signal_lock);
    if (SIGNAL_BIT(signal) & STOP_SIGNALS)
        discard_everywhere(process, SIGNAL_BIT(SIGCONT));
    if (signal == SIGCONT)
        discard_everywhere(process, STOP_SIGNALS);
    struct thread *target =
        thread ? thread : list_first(&process->threads, struct thread, process_node);
    struct list *queue = thread ? &thread->queued : &process->queued;
    uint64_t *pending = thread ? &thread->signal_pending : &process->pending;
    bool waits_already = signal < KERNEL_SIGRTMIN && *pending & SIGNAL_BIT(signal);
    if (!waits_already && !is_ignored(process, target, signal)) {
        err = enqueue(process, queue, pending, signal, info);
        struct thread *receiver = err ? NULL : choose_thread(process, thread, signal);
        ends = receiver && ends_at_once(process, receiver, signal);
        if (receiver && !ends)
            notify_thread(receiver, is_deadly(process, signal) && !receiver->traced);
    }
    spin_unlock(&process->signal_lock);
    if (ends)
        process_end_locked(process, NULL, signal);
    return err;
}

void signal_send_kernel_locked(struct process *process, int signal)
{
    siginfo_t info;
    signal_fill(&info, signal, SI_KERNEL, 0, 0);
    signal_send_locked(process, NULL, signal, &info);
}

int signal_send_thread(struct thread *thread, int signal, const siginfo_t *info)
{
    spin_lock(&proc_lock);
    int err = signal_send_locked(thread->process, thread, signal, info);
    spin_unlock(&proc_lock);
    return err;
}

/* The signal that a child sends its parent at its end. Its number was chosen by the program that
 * called clone; if the parent has executed another program since, which may have other rights, it
 * is SIGCHLD. */
int signal_of_end_locked(const struct process *process)
{
    return process->parent_n_execs == process->parent->n_execs ? process->exit_signal : SIGCHLD;
}

/* Tells the parent what has happened to its child. For one that stopped or was continued: SIGCHLD,
 * unless the parent has set SA_NOCLDSTOP. For one that ended: its exit signal. wait learns of it in
 * any case. */
/* NOLINTNEXTLINE(misc-no-recursion): SIGCHLD at most, once SIGCONT was sent */
void signal_tell_parent_locked(struct process *process, int code, int status)
{
    struct process *parent = process->parent;
    bool ended = code == CLD_EXITED || code == CLD_KILLED || code == CLD_DUMPED;
    int signal = ended ? signal_of_end_locked(process) : SIGCHLD;
    if (!parent)
        return;
    const struct kernel_sigaction *action = signal_action(parent, SIGCHLD);
    if (signal && (ended || !(action->flags & SA_NOCLDSTOP))) {
        siginfo_t info;
        struct usage usage = process_usage_locked(process);
        signal_fill(&info, signal, code, process->pid, process->uid);
        info.si_status = status;
        info.si_utime = usage.user_ns / 10000000;
        info.si_stime = usage.system_ns / 10000000;
        signal_send_locked(parent, NULL, signal, &info);
    }
    wake_all(&parent->child_events);
}

void proc_raise(int signal)
{
    siginfo_t info;
    signal_fill(&info, signal, SI_USER, current_process()->pid, current_process()->uid);
    signal_send_thread(current_thread(), signal, &info);
}
