/* The end of threads and processes: what they had goes back, children find another parent. */
#include "private.h"

/* ---- Memory of a thread that others look at ---- */

/* Where others share the memory they are told that the thread is gone.
 * Nothing can fail. */
void thread_clear_tid(struct thread *thread)
{
    static const int zero;
    if (proc_hooks.thread_leaves_memory)
        proc_hooks.thread_leaves_memory(thread);
    uaddr_t at = thread->clear_child_tid;
    thread->clear_child_tid = uaddr(0);
    bool shared = thread->process->n_threads > 1 ||
                  __atomic_load_n(&thread->space->refs, __ATOMIC_RELAXED) > 1;
    if (shared && !uaddr_is_null(at) && user_copy_out(at, &zero, sizeof(zero)) == 0 &&
        proc_hooks.word_cleared)
        proc_hooks.word_cleared(thread->space, at.at);
}

/* ---- Children and relatives ---- */

/* Who takes over the children of a process that ends: the nearest ancestor that asked for it, else
 * process 1.
 * NULL only when there is no process 1.
 * proc_lock. */
static struct process *new_parent_locked(struct process *leaver)
{
    struct process *ancestor = leaver->parent;
    for (; ancestor && ancestor->pid != INIT_PID; ancestor = ancestor->parent)
        if (ancestor->subreaper && ancestor->n_threads)
            return ancestor;
    return process_find_locked(INIT_PID);
}

/* Does a parent let ended children vanish without a wait?
 * proc_lock. */
static bool ignores_children(const struct process *parent)
{
    const struct kernel_sigaction *action = signal_action(parent, SIGCHLD);
    return action->handler == KERNEL_SIG_IGN || action->flags & SA_NOCLDWAIT;
}

/* Tells the parent that the process has ended; it stays as a zombie unless the parent does not
 * care. The process may be gone afterwards: the caller has a reference. proc_lock. */
static void announce_end_locked(struct process *process)
{
    int status = process->exit_status;
    bool vanishes = signal_of_end_locked(process) == SIGCHLD && ignores_children(process->parent);
    if (vanishes && signal_action(process->parent, SIGCHLD)->handler == KERNEL_SIG_IGN)
        process->exit_signal = 0;
    signal_tell_parent_locked(process, exit_code_of(status), exit_value_of(status));
    if (vanishes)
        process_reap_locked(process, false);
}

/* The child asked for a signal at its parent's death: the parent sends it, if it may.
 * proc_lock. */
static void send_death_signal_locked(struct process *leaver, struct process *child)
{
    siginfo_t info;
    int signal = child->parent_death_signal;
    if (!signal || signal_may_send_locked(leaver, child, signal) < 0)
        return;
    signal_fill(&info, signal, SI_USER, leaver->pid, leaver->uid);
    signal_send_locked(child, NULL, signal, &info);
}

/* The group of a child that goes to another parent may be left behind by that. It is looked at
 * once, when all children have their new parent: a look is as long as the group. proc_lock. */
static void note_group_locked(const struct process *leaver, const struct process *child,
                              struct list *groups)
{
    struct pid_slot *group = pid_slot_find_locked(child->group);
    if (group_is_tied_locked(child, leaver) && list_empty(&group->lost_tie))
        list_add_tail(groups, &group->lost_tie); /* else another that ends looks at it later */
}

static void give_away_locked(struct process *leaver, struct process *child, struct process *heir)
{
    process_set_parent_locked(child, heir);
    send_death_signal_locked(leaver, child);
    child_remove_locked(child);
    child_add_locked(child);
    child->exit_signal = SIGCHLD;
    if (child->state == PROCESS_ZOMBIE)
        announce_end_locked(child);
}

/* Children that are born meanwhile come too: once there is none there will be none, as nobody makes
 * a process without threads a parent.
 * Nothing can fail.
 * Takes proc_lock; others run in between. */
static void give_away_children(struct process *leaver, struct list *groups)
{
    enum { A_BREATH = 16 };
    struct process *child;
    spin_lock(&proc_lock);
    for (unsigned n = 1; (child = list_first(&leaver->children, struct process, sibling)); n++) {
        note_group_locked(leaver, child, groups);
        give_away_locked(leaver, child, new_parent_locked(leaver));
        if (n % A_BREATH == 0) {
            spin_unlock(&proc_lock);
            (void)cond_resched();
            spin_lock(&proc_lock);
        }
    }
    spin_unlock(&proc_lock);
}

/* Hangs up those of the groups that are left behind, and the process's own.
 * Nothing can fail.
 * Takes proc_lock; others run in between. */
static void look_at_groups(struct process *leaver, struct list *groups)
{
    struct pid_slot *slot;
    spin_lock(&proc_lock);
    bool hang_up = group_is_tied_locked(leaver, leaver->parent) &&
                   group_is_left_behind_locked(leaver->group, leaver);
    int group = leaver->group;
    for (;;) {
        spin_unlock(&proc_lock);
        if (hang_up)
            group_hang_up(group);
        (void)cond_resched();
        spin_lock(&proc_lock);
        slot = list_first(groups, struct pid_slot, lost_tie);
        if (!slot)
            break;
        list_remove(&slot->lost_tie);
        group = (int)slot->node.key;
        hang_up = group_is_left_behind_locked(group, NULL);
    }
    spin_unlock(&proc_lock);
}

/* What others are to hear before they hear that the process has ended.
 * Nothing can fail.
 * Takes proc_lock; others run in between. */
static void leave_relatives(struct process *process)
{
    struct list groups = LIST_INIT(groups);
    give_away_children(process, &groups);
    look_at_groups(process, &groups);
    signal_flush_process(process);
}

/* ---- The process ---- */

/* Ends the machine with process 1.
 * Does not come back.
 * No lock. */
static _Noreturn void end_of_init(int status)
{
    int signal = status & 0x7f;
    dev_finish();
    log_set_level(LOG_ALL_LEVELS); /* the last line is the host's, whatever was set */
    klog("init exited with status %d", signal ? 128 + signal : status >> 8 & 0xff);
    machine_end(MACHINE_OFF);
}

/* Gives back what the process had but for names and descriptors, by its last thread, before anybody
 * hears that it ended.
 * Nothing can fail.
 * No lock; may sleep. */
static void release_belongings(struct thread *self, struct process *process)
{
    mutex_lock(&process->exec_lock);
    struct cred *cred = process->fs.cred;
    struct space *space = process->space;
    struct file *exe = process->exe;
    process->fs.cred = NULL;
    process->space = NULL;
    process->exe = NULL;
    mutex_unlock(&process->exec_lock);
    if (proc_hooks.timers_stop)
        proc_hooks.timers_stop(process); /* from here on nobody sets one: see change_limit */
    cred_unref(cred);
    file_close_exec(exe);
    self->space = NULL; /* it stays loaded until the switch to the next thread */
    space_unref(space);
}

/* The process is a zombie from here on, or nothing.
 * Nothing can fail.
 * Takes proc_lock. */
static void become_zombie(struct process *process)
{
    struct list dropped = LIST_INIT(dropped); /* the few that came since leave_relatives */
    spin_lock(&proc_lock);
    spin_lock(&process->signal_lock);
    signal_discard(&process->queued, &process->pending, ~0ull, &dropped);
    spin_unlock(&process->signal_lock);
    process->stopped = false;
    process->terminal = NULL;
    process->state = PROCESS_ZOMBIE;
    child_changed_locked(process);
    announce_end_locked(process);
    spin_unlock(&proc_lock);
    signal_free_dropped(&dropped, false);
}

/* ---- The thread ---- */

/* The last of a thread, on another stack.
 * Nothing can fail.
 * No lock. */
static void bury_thread(struct thread *thread)
{
    struct process *process = thread->process;
    thread_free(thread);
    if (proc_hooks.thread_buried)
        proc_hooks.thread_buried(process);
    process_unref(process);
}

/* Takes the calling thread out of its process: not while another looks at its names or descriptors.
 * True if it was the last one.
 * Takes exec_lock, proc_lock and signal_lock. */
static bool detach_thread(struct thread *self, struct process *process)
{
    struct list dropped = LIST_INIT(dropped);
    mutex_lock(&process->exec_lock);
    spin_lock(&proc_lock);
    spin_lock(&process->signal_lock);
    signal_flush_thread(self, &dropped);
    list_remove(&self->process_node);
    spin_unlock(&process->signal_lock);
    bool last = --process->n_threads == 0;
    process->fs.n_threads = process->n_threads;
    if (self->tid != process->pid)
        thread_uncount_locked(process);
    if (self->tid == process->pid)
        process->nice = self->nice;
    struct usage usage = thread_usage(self);
    usage_add(&process->ended_usage, &usage);
    struct pid_slot *slot = pid_slot_find_locked(self->tid);
    slot->thread = NULL;
    pid_slot_put_locked(slot);
    vfork_release_locked(self);
    wake_all(&process->resumed); /* exec may wait to be alone */
    if (!last && process->pending & ~self->signal_mask && !process->group_exiting)
        signal_recalculate_all_locked(process); /* this one may have been the one to take it */
    spin_unlock(&proc_lock);
    mutex_unlock(&process->exec_lock);
    signal_free_dropped(&dropped, true);
    return last;
}

_Noreturn void thread_leave(void)
{
    struct thread *self = current_thread();
    struct process *process = self->process;
    thread_clear_tid(self);
    if (self->tracing)
        trace_hooks->ended(self, process->exit_status);
    fs_context_release(&self->fs); /* closes files: before wait or exec hears that it has ended */
    bool last = detach_thread(self, process);
    tracing_end(self, last);
    if (last) {
        if (process->pid == INIT_PID)
            end_of_init(process->exit_status);
        session_end(process);
        release_belongings(self, process);
        leave_relatives(process);
    }
    thread_exit_begin();
    if (last)
        become_zombie(process);
    thread_exit(bury_thread);
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

_Noreturn void process_exit(int wait_status)
{
    struct thread *self = current_thread();
    spin_lock(&proc_lock);
    process_end_locked(self->process, self, wait_status);
    spin_unlock(&proc_lock);
    thread_leave();
}

/* Begins the end of the process and waits until the other threads are gone, so that its memory
 * holds still.
 * False if another thread was first to end it, or is to be the only one in exec.
 * Takes proc_lock and signal_lock; sleeps. */
static bool end_alone(struct thread *self, int signal)
{
    struct process *process = self->process;
    spin_lock(&proc_lock);
    bool first = !process->group_exiting && !process->exec_thread;
    if (first) {
        process_end_locked(process, self, signal);
        process->dumping = true;
        spin_lock(&process->signal_lock);
        self->kill_due = false; /* another signal that would have been deadly comes too late */
        spin_unlock(&process->signal_lock);
    }
    while (first && process->n_threads > 1)
        wait_on_spin(&process->resumed, &proc_lock, WAIT_FIRM, NO_DEADLINE, "core");
    spin_unlock(&proc_lock);
    return first;
}

_Noreturn void process_die(const siginfo_t *info)
{
    struct thread *self = current_thread();
    struct process *process = self->process;
    if (!core_is_wanted(process, info->si_signo) || !end_alone(self, info->si_signo))
        process_exit(info->si_signo);
    bool dumped = core_dump(self, info);
    spin_lock(&proc_lock);
    if (dumped && !self->kill_due)
        process->exit_status |= WCOREFLAG;
    process->dumping = false;
    spin_unlock(&proc_lock);
    thread_leave();
}

/* Ends all other threads of the process, for exec; the caller becomes the one with the process's
 * number.
 * 0, or -EAGAIN when another thread was first to end the process or to do the same.
 * Takes proc_lock; sleeps until they are gone. */
int threads_kill_others(struct thread *self)
{
    struct process *process = self->process;
    spin_lock(&proc_lock);
    if (process->group_exiting || process->exec_thread) {
        spin_unlock(&proc_lock);
        return -EAGAIN;
    }
    process->exec_thread = self;
    signal_kill_all_locked(process, self);
    while (process->n_threads > 1)
        wait_on_spin(&process->resumed, &proc_lock, WAIT_FIRM, NO_DEADLINE, "exec");
    process->exec_thread = NULL;
    if (self->tid != process->pid) {
        struct pid_slot *own = pid_slot_find_locked(self->tid);
        own->thread = NULL;
        pid_slot_put_locked(own);
        self->tid = process->pid;
        pid_slot_find_locked(process->pid)->thread = self;
        thread_uncount_locked(process);
    }
    spin_unlock(&proc_lock);
    signal_set_mask(self, self->signal_mask); /* is anything due that still counts? */
    return 0;
}

/* ---- Calls ---- */

long sys_exit(struct thread *self, int status)
{
    struct process *process = self->process;
    spin_lock(&proc_lock);
    if (!process->group_exiting)
        process->exit_status = W_EXITCODE(status & 0xff, 0);
    spin_unlock(&proc_lock);
    thread_leave();
}

long sys_exit_group(struct thread *self, int status)
{
    (void)self;
    process_exit(W_EXITCODE(status & 0xff, 0));
}
