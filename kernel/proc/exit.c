/* The end of threads and processes: what they had is freed, and children get another parent.
 *
 * A process ends in three ways: it calls exit_group, its last thread calls exit, or a signal kills
 * it. The first and the third begin in process_end_locked(), beside the sending of signals: it sets
 * `group_exiting` and the exit status, and makes all other threads leave (kill_due). Each thread
 * ends itself, in thread_leave(), because only it knows what it holds: it is woken from its sleep,
 * returns through the functions that it has called, which release what they have, and leaves on its
 * way to user mode. Only the first end counts.
 *
 * What thread_leave() does, in this order:
 * - It clears the word of CLONE_CHILD_CLEARTID, so that pthread_join returns.
 * - It closes the files, if no other thread shares them. The parent must not hear of the end
 *   before: it might expect the end of a pipe that is still open.
 * - It leaves the process's list of threads (detach_thread).
 * - If it was the last, it frees what the process had, gives the children to another parent, and
 *   makes the process a zombie, which tells the parent.
 * - It switches to another thread, which frees the stack of this one (bury_thread): a thread cannot
 *   free the stack on which it runs.
 *
 * An orphan, a child whose parent ends, gets the nearest ancestor that is a subreaper as its new
 * parent, otherwise process 1. A zombie among the children is announced to the new parent, which
 * reaps it. A process may have tens of thousands of children, so they are given away in pieces, and
 * proc_lock is released between them. That is safe because the process has no threads any more: it
 * can get no new child, except from a fork with CLONE_PARENT by one of its children, which is found
 * at the end of the list.
 *
 * The end may also orphan process groups. give_away_children() collects those that may be
 * concerned, and look_at_groups() then sends SIGHUP and SIGCONT to those that are orphaned and have
 * stopped members. */
/* SPDX-License-Identifier: MIT */
#include "private.h"

/* ---- Those that wait for the end of a thread ---- */

/* Clears the word of CLONE_CHILD_CLEARTID and wakes waiters, if other threads or processes share
 * the memory. */
void thread_clear_tid(struct thread *thread)
{
    static const int zero;
    if (annex_hooks.thread_leaves_memory)
        annex_hooks.thread_leaves_memory(thread);
    uaddr_t at = thread->clear_child_tid;
    thread->clear_child_tid = uaddr(0);
    bool shared = thread->process->n_threads > 1 ||
                  __atomic_load_n(&thread->space->refs, __ATOMIC_RELAXED) > 1;
    if (shared && !uaddr_is_null(at) && user_copy_out(at, &zero, sizeof(zero)) == 0 &&
        annex_hooks.word_cleared)
        annex_hooks.word_cleared(thread->space, at.at);
}

void vfork_release_locked(struct thread *thread)
{
    struct vfork_wait *vfork = thread->vfork;
    if (!vfork)
        return;
    thread->vfork = NULL;
    vfork->over = true;
    wake_all(&vfork->done);
}

/* ---- Children and relatives ---- */

/* The new parent for the children of a process that ends: the nearest ancestor that is a subreaper,
 * otherwise process 1. NULL only if there is no process 1. */
static struct process *new_parent_locked(struct process *leaver)
{
    struct process *ancestor = leaver->parent;
    for (; ancestor && ancestor->pid != INIT_PID; ancestor = ancestor->parent)
        if (ancestor->subreaper && ancestor->n_threads)
            return ancestor;
    return process_find_locked(INIT_PID);
}

/* Has the parent said that its children need not be waited for? */
static bool ignores_children(const struct process *parent)
{
    const struct kernel_sigaction *action = signal_action(parent, SIGCHLD);
    return action->handler == KERNEL_SIG_IGN || action->flags & SA_NOCLDWAIT;
}

void announce_end_locked(struct process *process)
{
    int status = process->exit_status;
    bool vanishes = signal_of_end_locked(process) == SIGCHLD && ignores_children(process->parent) &&
                    !process->tracer;
    if (vanishes && signal_action(process->parent, SIGCHLD)->handler == KERNEL_SIG_IGN)
        process->exit_signal = 0;
    signal_tell_parent_locked(process, exit_code_of(status), exit_value_of(status));
    if (vanishes)
        process_reap_locked(process, false);
}

/* Sends the child the signal that it wants at its parent's death, if the parent may send it. */
static void send_death_signal_locked(struct process *leaver, struct process *child)
{
    siginfo_t info;
    int signal = child->parent_death_signal;
    if (!signal || signal_may_send_locked(leaver, child, signal) < 0)
        return;
    signal_fill(&info, signal, SI_USER, leaver->pid, leaver->uid);
    signal_send_locked(child, NULL, signal, &info);
}

/* Notes the group of a child that gets another parent, as it may become orphaned by that. The group
 * is looked at once, after all children have moved, because a look takes as long as the group is
 * large. */
static void note_group_locked(const struct process *leaver, const struct process *child,
                              struct list *groups)
{
    struct pid *group = pid_find_locked(child->group);
    if (group_is_tied_locked(child, leaver) && list_empty(&group->lost_tie))
        list_add_tail(groups,
                      &group->lost_tie); /* otherwise another process that ends has noted it */
}

static void give_away_locked(struct process *leaver, struct process *child, struct process *heir)
{
    process_set_parent_locked(child, heir);
    send_death_signal_locked(leaver, child);
    child_remove_locked(child);
    child_add_locked(child);
    child->exit_signal = SIGCHLD;
    if (child->state == PROCESS_ZOMBIE && !is_hidden_locked(child))
        announce_end_locked(child);
}

/* Gives all children away, also those that are born meanwhile. When the list is empty it stays
 * empty, as no process without threads becomes a parent. Takes proc_lock, and releases it in
 * between. */
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

/* Hangs up those of the noted groups that are orphaned and stopped, and the process's own. Takes
 * proc_lock, and releases it in between. */
static void look_at_groups(struct process *leaver, struct list *groups)
{
    struct pid *slot;
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
        slot = list_first(groups, struct pid, lost_tie);
        if (!slot)
            break;
        list_remove(&slot->lost_tie);
        group = (int)slot->node.key;
        hang_up = group_is_left_behind_locked(group, NULL);
    }
    spin_unlock(&proc_lock);
}

/* Does what must happen before the parent learns of the end. Takes proc_lock, and releases it in
 * between. */
static void leave_relatives(struct process *process)
{
    struct list groups = LIST_INIT(groups);
    give_away_children(process, &groups);
    look_at_groups(process, &groups);
    signal_flush_process(process);
}

/* ---- The process ---- */

/* Switches the machine off, as process 1 has ended. Does not return. */
static _Noreturn void end_of_init(int status)
{
    int signal = status & 0x7f;
    if (annex_hooks.finish)
        annex_hooks.finish();
    dev_finish();
    log_set_level(LOG_ALL_LEVELS); /* the last line is the host's, whatever was set */
    klog("init exited with status %d", signal ? 128 + signal : status >> 8 & 0xff);
    machine_end(MACHINE_OFF);
}

/* Frees what the process had, other than names and descriptors. Called by the last thread, before
 * the parent learns of the end. May sleep. */
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
    if (annex_hooks.timers_stop)
        annex_hooks.timers_stop(process); /* no timer is set from now on: see change_limit */
    cred_unref(cred);
    file_close_exec(exe);
    self->space = NULL; /* its page tables stay loaded until the switch to the next thread */
    process_note_left(process, space);
    space_unref(space);
}

/* Makes the process a zombie, or reaps it at once if its parent does not wait. Takes proc_lock. */
static void become_zombie(struct process *process)
{
    struct list dropped = LIST_INIT(dropped); /* the few signals that came since leave_relatives */
    spin_lock(&proc_lock);
    spin_lock(&process->signal_lock);
    signal_discard(&process->queued, &process->pending, ~0ull, &dropped);
    spin_unlock(&process->signal_lock);
    process->stopped = false;
    process->terminal = NULL;
    process->state = PROCESS_ZOMBIE;
    child_changed_locked(process);
    if (unlikely(is_hidden_locked(process)))
        tracer_hooks.change(TRACE_ZOMBIE, process, NULL);
    else
        announce_end_locked(process);
    spin_unlock(&proc_lock);
    signal_free_dropped(&dropped, false);
}

/* ---- The thread ---- */

/* Frees a thread that has ended, last of all: when the number of threads falls, nothing is left to
 * do. Runs on the stack of another. */
static void bury_thread(struct thread *thread)
{
    struct process *process = thread->process;
    if (annex_hooks.thread_buried)
        annex_hooks.thread_buried(process);
    process_unref(process);
    thread_free(thread);
}

/* Removes the calling thread from its process. exec_lock is held, so that a process that looks at
 * its names and descriptors finishes first. True if it was the last thread. Takes exec_lock,
 * proc_lock and signal_lock. */
static bool detach_thread(struct thread *self, struct process *process)
{
    struct list dropped = LIST_INIT(dropped);
    mutex_lock(&process->exec_lock);
    spin_lock(&proc_lock);
    if (unlikely(self->tracee || !list_empty(&self->tracees)))
        tracer_hooks.change(TRACE_LEFT, process, self);
    spin_lock(&process->signal_lock);
    signal_flush_thread(self, &dropped);
    list_remove(&self->process_node);
    spin_unlock(&process->signal_lock);
    bool last = --process->n_threads == 0;
    process->fs.n_threads = process->n_threads;
    if (self->tid != process->pid)
        count_tasks_locked(process, -1);
    if (self->tid == process->pid)
        process->nice = self->nice;
    struct usage usage = thread_usage(self);
    usage_add(&process->ended_usage, &usage);
    struct pid *slot = pid_find_locked(self->tid);
    slot->thread = NULL;
    pid_put_locked(slot);
    vfork_release_locked(self);
    wake_all(&process->resumed); /* exec may wait to be alone */
    if (!last && process->pending & ~self->signal_mask && !process->group_exiting)
        signal_recalculate_all_locked(process); /* the signal may have been meant for this thread */
    spin_unlock(&proc_lock);
    mutex_unlock(&process->exec_lock);
    signal_free_dropped(&dropped, true);
    return last;
}

_Noreturn void thread_leave(int wait_status)
{
    struct thread *self = current_thread();
    struct process *process = self->process;
    if (unlikely(process->dumping))
        annex_hooks.stay_for_dump(process);
    if (unlikely(self->traced))
        tracer_hooks.event(self, TRACE_EXIT, wait_status);
    if (unlikely(!list_empty(&self->tracees)))
        tracer_hooks.event(self, TRACE_LETS_GO, 0);
    thread_clear_tid(self);
    /* Files are closed before wait or exec learns that the thread has ended. */
    fs_context_release(&self->fs);
    bool last = detach_thread(self, process);
    if (last) {
        if (process->pid == INIT_PID)
            end_of_init(process->exit_status);
        session_end(process);
        release_belongings(self, process);
        leave_relatives(process);
        become_zombie(process);
    }
    thread_exit(bury_thread);
}

_Noreturn void process_exit(int wait_status)
{
    struct thread *self = current_thread();
    spin_lock(&proc_lock);
    process_end_locked(self->process, self, wait_status);
    wait_status = self->process->exit_status;
    spin_unlock(&proc_lock);
    thread_leave(wait_status);
}

_Noreturn void process_die(const siginfo_t *info)
{
    if (annex_hooks.dump)
        annex_hooks.dump(current_thread(), info);
    process_exit(info->si_signo);
}

/* Ends all other threads of the process, for exec. The caller becomes the one with the process's
 * number. 0, or -EAGAIN if another thread has begun to end the process or to call exec. Takes
 * proc_lock; sleeps until the others have left. */
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
        struct pid *own = pid_find_locked(self->tid);
        own->thread = NULL;
        pid_put_locked(own);
        self->tid = process->pid;
        pid_find_locked(process->pid)->thread = self;
        count_tasks_locked(process, -1);
        tracer_hooks.change(TRACE_RENUMBERED, process, self);
    }
    spin_unlock(&proc_lock);
    signal_set_mask(self, self->signal_mask); /* computes anew what is due for it */
    return 0;
}

/* ---- Calls ---- */

long sys_exit(struct thread *self, int status)
{
    struct process *process = self->process;
    spin_lock(&proc_lock);
    int wait_status = W_EXITCODE(status & 0xff, 0);
    if (!process->group_exiting)
        process->exit_status = wait_status;
    spin_unlock(&proc_lock);
    thread_leave(wait_status);
}

long sys_exit_group(struct thread *self, int status)
{
    (void)self;
    process_exit(W_EXITCODE(status & 0xff, 0));
}
