/* The threads of a process by their numbers, and what the vfs knows of one. */
/* SPDX-License-Identifier: MIT */
#include "nodes.h"
#include "proc/private.h"
#include "vfs/local.h"

bool process_has_thread(const struct process *process, int tid)
{
    spin_lock(&proc_lock);
    bool has = process_of_locked(tid) == process;
    spin_unlock(&proc_lock);
    return has;
}

struct thread *process_thread(const struct process *process, int tid)
{
    spin_lock(&proc_lock);
    struct pid *slot = pid_find_locked(tid);
    struct thread *thread = slot ? slot->thread : NULL;
    spin_unlock(&proc_lock);
    return thread && thread->process == process ? thread : NULL;
}

/* The lowest number from `from` on, by a look at each thread of the process; -ENOENT. */
static int next_of_few_locked(const struct process *process, int from)
{
    struct thread *thread;
    int lowest = -ENOENT;
    list_for_each(thread, &process->threads, process_node)
        if (thread->tid >= from && (lowest < 0 || thread->tid < lowest))
            lowest = thread->tid;
    return lowest;
}

/* The same, by a walk up the numbers in use. */
static int next_of_many_locked(const struct process *process, int from)
{
    struct tree_node *node = tree_ceil(&pid_slots, max(from, 0));
    for (; node; node = tree_next(&pid_slots, node)) {
        struct thread *thread = container_of(node, struct pid, node)->thread;
        if (thread && thread->process == process)
            return thread->tid;
    }
    return -ENOENT;
}

int process_next_thread(const struct process *process, int from)
{
    enum { FEW = 64 };
    spin_lock(&proc_lock);
    int tid = process->n_threads <= FEW ? next_of_few_locked(process, from)
                                        : next_of_many_locked(process, from);
    spin_unlock(&proc_lock);
    return tid;
}

/* ---- Looking at another thread: fs->lock keeps its names and descriptors from being freed ---- */

struct dentry *fs_look(struct fs_context *fs, bool root)
{
    struct dentry *dentry = NULL;
    spin_lock(&fs->lock);
    struct fs_names *names = fs->names;
    if (names) {
        spin_lock_as(&names->lock, RANK_FILE);
        dentry = root ? names->root : names->cwd;
        dentry_ref(dentry);
        spin_unlock(&names->lock);
    }
    spin_unlock(&fs->lock);
    return dentry;
}

int fs_look_umask(struct fs_context *fs)
{
    spin_lock(&fs->lock);
    int umask = fs->names ? (int)__atomic_load_n(&fs->names->umask, __ATOMIC_RELAXED) : -1;
    spin_unlock(&fs->lock);
    return umask;
}

uint32_t fd_slots(struct fs_context *fs)
{
    spin_lock(&fs->lock);
    uint32_t size = fs->fds ? fs->fds->size : 0;
    spin_unlock(&fs->lock);
    return size;
}
