/* Process groups and sessions: which process is in which, and what a terminal asks about them.
 *
 * A shell puts all processes of one command line, a job, into a process group, so that the terminal
 * can send a signal to all of them with one key. All groups that were started from one login form a
 * session. A session has at most one controlling terminal, and a terminal belongs to at most one
 * session. At any time one group of the session is in the foreground: its members may read from the
 * terminal.
 *
 * A stopped job needs a process that continues it: normally the shell, a parent that is in the same
 * session but in another group. A group without any such parent is orphaned. If it were stopped
 * then, it would sleep for ever. POSIX therefore demands two things. Stop signals of the terminal
 * do nothing to an orphaned group (see signal_deliver.c). And when a group becomes orphaned while a
 * member is stopped, all its members get SIGHUP and SIGCONT (see exit.c).
 *
 * The terminals are in a lower room, which does not know processes. It asks through a table of
 * functions, `proc_jobs`. */
/* SPDX-License-Identifier: MIT */
#include "private.h"

/* ---- Membership ---- */

void group_join_locked(struct process *process, int group, int session)
{
    process->group = group;
    process->session = session;
    list_add_tail(&pid_find_locked(group)->members, &process->group_node);
    pid_find_locked(session)->n_in_session++;
}

void group_leave_locked(struct process *process)
{
    struct pid *group = pid_find_locked(process->group);
    struct pid *session = pid_find_locked(process->session);
    list_remove(&process->group_node);
    session->n_in_session--;
    if (group != session)
        pid_put_locked(group);
    pid_put_locked(session);
}

/* ---- Orphaned groups ---- */

/* Has the process a parent that could continue its group? Process 1 never does so: it runs no jobs.
 */
static bool links_outside(const struct process *process, const struct process *parent)
{
    return parent && parent->pid != INIT_PID && group_is_tied_locked(process, parent);
}

bool group_is_orphaned_locked(int group, const struct process *ignored)
{
    struct pid *slot = pid_find_locked(group);
    struct process *member;
    if (!slot)
        return true;
    list_for_each(member, &slot->members, group_node)
        if (member->state == PROCESS_ALIVE && member->n_threads && member != ignored &&
            links_outside(member, member->parent))
            return false;
    return true;
}

static bool group_has_stopped_locked(int group)
{
    struct process *member;
    list_for_each(member, &pid_find_locked(group)->members, group_node)
        if (member->stopped)
            return true;
    return false;
}

bool group_is_tied_locked(const struct process *process, const struct process *parent)
{
    return parent && parent->group != process->group && parent->session == process->session;
}

bool group_is_left_behind_locked(int group, const struct process *ignored)
{
    return group_is_orphaned_locked(group, ignored) && group_has_stopped_locked(group);
}

void group_hang_up(int group)
{
    signal_send_group_kernel(group, SIGHUP);
    signal_send_group_kernel(group, SIGCONT);
}

/* ---- Terminals: the answers to dev's questions ---- */

/* All processes of the session lose this terminal; session 0 means all sessions. */
static void forget_terminal_locked(int session, const struct tty *tty)
{
    struct process *process = process_first_locked(0);
    for (; process; process = process_first_locked(process->pid))
        if (process->terminal == tty && (!session || process->session == session))
            process->terminal = NULL;
}

void session_end(struct process *leader)
{
    spin_lock(&proc_lock);
    struct tty *tty = leader->session_leader ? leader->terminal : NULL;
    spin_unlock(&proc_lock);
    if (!tty)
        return;
    tty_session_ended(tty, leader->pid);
    spin_lock(&proc_lock);
    forget_terminal_locked(leader->pid, tty);
    spin_unlock(&proc_lock);
}

static int job_session(void)
{
    struct process *process = current_process();
    return process ? process->session : 0;
}

static int job_group(void)
{
    struct process *process = current_process();
    return process ? process->group : 0;
}

static bool job_is_session_leader(void)
{
    struct process *process = current_process();
    return process && process->session_leader;
}

static int job_session_of_group(int group)
{
    spin_lock(&proc_lock);
    struct pid *slot = pid_find_locked(group);
    struct process *member = slot ? list_first(&slot->members, struct process, group_node) : NULL;
    int session = member ? member->session : -ESRCH;
    spin_unlock(&proc_lock);
    return session;
}

static bool job_blocks_or_ignores(int signal)
{
    struct thread *self = current_thread();
    struct process *process = self->process;
    spin_lock(&process->signal_lock);
    bool deaf = self->signal_mask & SIGNAL_BIT(signal) ||
                signal_action_copy(process, signal, false).handler == KERNEL_SIG_IGN;
    spin_unlock(&process->signal_lock);
    return deaf;
}

static bool job_group_is_orphaned(void)
{
    spin_lock(&proc_lock);
    bool orphaned = group_is_orphaned_locked(current_process()->group, NULL);
    spin_unlock(&proc_lock);
    return orphaned;
}

static struct tty *job_terminal(void)
{
    struct process *process = current_process();
    return process ? process->terminal : NULL;
}

static void job_set_terminal(struct tty *tty)
{
    struct process *process = current_process();
    spin_lock(&proc_lock);
    if (tty || !process->session_leader)
        process->terminal = tty;
    else if (process->terminal)
        forget_terminal_locked(process->session, process->terminal);
    spin_unlock(&proc_lock);
}

static void job_lost_terminal(struct tty *tty)
{
    spin_lock(&proc_lock);
    forget_terminal_locked(0, tty);
    spin_unlock(&proc_lock);
}

const struct job_ops proc_jobs = {
    .session = job_session,
    .group = job_group,
    .is_session_leader = job_is_session_leader,
    .session_of_group = job_session_of_group,
    .blocks_or_ignores = job_blocks_or_ignores,
    .group_is_orphaned = job_group_is_orphaned,
    .signal_group = signal_send_group_kernel,
    .signal_group_soon = signal_send_group_soon,
    .terminal = job_terminal,
    .set_terminal = job_set_terminal,
    .lost_terminal = job_lost_terminal,
};

/* ---- Calls ---- */

long sys_getpid(struct thread *self)
{
    return self->process->pid;
}

long sys_getppid(struct thread *self)
{
    return __atomic_load_n(&self->process->parent_pid, __ATOMIC_RELAXED);
}

long sys_getpgrp(struct thread *self)
{
    return self->process->group;
}

/* The process that a pid argument names, by its own number or by that of a thread; 0 is the caller.
 * NULL if there is none. */
static struct process *named_locked(struct thread *self, pid_t pid)
{
    return pid == 0 ? self->process : process_of_locked(pid);
}

long sys_getpgid(struct thread *self, pid_t pid)
{
    spin_lock(&proc_lock);
    struct process *process = named_locked(self, pid);
    long result = process ? process->group : -ESRCH;
    spin_unlock(&proc_lock);
    return result;
}

long sys_getsid(struct thread *self, pid_t pid)
{
    spin_lock(&proc_lock);
    struct process *process = named_locked(self, pid);
    long result = process ? process->session : -ESRCH;
    spin_unlock(&proc_lock);
    return result;
}

/* May the caller move `process`, which it named by `pid`, to the group? Errors in Linux's order: 0,
 * -ESRCH, -EINVAL, -EPERM or -EACCES. */
static int may_set_group_locked(struct process *caller, struct process *process, int pid, int group)
{
    if (!process)
        return -ESRCH;
    if (pid && pid != process->pid) /* a thread's number */
        return -EINVAL;
    if (process->parent == caller) {
        if (process->session != caller->session)
            return -EPERM;
        if (process->has_execed)
            return -EACCES;
    } else if (process != caller) {
        return -ESRCH;
    }
    if (process->session_leader)
        return -EPERM;
    if (group == process->pid)
        return 0;
    struct pid *slot = pid_find_locked(group);
    struct process *member = slot ? list_first(&slot->members, struct process, group_node) : NULL;
    return member && member->session == caller->session ? 0 : -EPERM;
}

long sys_setpgid(struct thread *self, pid_t pid, pid_t pgid)
{
    if (pgid < 0 || (pgid == 0 && pid < 0))
        return -EINVAL;
    spin_lock(&proc_lock);
    struct process *process = named_locked(self, pid);
    int group = pgid ? pgid : process ? process->pid : 0;
    int err = may_set_group_locked(self->process, process, pid, group);
    if (!err && process->group != group) {
        int session = process->session;
        pid_find_locked(session)->n_in_session++; /* the session must outlive the move */
        group_leave_locked(process);
        pid_find_locked(session)->n_in_session--;
        group_join_locked(process, group, session);
    }
    spin_unlock(&proc_lock);
    return err;
}

long sys_setsid(struct thread *self)
{
    struct process *process = self->process;
    spin_lock(&proc_lock);
    struct pid *slot = pid_find_locked(process->pid);
    bool may = !process->session_leader && list_empty(&slot->members);
    if (may) {
        group_leave_locked(process);
        group_join_locked(process, process->pid, process->pid);
        process->session_leader = true;
        process->terminal = NULL;
    }
    spin_unlock(&proc_lock);
    return may ? process->pid : -EPERM;
}
