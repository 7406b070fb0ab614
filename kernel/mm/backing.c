/* Backings: which spaces map an object, such as a file.
 *
 * For each backing that a space maps there is one `struct mapping`. The backing's list has all of
 * them, the space finds its own by the backing's address, and the mapping has the space's VMAs of
 * the backing in a tree by offset. The mapping holds the references to the backing and to the name
 * by which it was mapped, however many VMAs it has.
 *
 * What takes pages away from an object finds exactly the VMAs that show them, even among
 * thousands of spaces with thousands of VMAs each (annex_hooks.backing_zap).
 *
 * Lock order: a space's lock is taken before mappings_lock. */
/* SPDX-License-Identifier: MIT */
#include "space.h"

static OBJECT_CACHE(mapping_cache, struct mapping);
struct spinlock mappings_lock = SPINLOCK("mappings", RANK_BACKING);

void backing_init(struct backing *backing, const struct backing_ops *ops)
{
    backing->ops = ops;
    list_init(&backing->mappings);
}

/* ---- The mappings of a space ---- */

struct mapping *mapping_find(const struct space *space, const struct backing *backing)
{
    struct tree_node *node = tree_floor(&space->mappings, (uintptr_t)backing);
    return node && node->key == (uintptr_t)backing ? container_of(node, struct mapping, in_space)
                                                   : NULL;
}

/* Creates a mapping that is not in its backing's list yet, with references to the backing and the
 * name; NULL when memory is out. */
static struct mapping *mapping_create(struct space *space, struct backing *backing, void *name)
{
    struct mapping *mapping = object_alloc_zeroed(&mapping_cache);
    if (!mapping)
        return NULL;
    mapping->backing = backing;
    mapping->space = space;
    mapping->name = backing->ops->name_ref ? name : NULL;
    backing->ops->ref(backing);
    if (mapping->name)
        backing->ops->name_ref(name);
    list_init(&mapping->node);
    tree_insert(&space->mappings, &mapping->in_space, (uintptr_t)backing);
    return mapping;
}

/* Adds the mapping to its backing's list. */
static void mapping_show(struct mapping *mapping)
{
    spin_lock(&mappings_lock);
    list_add_head(&mapping->backing->mappings, &mapping->node);
    spin_unlock(&mappings_lock);
}

struct mapping *mapping_pin(struct space *space, struct backing *backing, void *name)
{
    struct mapping *mapping = mapping_find(space, backing);
    if (!mapping) {
        mapping = mapping_create(space, backing, name);
        if (mapping)
            mapping_show(mapping);
    }
    if (mapping)
        mapping->n_vmas++;
    return mapping;
}

void mapping_unpin(struct mapping *mapping, struct list *dead)
{
    if (--mapping->n_vmas)
        return;
    tree_remove(&mapping->space->mappings, &mapping->in_space);
    spin_lock(&mappings_lock);
    list_remove(&mapping->node);
    spin_unlock(&mappings_lock);
    list_add_tail(dead, &mapping->node);
}

struct mapping *mapping_copy(struct space *child, const struct mapping *parents)
{
    struct mapping *mapping = mapping_find(child, parents->backing);
    return mapping ? mapping : mapping_create(child, parents->backing, parents->name);
}

void mappings_show(struct space *child, struct space *parent)
{
    unsigned n = 0;
    for (struct tree_node *node = tree_first(&child->mappings); node;
         node = tree_next(&child->mappings, node)) {
        mapping_show(container_of(node, struct mapping, in_space));
        if (++n % PIECE_VMAS == 0)
            space_breathe(parent, false);
    }
}

void mappings_free(struct list *dead)
{
    struct mapping *mapping, *next;
    unsigned n = 0;
    list_for_each_safe(mapping, next, dead, node) {
        if (++n % 256 == 0)
            mm_resched();
        if (mapping->name)
            mapping->backing->ops->name_unref(mapping->name);
        mapping->backing->ops->unref(mapping->backing);
        object_free(&mapping_cache, mapping);
    }
}
