/* Looking at other processes: who may, how one is kept from ending meanwhile, paths as seen. */
#include "abi/limits.h"
#include "nodes.h"

int process_may_look(struct process *process)
{
    struct process *self = current_process();
    if (!self || !process || self == process)
        return 0;
    struct cred *cred = fs_cred(&self->fs);
    uint32_t uid = cred->fsuid;
    cred_unref(cred);
    bool same = uid == process->uid && uid == process->euid && uid == process->suid;
    return uid == 0 || (same && process->dumpable == 1) ? 0 : -EACCES;
}

bool process_look_begin(struct process *process)
{
    mutex_lock(&process->exec_lock);
    if (process->space)
        return true;
    mutex_unlock(&process->exec_lock);
    return false;
}

void process_look_end(struct process *process)
{
    mutex_unlock(&process->exec_lock);
}

struct space *process_space(struct process *process)
{
    if (!process_look_begin(process))
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
    if (!process_look_begin(process))
        return NULL;
    if (process->n_execs == of->n_execs) {
        space = process->space;
        space_ref(space);
    }
    process_look_end(process);
    return space;
}

int path_seen(struct entry *entry, char *page, char **start)
{
    static const char deleted[] = " (deleted)";
    struct entry *root = fs_root(&current_process()->fs);
    int err = entry_path(root, entry, false, page, PAGE_SIZE - sizeof(deleted), start);
    entry_unref(root);
    if (!err && entry->dead)
        memcpy(*start + strlen(*start), deleted, sizeof(deleted));
    return err;
}

long path_link(struct entry *entry, char *buf, size_t size)
{
    char *page = buffer_alloc(), *start;
    long n = page ? path_seen(entry, page, &start) : -ENOMEM;
    if (n == 0) {
        n = min(strlen(start), size);
        memcpy(buf, start, n);
    }
    buffer_free(page);
    entry_unref(entry);
    return n;
}
