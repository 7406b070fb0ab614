/* /proc/PID/task/TID/children: the processes that a thread has made and that are not yet reaped.
 *
 * A process keeps one list of all its children. A child belongs to the thread that made it and,
 * after that thread has ended or for a child that was given to the process, to the first thread. */
/* SPDX-License-Identifier: MIT */
#include "nodes.h"
#include "proc/private.h"

enum { PIECE = 128 }; /* children that are looked at under one lock */

static bool belongs_to_locked(struct process *child, int tid)
{
    struct process *parent = child->parent;
    struct pid *slot = pid_find_locked(child->parent_tid);
    struct thread *thread = slot ? slot->thread : NULL;
    if (!thread || thread->process != parent)
        thread = list_first(&parent->threads, struct thread, process_node);
    return thread && thread->tid == tid;
}

/* The child after the one with that number and birth. If that has gone, the list is walked from its
 * start. */
static struct process *child_after_locked(struct process *parent, int pid, uint64_t birth)
{
    struct process *last = process_find_locked(pid), *child;
    if (last && last->parent == parent && last->birth == birth) {
        child = list_entry(last->sibling.next, struct process, sibling);
        return &child->sibling == &parent->children ? NULL : child;
    }
    list_for_each(child, &parent->children, sibling)
        if (child->birth > birth)
            return child;
    return NULL;
}

int proc_piece_children(struct text *text, const struct proc_inode *of, uint64_t *cursor)
{
    int pids[PIECE], n_pids = 0;
    struct process *child = NULL;
    spin_lock(&proc_lock);
    for (int n = 0; n < PIECE; n++) {
        child = child_after_locked(of->process, (int)cursor[0], cursor[1]);
        if (!child)
            break;
        cursor[0] = (uint64_t)child->pid;
        cursor[1] = child->birth;
        if (belongs_to_locked(child, of->thread))
            pids[n_pids++] = child->pid;
    }
    spin_unlock(&proc_lock);
    for (int i = 0; i < n_pids; i++)
        text_add(text, "%d ", pids[i]);
    return child != NULL;
}
