/* wait4: a parent learns what has become of its children, and reaps them.
 *
 * There are three things to learn of a child: it has ended, it has stopped, or it was continued.
 * Each is reported once. The report of an end is also the end of the zombie: it is reaped, and the
 * times that it used are added to those of the parent's children.
 *
 * The loop in do_wait() looks for a child to report, and sleeps if there is none. A child that
 * changes between the look and the sleep is not missed: both happen with proc_lock held, which
 * wait_on_spin() releases only when the thread is in the wait queue. A child changes with proc_lock
 * held, and then wakes the queue of its parent.
 *
 * wait must also say if there is nothing to wait for (-ECHILD). Several threads of the parent may
 * wait at the same time, and only one gets a child; the others look again. */
/* SPDX-License-Identifier: MIT */
#include "private.h"

static bool is_meant(const struct wait_for *wait, const struct process *child)
{
    if (wait->pid ? child->pid != wait->pid : wait->group && child->group != wait->group)
        return false;
    bool is_clone = child->exit_signal != SIGCHLD;
    return wait->options & __WALL || is_clone == !!(wait->options & __WCLONE);
}

void wait_found_locked(struct wait_for *wait, struct process *process, int id, int code, int status,
                       int wait_status)
{
    wait->found = id;
    wait->uid = process->uid;
    wait->code = code;
    wait->status = status;
    wait->wait_status = wait_status;
    struct usage usage = process_usage_locked(process);
    usage_add(&usage, &process->children_usage);
    usage_tell(&usage, &wait->usage);
}

void wait_found_end_locked(struct wait_for *wait, struct process *process, int id, int status)
{
    wait_found_locked(wait, process, id, exit_code_of(status), exit_value_of(status), status);
}

/* Reports a change of the child that the caller asks for, if there is one; a zombie is reaped,
 * unless WNOWAIT is set. True if there was a change. */
static bool collect_locked(struct wait_for *wait, struct process *child)
{
    bool takes = !(wait->options & WNOWAIT);
    if (child->state == PROCESS_ZOMBIE) {
        if (!(wait->options & WEXITED) || is_hidden_locked(child))
            return false;
        wait_found_end_locked(wait, child, child->pid, child->exit_status);
        if (takes)
            process_reap_locked(child, true);
        return true;
    }
    bool stopped = child->stopped && child->stop_unreported && child->tracer != child->parent;
    if (wait->options & WSTOPPED && stopped) {
        child->stop_unreported = !takes;
        child_changed_locked(child);
        wait_found_locked(wait, child, child->pid, CLD_STOPPED, child->stop_signal,
                          W_STOPCODE(child->stop_signal));
        return true;
    }
    if (wait->options & WCONTINUED && child->continue_unreported) {
        child->continue_unreported = !takes;
        child_changed_locked(child);
        wait_found_locked(wait, child, child->pid, CLD_CONTINUED, SIGCONT, W_CONTINUED);
        return true;
    }
    return false;
}

/* May the caller wait for that child? A zombie does not count as a child if the options do not ask
 * for ended ones. */
static bool waits_for(const struct wait_for *wait, const struct process *child)
{
    return is_meant(wait, child) && (child->state != PROCESS_ZOMBIE || wait->options & WEXITED);
}

static int look_at_locked(struct wait_for *wait, struct process *child)
{
    if (!waits_for(wait, child))
        return -ECHILD;
    return collect_locked(wait, child);
}

/* Looks through the children that may have something to report, the oldest first, as Linux does. If
 * none has, it looks for a child worth waiting for, which is usually the first. 1 with the result
 * in *wait; 0 if there is nothing yet; -ECHILD if there never will be. */
static int look_at_children_locked(struct process *parent, struct wait_for *wait)
{
    struct process *child = wait->pid ? process_find_locked(wait->pid) : NULL;
    if (wait->pid)
        return child && child->parent == parent ? look_at_locked(wait, child) : -ECHILD;
    struct tree_node *node = tree_first(&parent->told);
    for (; node; node = tree_next(&parent->told, node))
        if (look_at_locked(wait, container_of(node, struct process, told_node)) > 0)
            return 1;
    list_for_each(child, &parent->children, sibling)
        if (waits_for(wait, child))
            return 0;
    return -ECHILD;
}

/* The same for children and for the threads that the caller's threads trace. */
static int look_locked(struct process *self, struct wait_for *wait)
{
    int result = look_at_children_locked(self, wait);
    if (result > 0 || !tracer_hooks.look)
        return result;
    return max(result, tracer_hooks.look(self, wait));
}

int do_wait(struct process *self, struct wait_for *wait)
{
    int result;
    spin_lock(&proc_lock);
    while ((result = look_locked(self, wait)) == 0 && !(wait->options & WNOHANG)) {
        if (wait_on_spin(&self->child_events, &proc_lock, WAIT_SIGNALS, NO_DEADLINE, "child") < 0) {
            result = -ERESTARTSYS;
            break;
        }
    }
    spin_unlock(&proc_lock);
    return result;
}

long sys_wait4(struct thread *self, pid_t pid, uaddr_t status, unsigned int options, uaddr_t usage)
{
    const unsigned known = WNOHANG | WUNTRACED | WCONTINUED | __WNOTHREAD | __WCLONE | __WALL;
    struct wait_for wait = {.options = options | WEXITED};
    if (options & ~known)
        return -EINVAL;
    if (pid == INT32_MIN)
        return -ESRCH;
    wait.pid = max(pid, 0);
    wait.group = pid == 0 ? self->process->group : pid < -1 ? -pid : 0;
    int result = do_wait(self->process, &wait);
    if (result <= 0)
        return result;
    if (!uaddr_is_null(status) && user_copy_out(status, &wait.wait_status, sizeof(int)))
        return -EFAULT;
    if (!uaddr_is_null(usage) && user_copy_out(usage, &wait.usage, sizeof(wait.usage)))
        return -EFAULT;
    return wait.found;
}
