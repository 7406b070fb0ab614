/* /proc/PID/maps: the areas of an address space, one a line. */
#include "nodes.h"

#define NAME_COLUMN 73

/* The process's own program, if the area maps it: the only file whose name a mapping leads to. */
static bool is_program(struct process *process, const struct area *area)
{
    bool is = false;
    if (!area->backing || !process_look_begin(process))
        return false;
    struct file *exe = process->exe;
    if (exe && exe->ops->backing)
        is = exe->ops->backing(exe) == area->backing;
    process_look_end(process);
    return is;
}

/* The program's path into a page; "" if it has gone. */
static const char *program_path(struct process *process, char *page)
{
    struct entry *entry = NULL;
    char *start = page;
    if (process_look_begin(process)) {
        entry = process->exe ? process->exe->entry : NULL;
        if (entry)
            entry_ref(entry);
        process_look_end(process);
    }
    if (!entry)
        return "";
    if (path_seen(entry, page, &start))
        start = "";
    entry_unref(entry);
    return start;
}

static const char *area_name(struct process *process, const struct area *area, char *page)
{
    if (area->flags & AREA_HEAP)
        return "[heap]";
    if (area->flags & AREA_STACK)
        return "[stack]";
    if (area->flags & AREA_ENV)
        return "[env]";
    if (is_program(process, area))
        return program_path(process, page);
    return area->backing && area->flags & AREA_SHARED ? "/dev/zero (deleted)" : "";
}

static void add_area(struct text *text, struct process *process, const struct area *area,
                     char *page)
{
    size_t start = text->length;
    const char *name = area_name(process, area, page);
    text_add(text, "%08lx-%08lx %c%c%c%c %08lx 00:00 0 ", area->start, area->end,
             area->prot & PROT_READ ? 'r' : '-', area->prot & PROT_WRITE ? 'w' : '-',
             area->prot & PROT_EXEC ? 'x' : '-', area->flags & AREA_SHARED ? 's' : 'p',
             area->backing ? area->offset : 0);
    if (*name)
        text_add(text, "%*s%s", max(NAME_COLUMN - (int)(text->length - start), 0), "", name);
    text_add(text, "\n");
}

int proc_text_maps(struct text *text, const struct proc_inode *of)
{
    struct area area;
    struct space *space = program_space(of);
    char *page = buffer_alloc();
    if (!page || !space) {
        buffer_free(page);
        if (space)
            space_unref(space);
        return space ? -ENOMEM : 0;
    }
    for (uint64_t at = 0; space_area_after(space, at, &area); at = area.end) {
        add_area(text, of->process, &area, page);
        if (area.backing)
            area.backing->ops->unref(area.backing);
    }
    buffer_free(page);
    space_unref(space);
    return 0;
}
