/* Address spaces: created, copied by fork, and freed at the end.
 *
 * fork has three parts. Copying the VMAs takes a time that grows with their number, so the parent's
 * lock is released every 64 VMAs. Meanwhile `copied_to` is set: other threads may fault, and
 * stacks may grow (vmas_regrown adjusts the copy), but no other VMA changes, because
 * space_lock_vmas waits. Then the copies are counted for the objects that they show
 * (mappings_show), in pieces, too. Last, without releasing the lock, the lower half of the root is
 * shared: that is the moment of the fork. Both sides lose the right to write, and all processors
 * must forget it, or another thread of the parent could go on writing to pages that are the child's
 * too.
 *
 * A space ends in two steps. When its last reference is dropped, the VMAs are freed, by the thread
 * that dropped it. The tables are freed when no processor has the space loaded any more (load.c).
 * So a process that exits need not load another root first: the switch to the next process does
 * that anyway. But a switch must be short, so the tables of a large space are freed in the first
 * step already, while they are still loaded: each entry of the root is cleared, all processors
 * forget it, and then the tables below are freed. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "abi/resource.h"
#include "frames.h"
#include "space.h"

static OBJECT_CACHE(space_cache, struct space);

#define LARGE_PAGES 4096 /* freeing the tables of a smaller space takes less than 0.3 ms */

/* An empty space without settings; NULL when memory is out. */
static struct space *space_make(void)
{
    struct space *space = object_alloc_zeroed(&space_cache);
    if (!space)
        return NULL;
    space->root = frame_alloc_zeroed(FRAME_TABLE);
    if (!space->root) {
        object_free(&space_cache, space);
        return NULL;
    }
    frame_at(space->root)->filled = 0;
    root_add_kernel(phys_to_virt(space->root));
    spin_init(&space->lock, "space", RANK_SPACE);
    space->refs = space->holds = 1;
    return space;
}

struct space *space_create(void)
{
    struct space *space = space_make();
    if (!space)
        return NULL;
    space->mmap_top = USER_END;
    space->limit_space = space->limit_stack = RLIM_INFINITY;
    space->limit_data = space->limit_locked = RLIM_INFINITY;
    return space;
}

/* ---- fork ---- */

/* Copies what exec and setrlimit have set, and the sums of the VMAs. */
static void settings_copy(struct space *child, const struct space *parent)
{
    child->brk_start = parent->brk_start;
    child->brk_end = parent->brk_end;
    child->mmap_top = parent->mmap_top;
    child->stack_top = parent->stack_top;
    child->args_start = parent->args_start;
    child->args_end = parent->args_end;
    child->env_block = parent->env_block;
    child->auxv_start = parent->auxv_start;
    child->auxv_end = parent->auxv_end;
    child->limit_space = parent->limit_space;
    child->limit_stack = parent->limit_stack;
    child->limit_data = parent->limit_data;
    child->limit_locked = parent->limit_locked;
    child->n_pages = parent->n_pages;
    child->n_resident = parent->n_resident;
    child->n_data_pages = parent->n_data_pages;
    child->has_kept = parent->has_kept;
}

/* Waits until no pages move and, to change VMAs, until no fork copies them. Lock: space->lock held;
 * it is released in between. */
static void await(struct space *space, bool vmas)
{
    space->n_awaiting++;
    while (space->moving || (vmas && space->copied_to))
        space_breathe(space, true);
    space->n_awaiting--;
}

void space_lock_pages(struct space *space)
{
    spin_lock(&space->lock);
    if (unlikely(space->moving))
        await(space, false);
}

void space_lock_vmas(struct space *space)
{
    spin_lock(&space->lock);
    if (unlikely(space->moving || space->copied_to))
        await(space, true);
}

/* Copies the VMAs, in pieces, and then shares the tables at once. 0 or -ENOMEM. Takes
 * parent->lock. */
static int copy_to(struct space *child, struct space *parent)
{
    space_lock_vmas(parent);
    parent->copied_to = child;
    int err = vmas_copy(child, parent);
    if (!err) {
        mappings_show(child, parent); /* from now on zaps wait for the tables */
        settings_copy(child, parent);
        tables_share(phys_to_virt(parent->root), phys_to_virt(child->root));
        tlb_shootdown(space_cpus(parent), 0, 0); /* the right to write was removed */
    }
    parent->copied_to = NULL;
    spin_unlock(&parent->lock);
    return err;
}

struct space *space_fork(struct space *parent)
{
    struct space *child = space_make();
    if (!child)
        return NULL;
    struct list dead;
    list_init(&dead);
    child->unborn = true;
    int err = copy_to(child, parent);
    if (!err && unlikely(child->has_kept))
        err = annex_hooks.fork_kept(child, &dead);
    spin_lock(&child->lock);
    child->unborn = false;
    spin_unlock(&child->lock);
    mappings_free(&dead);
    if (!err)
        return child;
    space_unref(child);
    return NULL;
}

/* ---- The end ---- */

void space_ref(struct space *space)
{
    __atomic_add_fetch(&space->refs, 1, __ATOMIC_RELAXED);
}

uint32_t spaces_ending;

void space_reap(struct space *ended)
{
    if (!ended)
        return;
    table_put_ptes(phys_to_virt(ended->root), 4);
    root_remove_kernel(phys_to_virt(ended->root));
    frame_free_zeroed(ended->root);
    object_free(&space_cache, ended);
    __atomic_sub_fetch(&spaces_ending, 1, __ATOMIC_RELEASE);
}

struct space *space_hold_drop(struct space *space)
{
    return __atomic_sub_fetch(&space->holds, 1, __ATOMIC_ACQ_REL) == 0 ? space : NULL;
}

void space_unref(struct space *space)
{
    if (__atomic_sub_fetch(&space->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    __atomic_add_fetch(&spaces_ending, 1, __ATOMIC_RELAXED);
    struct list dead;
    bool large = space->n_pages >= LARGE_PAGES, more;
    do {
        list_init(&dead);
        spin_lock(&space->lock);
        more = vmas_drop(space, &dead);
        spin_unlock(&space->lock);
        mappings_free(&dead);
        if (more)
            mm_resched();
    } while (more);
    if (large)
        tables_free_slowly(space);
    space_reap(space_hold_drop(space));
}
