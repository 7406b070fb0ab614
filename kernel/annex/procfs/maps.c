/* /proc/PID/maps, smaps and smaps_rollup: the VMAs of an address space, and what each takes.
 *
 * A process may have 65,000 VMAs, so their text is made piece by piece. A piece begins at the
 * first VMA that ends above the cursor, so each VMA is listed once, as it is then. */
/* SPDX-License-Identifier: MIT */
#include "abi/sysmacros.h"
#include "annex/look/look.h"
#include "nodes.h"

#define NAME_COLUMN 73

/* What a VMA is if it has no file. */
static const char *kind_of(const struct vma *vma)
{
    if (vma->flags & VMA_HEAP)
        return "[heap]";
    if (vma->flags & VMA_STACK)
        return "[stack]";
    if (vma->flags & VMA_ENV)
        return "[env]";
    return vma->backing && vma->flags & VMA_SHARED ? "/dev/zero (deleted)" : "";
}

/* The path by which a file was mapped, written to the page; or what the VMA is otherwise. */
static const char *name_of(struct dentry *dentry, const struct vma *vma, char *page)
{
    char *start;
    if (!dentry)
        return kind_of(vma);
    return path_seen(dentry, page, &start) ? "" : start;
}

static void add_vma(struct text *text, struct space *space, const struct vma *vma, char *page)
{
    size_t start = text->length;
    struct dentry *dentry = space_name_at(space, vma->start);
    const char *name = name_of(dentry, vma, page);
    uint64_t dev = dentry ? dentry->inode->fs->dev : 0;
    text_add(text, "%08lx-%08lx %c%c%c%c %08lx %02x:%02x %lu ", vma->start, vma->end,
             vma->prot & PROT_READ ? 'r' : '-', vma->prot & PROT_WRITE ? 'w' : '-',
             vma->prot & PROT_EXEC ? 'x' : '-', vma->flags & VMA_SHARED ? 's' : 'p',
             vma->backing ? vma->offset : 0, MAJOR_OF(dev), MINOR_OF(dev),
             dentry ? dentry->inode->ino : 0);
    if (*name)
        text_add(text, "%*s%s", max(NAME_COLUMN - (int)(text->length - start), 0), "", name);
    text_add(text, "\n");
    dentry_unref(dentry);
}

static void add_kb(struct text *text, const char *name, uint64_t bytes)
{
    char title[32];
    format(title, sizeof(title), "%s:", name);
    text_add(text, "%-16s%8lu kB\n", title, bytes >> 10);
}

/* Adds what a VMA, or the sum of all, takes, in Linux's order. */
static void add_use(struct text *text, const struct memory_use *use)
{
    uint64_t shared = use->shared * PAGE_SIZE, all = use->pages * PAGE_SIZE;
    uint64_t shared_dirty = use->shared_dirty * PAGE_SIZE;
    uint64_t private_dirty = use->private_dirty * PAGE_SIZE;
    add_kb(text, "Rss", all);
    add_kb(text, "Pss", use->share >> SHARE_SHIFT);
    add_kb(text, "Shared_Clean", shared - shared_dirty);
    add_kb(text, "Shared_Dirty", shared_dirty);
    add_kb(text, "Private_Clean", all - shared - private_dirty);
    add_kb(text, "Private_Dirty", private_dirty);
    add_kb(text, "Referenced", use->referenced * PAGE_SIZE);
    add_kb(text, "Anonymous", use->anonymous * PAGE_SIZE);
    add_kb(text, "LazyFree", 0);
    add_kb(text, "AnonHugePages", 0);
    add_kb(text, "ShmemPmdMapped", 0);
    add_kb(text, "FilePmdMapped", 0);
    add_kb(text, "Shared_Hugetlb", 0);
    add_kb(text, "Private_Hugetlb", 0);
    add_kb(text, "Swap", 0);
    add_kb(text, "SwapPss", 0);
    add_kb(text, "Locked", use->locked >> SHARE_SHIFT);
}

/* Adds the letters of Linux's VmFlags for what exists here. */
static void add_flags(struct text *text, const struct vma *vma)
{
    uint32_t may = vma->max_prot;
    text_add(text, "VmFlags:%s%s%s%s%s%s%s%s%s%s\n", vma->prot & PROT_READ ? " rd" : "",
             vma->prot & PROT_WRITE ? " wr" : "", vma->prot & PROT_EXEC ? " ex" : "",
             vma->flags & VMA_SHARED ? " sh" : "", may & PROT_READ ? " mr" : "",
             may & PROT_WRITE ? " mw" : "", may & PROT_EXEC ? " me" : "",
             vma->flags & VMA_STACK ? " gd" : "", vma->flags & VMA_LOCKED ? " lo" : "",
             vma->flags & VMA_LOCK_ONFAULT ? " lf" : "");
}

static void add_details(struct text *text, struct space *space, const struct vma *vma)
{
    struct memory_use use;
    space_measure(space, vma, &use);
    add_kb(text, "Size", vma->end - vma->start);
    add_kb(text, "KernelPageSize", PAGE_SIZE);
    add_kb(text, "MMUPageSize", PAGE_SIZE);
    add_use(text, &use);
    text_add(text, "THPeligible:    0\n");
    add_flags(text, vma);
}

/* Adds VMAs from *cursor on until there is a page of text. 1 if there may be more, 0, or -errno.
 */
static int add_vmas(struct text *text, const struct proc_inode *of, uint64_t *cursor, bool details)
{
    struct vma vma;
    bool more = false;
    struct space *space = program_space(of);
    char *page = buffer_alloc();
    if (page && space) {
        while (text->length < PAGE_SIZE && (more = space_vma_after(space, *cursor, &vma))) {
            add_vma(text, space, &vma, page);
            if (details)
                add_details(text, space, &vma);
            if (vma.backing)
                vma.backing->ops->unref(vma.backing);
            *cursor = vma.end;
        }
    }
    buffer_free(page);
    if (space)
        space_unref(space);
    return page ? more : -ENOMEM;
}

int proc_piece_maps(struct text *text, const struct proc_inode *of, uint64_t *cursor)
{
    return add_vmas(text, of, cursor, false);
}

int proc_piece_smaps(struct text *text, const struct proc_inode *of, uint64_t *cursor)
{
    return add_vmas(text, of, cursor, true);
}

static void use_add(struct memory_use *sum, const struct memory_use *more)
{
    sum->pages += more->pages;
    sum->anonymous += more->anonymous;
    sum->referenced += more->referenced;
    sum->shared += more->shared;
    sum->shared_dirty += more->shared_dirty;
    sum->private_dirty += more->private_dirty;
    sum->share += more->share;
    sum->locked += more->locked;
}

/* Shows the sum of all VMAs, after a line with the lowest and highest address. */
int proc_text_smaps_rollup(struct text *text, const struct proc_inode *of)
{
    struct vma vma;
    struct memory_use sum = {0};
    uint64_t first = 0, at = 0;
    struct space *space = program_space(of);
    if (!space)
        return -ESRCH;
    while (cond_resched() && space_vma_after(space, at, &vma)) {
        struct memory_use use;
        space_measure(space, &vma, &use);
        use_add(&sum, &use);
        if (vma.backing)
            vma.backing->ops->unref(vma.backing);
        first = first ? first : vma.start;
        at = vma.end;
    }
    space_unref(space);
    text_add(text, "%08lx-%08lx ---p 00000000 00:00 0 %26s[rollup]\n", first, at, "");
    add_use(text, &sum);
    return 0;
}
