/* Address spaces: made, copied by fork, taken down.
 *
 * A space ends in two steps. When nobody refers to it any more its areas go, in the context of
 * whoever let go last. Its tables go when no processor has it loaded either, so that an exiting
 * process need not load another root first: the switch to the next process does that anyway. */
#include "abi/errno.h"
#include "abi/resource.h"
#include "frames.h"
#include "space.h"

static OBJECT_CACHE(space_cache, struct space);

#define LARGE_PAGES 4096 /* a space of fewer pages is freed in less than 0.3 ms */

/* A space without areas. */
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

/* An empty space without limits; NULL when memory is out. */
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

/* What exec and setrlimit said about the parent holds for the child, and what its areas add up
 * to. */
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
    child->n_data_pages = parent->n_data_pages;
    child->has_kept = parent->has_kept;
}

void space_lock_areas(struct space *space)
{
    spin_lock(&space->lock);
    while (unlikely(space->copied_to))
        space_wait(space);
}

/* Drops from a fork's child, the first from `at` on of its areas that the parent keeps for itself,
 * and the pages of those that are to be empty; where it stopped is *at. 0 or -ENOMEM. Lock: takes
 * child->lock. */
static int keep_piece(struct space *child, uint64_t *at, struct list *dead)
{
    struct flush flush;
    int error = 0;
    flush_begin(&flush, child);
    spin_lock(&child->lock);
    for (int n = 0; n < PIECE_AREAS && *at < USER_END && !error; n++) {
        const struct area *area = area_find(child, *at);
        uint64_t start = area ? area->start : USER_END;
        *at = area ? area->end : USER_END;
        uint32_t flags = area ? area->flags : 0;
        if (flags & (AREA_DONTFORK | AREA_WIPEONFORK))
            error = space_discard_locked(child, start, *at, &flush);
        if (flags & AREA_DONTFORK && !error)
            areas_cut(child, start, *at, dead);
    }
    flush_end(&flush);
    spin_unlock(&child->lock);
    return error;
}

/* Takes from a fork's child what its parent keeps for itself. 0 or -ENOMEM. */
static int areas_keep(struct space *child, struct list *dead)
{
    int error = 0;
    for (uint64_t at = 0; child->has_kept && at < USER_END && !error;) {
        error = keep_piece(child, &at, dead);
        mm_resched();
    }
    return error;
}

/* Copies areas and tables. While many areas are copied others run: faults change the parent's
 * tables, and stacks grow, but no other area changes. Then the tables are shared at once. 0 or
 * -ENOMEM. Lock: takes parent->lock. */
static int copy_to(struct space *child, struct space *parent)
{
    space_lock_areas(parent);
    parent->copied_to = child;
    int error = areas_copy(child, parent);
    if (!error) {
        mappings_show(child, parent); /* zaps wait for the tables */
        settings_copy(child, parent);
        tables_share(phys_to_virt(parent->root), phys_to_virt(child->root));
        tlb_shootdown(space_cpus(parent), 0, 0); /* the right to write is gone */
    }
    parent->copied_to = NULL;
    spin_unlock(&parent->lock);
    return error;
}

/* A copy that shares all pages and tables until one side writes; NULL when memory is out. Lock:
 * takes parent->lock. */
struct space *space_fork(struct space *parent)
{
    struct space *child = space_make();
    if (!child)
        return NULL;
    struct list dead;
    list_init(&dead);
    child->unborn = true;
    int error = copy_to(child, parent);
    if (!error)
        error = areas_keep(child, &dead);
    spin_lock(&child->lock);
    child->unborn = false;
    spin_unlock(&child->lock);
    mappings_free(&dead);
    if (!error)
        return child;
    space_unref(child);
    return NULL;
}

/* ---- The end ---- */

void space_ref(struct space *space)
{
    __atomic_add_fetch(&space->refs, 1, __ATOMIC_RELAXED);
}

static uint32_t
    n_ending; /* atomic: spaces that have lost their last reference and still have tables */

uint32_t spaces_ending(void)
{
    return __atomic_load_n(&n_ending, __ATOMIC_ACQUIRE);
}

void space_reap(struct space *ended)
{
    if (!ended)
        return;
    table_put_entries(phys_to_virt(ended->root), 4);
    root_remove_kernel(phys_to_virt(ended->root));
    frame_free_zeroed(ended->root);
    object_free(&space_cache, ended);
    __atomic_sub_fetch(&n_ending, 1, __ATOMIC_RELEASE);
}

struct space *space_hold_drop(struct space *space)
{
    return __atomic_sub_fetch(&space->holds, 1, __ATOMIC_ACQ_REL) == 0 ? space : NULL;
}

/* One reference less. With the last one the areas go now; the tables too, unless a processor has
 * them loaded: then when it loads others. That is in the middle of a switch, so what a large space
 * has goes now in any case. May drop the last reference to a file, and lets others run: no spinlock
 * held. */
void space_unref(struct space *space)
{
    if (__atomic_sub_fetch(&space->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    __atomic_add_fetch(&n_ending, 1, __ATOMIC_RELAXED);
    struct list dead;
    bool large = space->n_pages >= LARGE_PAGES, more;
    do {
        list_init(&dead);
        spin_lock(&space->lock);
        more = areas_drop(space, &dead);
        spin_unlock(&space->lock);
        mappings_free(&dead);
        if (more)
            mm_resched();
    } while (more);
    if (large)
        tables_free_slowly(space);
    space_reap(space_hold_drop(space));
}
