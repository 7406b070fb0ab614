/* Loading: which space each processor has, and what its TLB may still know of it.
 *
 * The story of a TLB. A processor that needs an address walks four tables, from the root in CR3
 * down, and remembers what it found: the page with its rights in the TLB, and where the tables on
 * the way are in its paging-structure caches. It may walk at any moment, for an access that it only
 * expects, and sets the accessed bits of entries on its way, the dirty bit of a page's entry that
 * it writes through. It never asks whether an entry in memory has changed since. So whoever changes
 * an entry must say so: INVLPG forgets one page and all of where tables are, writing CR3 forgets
 * all but global pages, and both work on the processor alone that executes them. The kernel's own
 * pages, the same in every root, are global and outlive the write.
 *
 * A switch to another space writes CR3, so of the space before nothing is left. There is no switch
 * where the next thread has the same space or, as an idle thread, none. The kernel thereby sees
 * whatever space was loaded last, which costs nothing and is why a space that has ended waits for
 * the processors that have it loaded: each of them counts as one hold.
 *
 * The invariant: a processor that knows anything of a space is in its cpu_mask. It enters before it
 * writes CR3 and leaves after it has written CR3 for the next, and no lock is taken for either. Who
 * changes an entry (tables.c), with the space's lock, changes it first and reads the mask then. So
 * a processor that was not in the mask yet walks only after the change. */
#include "frames.h"
#include "space.h"

/* Each processor's own: what it has loaded; NULL: kernel_root. */
static struct space *loaded[MAX_CPUS];

static void enter(struct space *space, uint32_t id)
{
    __atomic_add_fetch(&space->holds, 1, __ATOMIC_RELAXED);
    __atomic_fetch_or(&space->cpu_mask, 1u << id, __ATOMIC_SEQ_CST);
}

/* One hold less; the space if that was the last one. */
static struct space *leave(struct space *space, uint32_t id)
{
    __atomic_fetch_and(&space->cpu_mask, ~(1u << id), __ATOMIC_SEQ_CST);
    return space_hold_drop(space);
}

struct space *space_switch(struct space *space)
{
    uint32_t id = this_cpu()->id;
    struct space *old = loaded[id];
    if (space == old)
        return NULL;
    if (space)
        enter(space, id);
    root_load(space ? phys_to_virt(space->root) : kernel_root);
    loaded[id] = space;
    return old ? leave(old, id) : NULL;
}

void space_load(struct space *space)
{
    space_reap(space_switch(space));
}

void space_leave_ended(void)
{
    struct space *space = loaded[this_cpu()->id];
    if (space && __atomic_load_n(&space->refs, __ATOMIC_ACQUIRE) == 0)
        space_load(NULL);
}
