/* unshare: a thread gets parts of its own of what clone had it share. */
#include "proc/private.h"

/* There are no namespaces: asking for one of one's own fails, as on a Linux without them.
 * Semaphores of System V are not there either, so that nothing is to be done about them. */
#define PARTS (CLONE_FS | CLONE_FILES | CLONE_SYSVSEM)
/* What a thread cannot give up; asking for it is right where it is shared with nobody. */
#define ALONE (CLONE_THREAD | CLONE_SIGHAND | CLONE_VM)

/* Has another process the caller's memory? Whoever looks into it holds it for a moment, too, which
 * does not count. */
static bool shares_space_locked(const struct process *process)
{
    struct process *other = NULL;
    if (__atomic_load_n(&process->space->refs, __ATOMIC_RELAXED) > 1)
        other = process_first_locked(0);
    while (other && (other == process || other->space != process->space))
        other = process_first_locked(other->pid);
    return other;
}

/* Does the caller share its process, its actions or its memory, as far as the flags ask? Memory is
 * had through actions and those through the process: each flag asks for those before it, too.
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
