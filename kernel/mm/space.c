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
    space->limit_space = space->limit_stack = space->limit_data = RLIM_INFINITY;
    return space;
}

/* ---- fork ---- */

/* What exec and setrlimit said about the parent holds for the child. */
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
}

/* Drops from a fork's child, which nobody else knows, the areas and pages that the parent keeps for
 * itself. 0 or -ENOMEM. Lock: parent->lock held. */
static int areas_keep(struct space *child, const struct space *parent, struct list *dead)
{
    struct flush flush;
    int error = 0;
    if (!parent->has_kept)
        return 0;
    flush_begin(&flush, child);
    for (const struct area *area = area_first(parent); area && !error; area = area_next(area)) {
        if (area->flags & (AREA_DONTFORK | AREA_WIPEONFORK))
            error = space_discard_locked(child, area->start, area->end, &flush);
        if (!error && area->flags & AREA_DONTFORK)
            areas_cut(child, area->start, area->end, dead);
    }
    flush_end(&flush);
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
    spin_lock(&parent->lock);
    settings_copy(child, parent);
    child->has_kept = parent->has_kept;
    int error = areas_copy(child, parent);
    if (!error) {
        tables_share(phys_to_virt(parent->root), phys_to_virt(child->root));
        tlb_shootdown(space_cpus(parent), 0, 0); /* the right to write is gone */
        error = areas_keep(child, parent, &dead);
        mappings_show(child); /* not before: a zap of the empty tables would do for the full ones */
    }
    spin_unlock(&parent->lock);
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
