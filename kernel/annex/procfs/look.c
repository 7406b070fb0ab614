/* Looking at other processes: which process may, how the other is kept from changing meanwhile, and
 * paths as the caller sees them.
 *
 * The danger is a race with exec. A check says that the caller may look into a process; then the
 * process executes a set-user-id program; then the caller reads the memory of that. So the check
 * and the look happen with the process's exec_lock held, which exec needs to change identity and
 * memory. For a long look that would take too long: program_space() gives a reference to the
 * address space instead. After an exec it is still the old program's space. */
/* SPDX-License-Identifier: MIT */
#include "abi/limits.h"
#include "nodes.h"

/* May the caller look into the process, by the rules of ptrace? Lock: exec_lock held, so that
 * identity and program belong together. */
static bool may_look_locked(const struct process *process)
{
    struct process *self = current_process();
    if (self == process)
        return true;
    struct cred *cred = fs_cred(&current_thread()->fs);
    uint32_t uid = cred->fsuid, gid = cred->fsgid;
    bool root = cred->euid == 0;
    cred_unref(cred);
    return root || (process->dumpable == 1 && uid == process->uid && uid == process->euid &&
                    uid == process->suid && gid == process->gid && gid == process->egid &&
                    gid == process->sgid);
}

int process_may_look(struct process *process)
{
    mutex_lock(&process->exec_lock);
    bool may = may_look_locked(process);
    mutex_unlock(&process->exec_lock);
    return may ? 0 : -EACCES;
}

int process_look_begin(struct process *process, bool guarded)
{
    mutex_lock(&process->exec_lock);
    int err = guarded && !may_look_locked(process) ? -EACCES : !process->space ? -ENOENT : 0;
    if (err)
        mutex_unlock(&process->exec_lock);
    return err;
}

void process_look_end(struct process *process)
{
    mutex_unlock(&process->exec_lock);
}

struct thread *thread_looked_at(const struct proc_inode *of)
{
    return process_thread(of->process, of->thread ? of->thread : of->process->pid);
}

struct thread *thread_of_locked(const struct proc_inode *of)
{
    struct thread *thread;
    list_for_each(thread, &of->process->threads, process_node)
        if (!of->thread || thread->tid == of->thread)
            return thread;
    return NULL;
}

struct space *process_space(struct process *process, bool guarded)
{
    if (process_look_begin(process, guarded) < 0)
        return NULL;
    struct space *space = process->space;
    space_ref(space);
    process_look_end(process);
    return space;
}

struct space *program_space(const struct proc_inode *of)
{
    struct process *process = of->process;
    struct space *space = NULL;
    if (process_look_begin(process, false) < 0)
        return NULL;
    if (process->n_execs == of->n_execs) {
        space = process->space;
        space_ref(space);
    }
    process_look_end(process);
    return space;
}

int path_seen(struct dentry *dentry, char *page, char **start)
{
    static const char deleted[] = " (deleted)";
    struct dentry *root = fs_root(&current_thread()->fs);
    int err = dentry_path(root, dentry, false, page, PAGE_SIZE - sizeof(deleted), start);
    dentry_unref(root);
    if (!err && dentry->dead)
        memcpy(*start + strlen(*start), deleted, sizeof(deleted));
    return err;
}

long path_link(struct dentry *dentry, char *buf, size_t size)
{
    char *page = buffer_alloc(), *start;
    long n = page ? path_seen(dentry, page, &start) : -ENOMEM;
    if (n == 0) {
        n = min(strlen(start), size);
        memcpy(buf, start, n);
    }
    buffer_free(page);
    dentry_unref(dentry);
    return n;
}
