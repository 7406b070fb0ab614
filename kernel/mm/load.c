/* Loading: which space each processor has loaded, and what its TLB may still know of it.
 *
 * The story of a TLB. To translate an address, a processor walks four tables, from the root in CR3
 * down. It remembers what it found: the page and its rights in the TLB, and the places of the
 * tables on the way in its paging-structure caches. It may walk at any moment, even for an access
 * that it only expects to happen, and on its way it sets the accessed bits of the entries, and the
 * dirty bit of a PTE that it writes through. It never checks later whether an entry in memory has
 * changed. So the kernel must tell it after each change: INVLPG forgets one page and all places of
 * tables; writing CR3 forgets all but global pages. Both work only on the processor that executes
 * them. The kernel's own pages, which are the same in every root, are global and survive the write
 * of CR3.
 *
 * A switch to another space writes CR3, so nothing of the space before is left. CR3 is not written
 * if the next thread has the same space, or none, as an idle thread: the kernel is mapped in every
 * space. This saves many switches. In return, a space that has ended must wait for the processors
 * that have it loaded, so each of them counts as one hold.
 *
 * Invariant: a processor that knows anything of a space is in its cpu_mask. It enters the mask
 * before it writes CR3 and leaves it after it has written CR3 for the next space. No lock is
 * needed. A change of an entry (tables.c, with the space's lock) is made first, and the mask is
 * read afterwards: so a processor that was not yet in the mask walks the tables only after the
 * change. */
/* SPDX-License-Identifier: MIT */
#include "frames.h"
#include "space.h"

/* The space that each processor has loaded; NULL: kernel_root. Only that processor uses its
 * element. */
static struct space *loaded[MAX_CPUS];

static void enter(struct space *space, uint32_t id)
{
    __atomic_add_fetch(&space->holds, 1, __ATOMIC_RELAXED);
    __atomic_fetch_or(&space->cpu_mask, 1u << id, __ATOMIC_SEQ_CST);
}

/* Drops the processor's hold; the space if it was the last one, otherwise NULL. */
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
