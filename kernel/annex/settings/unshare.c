/* unshare: gives a thread copies of its own of what it shares since clone. */
/* SPDX-License-Identifier: MIT */
#include "proc/private.h"

/* There are no namespaces: to ask for a new one fails, as on a Linux without them. There are no
 * semaphores of System V either, so nothing needs to be done for them. */
#define PARTS (CLONE_FS | CLONE_FILES | CLONE_SYSVSEM)
/* What cannot be unshared. To ask for it is allowed if it is not shared. */
#define ALONE (CLONE_THREAD | CLONE_SIGHAND | CLONE_VM)

/* Does another process share the caller's memory? A process that looks into it has a reference for
 * a moment, too; that does not count. */
static bool shares_space_locked(const struct process *process)
{
    struct process *other = NULL;
    if (__atomic_load_n(&process->space->refs, __ATOMIC_RELAXED) > 1)
        other = process_first_locked(0);
    while (other && (other == process || other->space != process->space))
        other = process_first_locked(other->pid);
    return other;
}

/* Does the caller share its process, its actions or its memory, as far as the flags ask? Threads
 * share actions, and what shares actions shares memory, so each flag implies the ones before it.
 * Takes proc_lock. */
static bool shares(const struct process *process, uint64_t flags)
{
    spin_lock(&proc_lock);
    bool shared = process->n_threads > 1;
    if (flags & (CLONE_SIGHAND | CLONE_VM) && process->actions)
        shared = shared || __atomic_load_n(&process->actions->refs, __ATOMIC_RELAXED) > 1;
    if (flags & CLONE_VM)
        shared = shared || shares_space_locked(process);
    spin_unlock(&proc_lock);
    return shared;
}

long sys_unshare(struct thread *self, unsigned long flags)
{
    if (flags & ~(uint64_t)(PARTS | ALONE))
        return -EINVAL;
    if (flags & ALONE && shares(self->process, flags))
        return -EINVAL;
    return fs_context_unshare(&self->fs, flags & CLONE_FS, flags & CLONE_FILES);
}
