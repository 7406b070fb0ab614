/* The size of a process's memory, area by area: statm, and numbers for stat and status. */
#include "nodes.h"

bool area_is_shared_memory(struct space *space, const struct area *area)
{
    if (!area->backing)
        return false;
    struct dentry *dentry = space_name_at(space, area->start);
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

static void add_area(struct process_sizes *sizes, struct space *space, const struct area *area,
                     const struct backing *program)
{
    struct memory_use use;
    uint64_t length = area->end - area->start;
    bool stack = area->flags & AREA_STACK;
    bool own = area->prot & PROT_WRITE && !(area->flags & AREA_SHARED);
    space_measure(space, area, &use);
    sizes->total += length;
    sizes->stack += stack ? length : 0;
    sizes->data += own && !stack ? length : 0;
    if (area->prot & PROT_EXEC && !(area->prot & PROT_WRITE) && !stack)
        *(area->backing == program ? &sizes->program : &sizes->libraries) += length;
    sizes->resident += use.pages * PAGE_SIZE;
    sizes->anonymous += use.anonymous * PAGE_SIZE;
    if (area_is_shared_memory(space, area))
        sizes->shared_memory += (use.pages - use.anonymous) * PAGE_SIZE;
}

void process_measure(struct process *process, struct process_sizes *sizes)
{
    struct area area;
    struct backing *program = program_backing(process);
    struct space *space = process_space(process, false);
    memset(sizes, 0, sizeof(*sizes));
    if (!space)
        return;
    for (uint64_t at = 0; space_area_after(space, at, &area); at = area.end) {
        add_area(sizes, space, &area, program);
        if (area.backing)
            area.backing->ops->unref(area.backing);
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
