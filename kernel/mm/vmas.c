/* VMAs: which addresses of a space are mapped, with which rights, and to what.
 *
 * A program may have 65,530 of them, so each operation must take a time that grows only with the
 * logarithm of their number. Therefore a VMA is a node in two trees (lib/max_tree.c), which find
 * the next node with a value of at least n:
 * - In the space's tree, by address. The value of a VMA is the size of the gap below it that
 *   could be mapped. So the highest gap of n bytes is found without looking at smaller ones.
 * - In the tree of the space's mapping of a backing, by offset. The value is the offset where the
 *   VMA ends. So a zap finds the VMAs that show a range of the object and no others.
 *
 * Two neighbours that continue each other with the same rights and flags are one VMA: whatever
 * adds or changes a VMA tries to join it. A change in the middle of a VMA splits it first.
 *
 * Invariant: gaps, offsets and the sums in the space (n_pages and others) match the VMAs whenever
 * the lock is free. Whatever changes a VMA's ends therefore does it through vma_resize.
 *
 * A change may need up to three new VMAs. They are allocated before the change begins
 * (vmas_reserve), so that no change stops half-way when memory is out. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "space.h"

uint64_t max_map_count = 65530;

enum { BATCH = 16 }; /* objects allocated or freed at a time */

static OBJECT_CACHE(vma_cache, struct vma);

static struct vma *vma_of(const struct max_node *node)
{
    return node ? container_of(node, struct vma, by_address) : NULL;
}

struct vma *vma_last(const struct space *space)
{
    return vma_of(max_tree_end(&space->vmas, 0, MAX_BACKWARD));
}

struct vma *vma_next(const struct vma *vma)
{
    return vma_of(max_tree_step(&vma->by_address, 0, MAX_FORWARD));
}

struct vma *vma_prev(const struct vma *vma)
{
    return vma_of(max_tree_step(&vma->by_address, 0, MAX_BACKWARD));
}

struct vma *vma_find(const struct space *space, uint64_t address)
{
    struct vma *found = NULL;
    for (const struct max_node *at = space->vmas.root; at;) {
        bool above = vma_of(at)->end > address;
        if (above)
            found = vma_of(at);
        at = at->child[!above];
    }
    return found;
}

struct vma *vma_at(const struct space *space, uint64_t address)
{
    struct vma *vma = vma_find(space, address);
    return vma && vma->start <= address ? vma : NULL;
}

struct vma *vma_below(const struct space *space, const struct vma *vma)
{
    return vma ? vma_prev(vma) : vma_last(space);
}

bool vmas_free(const struct space *space, uint64_t start, uint64_t end)
{
    struct vma *vma = vma_find(space, start);
    return !vma || vma->start >= end;
}

/* ---- Memory ---- */

bool vmas_reserve(struct space *space, uint32_t n)
{
    assert(n <= ARRAY_SIZE(space->spares));
    while (space->n_spares < n) {
        struct vma *spare = object_alloc(&vma_cache);
        if (!spare)
            return false;
        space->spares[space->n_spares++] = spare;
    }
    return true;
}

void vmas_release(struct space *space)
{
    while (space->n_spares)
        object_free(&vma_cache, space->spares[--space->n_spares]);
}

static struct vma *spare_take(struct space *space)
{
    assert(space->n_spares);
    return space->spares[--space->n_spares];
}

/* ---- The trees ---- */

/* The size of the gap below the VMA, without what a stack needs to grow. */
static uint64_t gap_below(const struct vma *vma, const struct vma *below)
{
    uint64_t from = below ? below->end : USER_START;
    uint64_t guard = vma->flags & VMA_STACK ? STACK_GAP : 0;
    return vma->start > from + guard ? vma->start - from - guard : 0;
}

static void gap_update(struct vma *vma)
{
    if (vma)
        max_tree_set(&vma->by_address, gap_below(vma, vma_prev(vma)));
}

/* Adds the VMA to its mapping's tree, or removes it. */
static void index_add(struct vma *vma)
{
    if (vma->mapping)
        max_tree_insert(&vma->mapping->vmas, &vma->by_offset, vma->offset,
                        vma->offset + (vma->end - vma->start));
}

static void index_remove(struct vma *vma)
{
    if (vma->mapping)
        max_tree_remove(&vma->mapping->vmas, &vma->by_offset);
}

/* Does RLIMIT_DATA count it? */
static bool is_data(const struct vma *vma)
{
    return vma->prot & PROT_WRITE && !(vma->flags & (VMA_SHARED | VMA_STACK));
}

/* Adds the VMA's size to the space's sums, or subtracts it. */
static void count_add(struct space *space, const struct vma *vma)
{
    uint64_t n_pages = (vma->end - vma->start) / PAGE_SIZE;
    space->n_pages += n_pages;
    space->most_pages = max(space->most_pages, space->n_pages);
    space->n_data_pages += is_data(vma) ? n_pages : 0;
    space->n_locked_pages += vma->flags & VMA_LOCKED ? n_pages : 0;
}

static void count_remove(struct space *space, const struct vma *vma)
{
    uint64_t n_pages = (vma->end - vma->start) / PAGE_SIZE;
    space->n_pages -= n_pages;
    space->n_data_pages -= is_data(vma) ? n_pages : 0;
    space->n_locked_pages -= vma->flags & VMA_LOCKED ? n_pages : 0;
}

/* Adds a VMA, which is filled in, to the space between its two neighbours. */
static void vma_insert(struct space *space, struct vma *vma, struct vma *below, struct vma *above)
{
    max_tree_insert(&space->vmas, &vma->by_address, vma->start, gap_below(vma, below));
    if (above)
        max_tree_set(&above->by_address, gap_below(above, vma));
    index_add(vma);
    count_add(space, vma);
    space->n_vmas++;
    if (vma->mapping)
        vma->mapping->n_vmas++;
}

/* Removes a VMA from the space and frees it. */
static void vma_remove(struct space *space, struct vma *vma, struct list *dead)
{
    struct vma *below = vma_prev(vma), *above = vma_next(vma);
    max_tree_remove(&space->vmas, &vma->by_address);
    if (above)
        max_tree_set(&above->by_address, gap_below(above, below));
    index_remove(vma);
    count_remove(space, vma);
    space->n_vmas--;
    if (vma->mapping)
        mapping_unpin(vma->mapping, dead);
    object_free(&vma_cache, vma);
}

void vma_resize(struct space *space, struct vma *vma, uint64_t start, uint64_t end)
{
    index_remove(vma);
    count_remove(space, vma);
    if (vma->backing)
        vma->offset += start - vma->start;
    vma->start = vma->by_address.key = start;
    vma->end = end;
    count_add(space, vma);
    index_add(vma);
    gap_update(vma);
    gap_update(vma_next(vma));
}

/* Can the two be one VMA, because b continues a? */
static bool vmas_join(const struct vma *a, const struct vma *b)
{
    return a && b && a->end == b->start && a->prot == b->prot && a->flags == b->flags &&
           a->max_prot == b->max_prot && a->backing == b->backing &&
           (!a->backing || a->offset + (a->end - a->start) == b->offset);
}

/* Joins two neighbours if they are alike; `lower` remains. */
static bool try_join(struct space *space, struct vma *lower, struct vma *upper)
{
    if (!vmas_join(lower, upper))
        return false;
    uint64_t end = upper->end;
    vma_remove(space, upper, NULL); /* `lower` has the same mapping, so the mapping stays */
    vma_resize(space, lower, lower->start, end);
    return true;
}

void vma_extend(struct space *space, struct vma *vma, uint64_t end)
{
    vma_resize(space, vma, vma->start, end);
    try_join(space, vma, vma_next(vma));
}

void vmas_add(struct space *space, const struct vma *wanted)
{
    struct vma *above = vma_find(space, wanted->start), *below = vma_below(space, above);
    if (vmas_join(below, wanted)) {
        vma_resize(space, below, below->start, wanted->end);
        try_join(space, below, above);
    } else if (vmas_join(wanted, above)) {
        vma_resize(space, above, wanted->start, above->end);
    } else {
        struct vma *vma = spare_take(space);
        *vma = *wanted;
        vma_insert(space, vma, below, above);
    }
}

/* Splits a VMA at the address; the result is the upper part. */
static struct vma *vma_split(struct space *space, struct vma *vma, uint64_t address)
{
    struct vma *upper = spare_take(space);
    *upper = *vma;
    vma_resize(space, vma, vma->start, address);
    upper->start = address;
    if (upper->backing)
        upper->offset += address - vma->start;
    vma_insert(space, upper, vma, vma_next(vma));
    return upper;
}

/* ---- Ranges ---- */

void vmas_cut(struct space *space, uint64_t start, uint64_t end, struct list *dead)
{
    struct vma *vma = vma_find(space, start);
    if (vma && vma->start < start) {
        if (vma->end > end)
            vma_split(space, vma, end);
        struct vma *next = vma_next(vma);
        vma_resize(space, vma, vma->start, start);
        vma = next;
    }
    while (vma && vma->end <= end) {
        struct vma *next = vma_next(vma);
        vma_remove(space, vma, dead);
        vma = next;
    }
    if (vma && vma->start < end)
        vma_resize(space, vma, end, vma->end);
}

bool vma_may_change(const struct space *space, const struct vma *vma, uint64_t start, uint64_t end,
                    uint32_t prot, uint32_t flags)
{
    uint32_t n_splits = (vma->start < start) + (vma->end > end);
    if (!n_splits || (vma->prot == prot && vma->flags == flags))
        return true;
    struct vma part = *vma;
    part.start = start;
    part.end = end;
    part.prot = prot;
    part.flags = flags;
    if (part.backing)
        part.offset += start - vma->start;
    uint32_t n_joins = vmas_join(vma_prev(vma), &part) + vmas_join(&part, vma_next(vma));
    return space->n_vmas + n_splits - n_joins <= most_vmas();
}

void vma_change(struct space *space, struct vma *vma, uint64_t start, uint64_t end, uint32_t prot,
                uint32_t flags)
{
    if (vma->prot == prot && vma->flags == flags)
        return;
    if (vma->start < start)
        vma = vma_split(space, vma, start);
    if (vma->end > end)
        vma_split(space, vma, end);
    count_remove(space, vma);
    vma->prot = prot;
    vma->flags = flags;
    count_add(space, vma);
    struct vma *below = vma_prev(vma);
    if (try_join(space, below, vma))
        vma = below;
    try_join(space, vma, vma_next(vma));
}

uint64_t vmas_find_gap(const struct space *space, uint64_t n_bytes, uint64_t top)
{
    struct vma *above = vma_find(space, top), *below = vma_below(space, above);
    uint64_t from = below ? below->end : USER_START;
    if (above) {
        uint64_t guard = above->flags & VMA_STACK ? STACK_GAP : 0;
        top = min(top, above->start > guard ? above->start - guard : 0);
    }
    if (top > from && top - from >= n_bytes)
        return top - n_bytes;
    if (below && below->by_address.value < n_bytes)
        below = vma_of(max_tree_step(&below->by_address, n_bytes, MAX_BACKWARD));
    if (!below)
        return 0;
    uint64_t guard = below->flags & VMA_STACK ? STACK_GAP : 0;
    return below->start - guard - n_bytes;
}

/* ---- Fork and the end of a space ---- */

struct copying {
    struct space *child;
    struct max_copy tree;
    uint32_t n_left; /* VMAs of the parent that are not copied yet */
    uint32_t n;      /* unused objects in memory[] */
    void *memory[BATCH];
    const struct mapping *parents; /* the parent's mapping that was looked up last ... */
    struct mapping *childs;        /* ... and the child's for the same backing */
};

/* Replaces the copy's mapping by the child's and adds the copy to it; false when memory is out. */
static bool copy_mapping(struct copying *copying, struct vma *copy)
{
    if (copying->parents != copy->mapping) {
        struct mapping *childs = mapping_copy(copying->child, copy->mapping);
        if (!childs)
            return false;
        copying->parents = copy->mapping;
        copying->childs = childs;
    }
    copy->mapping = copying->childs;
    copy->mapping->n_vmas++;
    index_add(copy);
    return true;
}

/* Copies the next VMA of the parent; false when memory is out. */
static bool copy_one(struct copying *copying)
{
    const struct vma *vma = vma_of(copying->tree.next);
    if (copying->n == 0)
        copying->n =
            objects_alloc(&vma_cache, copying->memory, min(copying->n_left, (uint32_t)BATCH));
    if (copying->n == 0)
        return false;
    struct vma *copy = copying->memory[copying->n - 1];
    copy->start = vma->start;
    copy->end = vma->end;
    copy->prot = vma->prot;
    copy->flags = vma->flags & ~VMA_LOCKS; /* locks are not inherited */
    copy->max_prot = vma->max_prot;
    copy->backing = vma->backing;
    copy->offset = vma->offset;
    copy->mapping = vma->mapping;
    if (copy->mapping && !copy_mapping(copying, copy))
        return false;
    max_copy_add(&copying->tree, &copy->by_address);
    copying->n--;
    copying->n_left--;
    return true;
}

int vmas_copy(struct space *child, struct space *parent)
{
    struct copying copying;
    copying.child = child;
    copying.n_left = parent->n_vmas;
    copying.n = 0;
    copying.parents = NULL;
    max_copy_begin(&copying.tree, &child->vmas, &parent->vmas);
    bool all = true;
    while (all && copying.tree.next) {
        all = copy_one(&copying);
        if (all && copying.n_left % PIECE_VMAS == 0 && copying.n_left)
            space_breathe(parent, false);
    }
    objects_free(&vma_cache, copying.memory, copying.n);
    child->n_vmas = parent->n_vmas - copying.n_left;
    return all ? 0 : -ENOMEM;
}

void vmas_regrown(struct space *parent, const struct vma *vma)
{
    struct vma *copy = vma_find(parent->copied_to, vma->end - 1);
    if (!copy || copy->end != vma->end)
        return; /* not copied yet: the copy will have the new start */
    copy->start = vma->start;
    max_copy_update(&copy->by_address, &vma->by_address);
}

bool vmas_drop(struct space *space, struct list *dead)
{
    void *memory[BATCH];
    size_t n = 0;
    struct max_node *node = NULL;
    while (n < BATCH && (node = max_tree_pop_leaf(&space->vmas, node))) {
        struct vma *vma = vma_of(node);
        node = node->parent;
        if (vma->mapping)
            mapping_unpin(vma->mapping, dead);
        memory[n++] = vma;
    }
    objects_free(&vma_cache, memory, n);
    space->n_vmas -= n;
    return space->n_vmas;
}
