/* The size of a process's memory, VMA by VMA: statm, and numbers for stat and status. */
/* SPDX-License-Identifier: MIT */
#include "annex/look/look.h"
#include "nodes.h"

bool vma_is_shared_memory(struct space *space, const struct vma *vma)
{
    if (!vma->backing)
        return false;
    struct dentry *dentry = space_name_at(space, vma->start);
    bool unnamed = !dentry || dentry->parent == dentry;
    dentry_unref(dentry);
    return unnamed;
}

/* The backing of the program's file, only to be compared: it is not referenced. */
static struct backing *program_backing(struct process *process)
{
    struct backing *backing = NULL;
    if (process_look_begin(process, false) < 0)
        return NULL;
    struct file *exe = process->exe;
    if (exe && exe->ops->backing)
        backing = exe->ops->backing(exe);
    process_look_end(process);
    return backing;
}

static void add_vma(struct process_sizes *sizes, struct space *space, const struct vma *vma,
                    const struct backing *program)
{
    struct memory_use use;
    uint64_t length = vma->end - vma->start;
    bool stack = vma->flags & VMA_STACK;
    bool own = vma->prot & PROT_WRITE && !(vma->flags & VMA_SHARED);
    space_measure(space, vma, &use);
    sizes->total += length;
    sizes->stack += stack ? length : 0;
    sizes->data += own && !stack ? length : 0;
    if (vma->prot & PROT_EXEC && !(vma->prot & PROT_WRITE) && !stack)
        *(vma->backing == program ? &sizes->program : &sizes->libraries) += length;
    sizes->resident += use.pages * PAGE_SIZE;
    sizes->anonymous += use.anonymous * PAGE_SIZE;
    if (vma_is_shared_memory(space, vma))
        sizes->shared_memory += (use.pages - use.anonymous) * PAGE_SIZE;
}

void process_measure(struct process *process, struct process_sizes *sizes)
{
    struct vma vma;
    struct backing *program = program_backing(process);
    struct space *space = process_space(process, false);
    memset(sizes, 0, sizeof(*sizes));
    if (!space)
        return;
    for (uint64_t at = 0; space_vma_after(space, at, &vma); at = vma.end) {
        add_vma(sizes, space, &vma, program);
        if (vma.backing)
            vma.backing->ops->unref(vma.backing);
        if (!cond_resched())
            break;
    }
    sizes->most = max(space->most_pages * PAGE_SIZE, sizes->total);
    sizes->most_resident = max(space_most_resident(space) * PAGE_SIZE, sizes->resident);
    sizes->tables = space_tables(space) * PAGE_SIZE;
    sizes->locked = space->n_locked_pages * PAGE_SIZE;
    space_unref(space);
}

int proc_text_statm(struct text *text, const struct proc_inode *of)
{
    struct process_sizes sizes;
    process_measure(of->process, &sizes);
    text_add(text, "%lu %lu %lu %lu 0 %lu 0\n", sizes.total / PAGE_SIZE, sizes.resident / PAGE_SIZE,
             (sizes.resident - sizes.anonymous) / PAGE_SIZE, sizes.program / PAGE_SIZE,
             (sizes.data + sizes.stack) / PAGE_SIZE);
    return 0;
}
