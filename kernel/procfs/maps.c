/* /proc/PID/maps: the areas of an address space, one a line. */
#include "abi/sysmacros.h"
#include "nodes.h"

#define NAME_COLUMN 73

/* What an area is, where no file says it. */
static const char *kind_of(const struct area *area)
{
    if (area->flags & AREA_HEAP)
        return "[heap]";
    if (area->flags & AREA_STACK)
        return "[stack]";
    if (area->flags & AREA_ENV)
        return "[env]";
    return area->backing && area->flags & AREA_SHARED ? "/dev/zero (deleted)" : "";
}

/* The path that a file was mapped by, into the page, or what else the area is. */
static const char *name_of(struct entry *entry, const struct area *area, char *page)
{
    char *start;
    if (!entry)
        return kind_of(area);
    return path_seen(entry, page, &start) ? "" : start;
}

static void add_area(struct text *text, struct space *space, const struct area *area, char *page)
{
    size_t start = text->length;
    struct entry *entry = space_name_at(space, area->start);
    const char *name = name_of(entry, area, page);
    uint64_t dev = entry ? entry->inode->fs->dev : 0;
    text_add(text, "%08lx-%08lx %c%c%c%c %08lx %02x:%02x %lu ", area->start, area->end,
             area->prot & PROT_READ ? 'r' : '-', area->prot & PROT_WRITE ? 'w' : '-',
             area->prot & PROT_EXEC ? 'x' : '-', area->flags & AREA_SHARED ? 's' : 'p',
             area->backing ? area->offset : 0, MAJOR_OF(dev), MINOR_OF(dev),
             entry ? entry->inode->ino : 0);
    if (*name)
        text_add(text, "%*s%s", max(NAME_COLUMN - (int)(text->length - start), 0), "", name);
    text_add(text, "\n");
    entry_unref(entry);
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
        add_area(text, space, &area, page);
        if (area.backing)
            area.backing->ops->unref(area.backing);
    }
    buffer_free(page);
    space_unref(space);
    return 0;
}
