/* Loading: which space each processor has, and how it forgets the one before.
 *
 * A processor keeps its root for good. To load a space is to make the lower half of that root lead
 * where the space's does, and then to flush the pages that the processor may still know: those
 * whose accessed bit is set. Writing CR3 would flush the kernel's pages with them, which costs far
 * more than the switch itself; that is done where there are many. */
#include "frames.h"
#include "space.h"

enum { FORGET_SINGLY = 24 };
#define WALKED (1u << 31) /* in cpu_mask: its only processor is clearing accessed bits */

/* Each processor's own. */
static struct loaded {
    struct space *space; /* what its root shows; NULL: nothing */
    bool blurred;        /* bits may have been cleared since it was loaded: all is to be flushed */
} loaded[MAX_CPUS];

uint32_t space_loaded_elsewhere(const struct space *space)
{
    return __atomic_load_n(&space->cpu_mask, __ATOMIC_SEQ_CST) & ~WALKED & ~(1u << this_cpu()->id);
}

/* ---- The root ---- */

static pte_t *root_of(const struct space *space)
{
    return phys_to_virt(space->root);
}

static uint64_t groups_of(const struct space *space)
{
    return space ? filled_groups(root_of(space)) : 0;
}

/* Entries of this processor's root, by groups, become those of `from`, or 0. */
static void root_copy(uint64_t groups, const pte_t *from)
{
    static const pte_t nothing[TABLE_ENTRIES];
    pte_t *root = this_cpu()->root;
    from = from ? from : nothing;
    for_each_group(first, groups) {
        for (uint64_t i = first; i < first + GROUP; i += 4) {
            root[i] = from[i];
            root[i + 1] = from[i + 1];
            root[i + 2] = from[i + 2];
            root[i + 3] = from[i + 3];
        }
    }
}

bool space_refresh(const struct space *space, uint64_t first, uint64_t last)
{
    pte_t *root = this_cpu()->root;
    if (loaded[this_cpu()->id].space != space)
        return false;
    for (unsigned i = table_index(first, 4); i <= table_index(last, 4); i++)
        root[i] = root_of(space)[i];
    return true;
}

void space_show(const struct space *space)
{
    if (loaded[this_cpu()->id].space == space)
        root_copy(groups_of(space), root_of(space));
}

void load_refresh(void)
{
    const struct space *space = loaded[this_cpu()->id].space;
    if (space)
        space_show(space);
}

/* ---- To forget ---- */

/* Whether no other processor gets translations of the space until walk_end. One that loads it
 * meanwhile knows that it cannot rely on the bits. Lock: space->lock held, so tables stay. */
static bool walk_begin(struct space *space, uint32_t self)
{
    if (n_cpus == 1)
        return true;
    return __atomic_compare_exchange_n(&space->cpu_mask, &self, self | WALKED, false,
                                       __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

static void walk_end(struct space *space)
{
    __atomic_and_fetch(&space->cpu_mask, ~WALKED, __ATOMIC_SEQ_CST);
}

/* Flushes what this processor may know of the space, which its root does not show any more; but not
 * what holds in `next` too (NULL: none). To flush one page first makes it forget where tables are,
 * through which it could set bits in the back of the walk. Lock: space->lock held. */
static void forget_locked(struct space *space, const struct space *next)
{
    struct accessed pages[FORGET_SINGLY];
    uint32_t id = this_cpu()->id;
    uint64_t often = space->often;
    tlb_flush_page(often);
    bool alone = walk_begin(space, 1u << id);
    size_t n = tables_accessed(space, alone, pages, FORGET_SINGLY);
    if (alone && n_cpus > 1)
        walk_end(space);
    if (n > FORGET_SINGLY || loaded[id].blurred) {
        tlb_flush_all();
        return;
    }
    if (next)
        n = tables_adopt(next, pages, n);
    for (size_t i = 0; i < n; i++) {
        if (pages[i].address != often)
            tlb_flush_page(space->often = pages[i].address);
    }
}

/* The same without the lock: below it in rank, nobody may wait for it here. */
static void forget(struct space *space, const struct space *next)
{
    if (spin_trylock(&space->lock)) {
        forget_locked(space, next);
        spin_unlock(&space->lock);
    } else {
        tlb_flush_all();
    }
}

void space_hide(struct space *space)
{
    struct loaded *mine = &loaded[this_cpu()->id];
    if (mine->space != space)
        return;
    root_copy(groups_of(space), NULL);
    forget_locked(space, space);
    mine->blurred = false;
}

/* ---- To load ---- */

/* Enters this processor among those that have it loaded; true if bits may be cleared just now. */
static bool enter(struct space *space, uint32_t id)
{
    __atomic_add_fetch(&space->holds, 1, __ATOMIC_RELAXED);
    return __atomic_fetch_or(&space->cpu_mask, 1u << id, __ATOMIC_SEQ_CST) & WALKED;
}

/* One hold less; the space if that was the last one. */
static struct space *leave(struct space *space, uint32_t id)
{
    __atomic_and_fetch(&space->cpu_mask, ~(1u << id), __ATOMIC_SEQ_CST);
    return space_hold_drop(space);
}

struct space *space_switch(struct space *space)
{
    uint32_t id = this_cpu()->id;
    struct loaded *mine = &loaded[id];
    struct space *old = mine->space;
    if (space == old)
        return NULL;
    bool blurred = space && enter(space, id);
    mine->space = space;
    root_copy(groups_of(old) | groups_of(space), space ? root_of(space) : NULL);
    if (old)
        forget(old, space);
    mine->blurred = blurred;
    return old ? leave(old, id) : NULL;
}

void space_load(struct space *space)
{
    space_reap(space_switch(space));
}

void space_leave_ended(void)
{
    struct space *space = loaded[this_cpu()->id].space;
    if (space && __atomic_load_n(&space->refs, __ATOMIC_ACQUIRE) == 0)
        space_load(NULL);
}
