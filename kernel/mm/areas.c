/* Areas: which addresses of a space are mapped, with which rights, and to what.
 *
 * A program may have 65,530 of them, so each operation must take a time that grows only with the
 * logarithm of their number. Therefore an area is a node in two trees (lib/max_tree.c), which find
 * the next node with a value of at least n:
 * - In the space's tree, by address. The value of an area is the size of the gap below it that
 *   could be mapped. So the highest gap of n bytes is found without looking at smaller ones.
 * - In the tree of the space's mapping of a backing, by offset. The value is the offset where the
 *   area ends. So backing_zap finds the areas that show a range of the object and no others.
 *
 * Two neighbours that continue each other with the same rights and flags are one area: whatever
 * adds or changes an area tries to join it. A change in the middle of an area splits it first.
 *
 * Invariant: gaps, offsets and the sums in the space (n_pages and others) match the areas whenever
 * the lock is free. Whatever changes an area's ends therefore does it through area_resize.
 *
 * A change may need up to three new areas. They are allocated before the change begins
 * (areas_reserve), so that no change stops half-way when memory is out. */
#include "abi/errno.h"
#include "space.h"

uint64_t max_map_count = 65530;

enum { BATCH = 16 }; /* objects allocated or freed at a time */

static OBJECT_CACHE(area_cache, struct area);

static struct area *area_of(const struct max_node *node)
{
    return node ? container_of(node, struct area, by_address) : NULL;
}

struct area *area_first(const struct space *space)
{
    return area_of(max_tree_end(&space->areas, 0, MAX_FORWARD));
}

struct area *area_last(const struct space *space)
{
    return area_of(max_tree_end(&space->areas, 0, MAX_BACKWARD));
}

struct area *area_next(const struct area *area)
{
    return area_of(max_tree_step(&area->by_address, 0, MAX_FORWARD));
}

struct area *area_prev(const struct area *area)
{
    return area_of(max_tree_step(&area->by_address, 0, MAX_BACKWARD));
}

struct area *area_find(const struct space *space, uint64_t address)
{
    struct area *found = NULL;
    for (const struct max_node *at = space->areas.root; at;) {
        bool above = area_of(at)->end > address;
        if (above)
            found = area_of(at);
        at = at->child[!above];
    }
    return found;
}

struct area *area_at(const struct space *space, uint64_t address)
{
    struct area *area = area_find(space, address);
    return area && area->start <= address ? area : NULL;
}

struct area *area_below(const struct space *space, const struct area *area)
{
    return area ? area_prev(area) : area_last(space);
}

bool areas_free(const struct space *space, uint64_t start, uint64_t end)
{
    struct area *area = area_find(space, start);
    return !area || area->start >= end;
}

/* ---- Memory ---- */

bool areas_reserve(struct space *space, uint32_t n)
{
    assert(n <= ARRAY_SIZE(space->spares));
    while (space->n_spares < n) {
        struct area *spare = object_alloc(&area_cache);
        if (!spare)
            return false;
        space->spares[space->n_spares++] = spare;
    }
    return true;
}

void areas_release(struct space *space)
{
    while (space->n_spares)
        object_free(&area_cache, space->spares[--space->n_spares]);
}

static struct area *spare_take(struct space *space)
{
    assert(space->n_spares);
    return space->spares[--space->n_spares];
}

/* ---- The trees ---- */

/* The size of the gap below the area, without what a stack needs to grow. */
static uint64_t gap_below(const struct area *area, const struct area *below)
{
    uint64_t from = below ? below->end : USER_START;
    uint64_t guard = area->flags & AREA_STACK ? STACK_GAP : 0;
    return area->start > from + guard ? area->start - from - guard : 0;
}

static void gap_update(struct area *area)
{
    if (area)
        max_tree_set(&area->by_address, gap_below(area, area_prev(area)));
}

/* Adds the area to its mapping's tree, or removes it. */
static void index_add(struct area *area)
{
    if (area->mapping)
        max_tree_insert(&area->mapping->areas, &area->by_offset, area->offset,
                        area->offset + (area->end - area->start));
}

static void index_remove(struct area *area)
{
    if (area->mapping)
        max_tree_remove(&area->mapping->areas, &area->by_offset);
}

/* Does RLIMIT_DATA count it? */
static bool is_data(const struct area *area)
{
    return area->prot & PROT_WRITE && !(area->flags & (AREA_SHARED | AREA_STACK));
}

/* Adds the area's size to the space's sums, or subtracts it. */
static void count_add(struct space *space, const struct area *area)
{
    uint64_t n_pages = (area->end - area->start) / PAGE_SIZE;
    space->n_pages += n_pages;
    space->most_pages = max(space->most_pages, space->n_pages);
    space->n_data_pages += is_data(area) ? n_pages : 0;
    space->n_locked_pages += area->flags & AREA_LOCKED ? n_pages : 0;
}

static void count_remove(struct space *space, const struct area *area)
{
    uint64_t n_pages = (area->end - area->start) / PAGE_SIZE;
    space->n_pages -= n_pages;
    space->n_data_pages -= is_data(area) ? n_pages : 0;
    space->n_locked_pages -= area->flags & AREA_LOCKED ? n_pages : 0;
}

/* Adds an area, which is filled in, to the space between its two neighbours. */
static void area_insert(struct space *space, struct area *area, struct area *below,
                        struct area *above)
{
    max_tree_insert(&space->areas, &area->by_address, area->start, gap_below(area, below));
    if (above)
        max_tree_set(&above->by_address, gap_below(above, area));
    index_add(area);
    count_add(space, area);
    space->n_areas++;
    if (area->mapping)
        area->mapping->n_areas++;
}

/* Removes an area from the space and frees it. */
static void area_remove(struct space *space, struct area *area, struct list *dead)
{
    struct area *below = area_prev(area), *above = area_next(area);
    max_tree_remove(&space->areas, &area->by_address);
    if (above)
        max_tree_set(&above->by_address, gap_below(above, below));
    index_remove(area);
    count_remove(space, area);
    space->n_areas--;
    if (area->mapping)
        mapping_unpin(area->mapping, dead);
    object_free(&area_cache, area);
}

void area_resize(struct space *space, struct area *area, uint64_t start, uint64_t end)
{
    index_remove(area);
    count_remove(space, area);
    if (area->backing)
        area->offset += start - area->start;
    area->start = area->by_address.key = start;
    area->end = end;
    count_add(space, area);
    index_add(area);
    gap_update(area);
    gap_update(area_next(area));
}

/* Can the two be one area, because b continues a? */
static bool areas_join(const struct area *a, const struct area *b)
{
    return a && b && a->end == b->start && a->prot == b->prot && a->flags == b->flags &&
           a->max_prot == b->max_prot && a->backing == b->backing &&
           (!a->backing || a->offset + (a->end - a->start) == b->offset);
}

/* Joins two neighbours if they are alike; `lower` remains. */
static bool try_join(struct space *space, struct area *lower, struct area *upper)
{
    if (!areas_join(lower, upper))
        return false;
    uint64_t end = upper->end;
    area_remove(space, upper, NULL); /* `lower` has the same mapping, so the mapping stays */
    area_resize(space, lower, lower->start, end);
    return true;
}

void area_extend(struct space *space, struct area *area, uint64_t end)
{
    area_resize(space, area, area->start, end);
    try_join(space, area, area_next(area));
}

void areas_add(struct space *space, const struct area *wanted)
{
    struct area *above = area_find(space, wanted->start), *below = area_below(space, above);
    if (areas_join(below, wanted)) {
        area_resize(space, below, below->start, wanted->end);
        try_join(space, below, above);
    } else if (areas_join(wanted, above)) {
        area_resize(space, above, wanted->start, above->end);
    } else {
        struct area *area = spare_take(space);
        *area = *wanted;
        area_insert(space, area, below, above);
    }
}

/* Splits an area at the address; the result is the upper part. */
static struct area *area_split(struct space *space, struct area *area, uint64_t address)
{
    struct area *upper = spare_take(space);
    *upper = *area;
    area_resize(space, area, area->start, address);
    upper->start = address;
    if (upper->backing)
        upper->offset += address - area->start;
    area_insert(space, upper, area, area_next(area));
    return upper;
}

/* ---- Ranges ---- */

void areas_cut(struct space *space, uint64_t start, uint64_t end, struct list *dead)
{
    struct area *area = area_find(space, start);
    if (area && area->start < start) {
        if (area->end > end)
            area_split(space, area, end);
        struct area *next = area_next(area);
        area_resize(space, area, area->start, start);
        area = next;
    }
    while (area && area->end <= end) {
        struct area *next = area_next(area);
        area_remove(space, area, dead);
        area = next;
    }
    if (area && area->start < end)
        area_resize(space, area, end, area->end);
}

bool area_may_change(const struct space *space, const struct area *area, uint64_t start,
                     uint64_t end, uint32_t prot, uint32_t flags)
{
    uint32_t n_splits = (area->start < start) + (area->end > end);
    if (!n_splits || (area->prot == prot && area->flags == flags))
        return true;
    struct area part = *area;
    part.start = start;
    part.end = end;
    part.prot = prot;
    part.flags = flags;
    if (part.backing)
        part.offset += start - area->start;
    uint32_t n_joins = areas_join(area_prev(area), &part) + areas_join(&part, area_next(area));
    return space->n_areas + n_splits - n_joins <= most_areas();
}

void area_change(struct space *space, struct area *area, uint64_t start, uint64_t end,
                 uint32_t prot, uint32_t flags)
{
    if (area->prot == prot && area->flags == flags)
        return;
    if (area->start < start)
        area = area_split(space, area, start);
    if (area->end > end)
        area_split(space, area, end);
    count_remove(space, area);
    area->prot = prot;
    area->flags = flags;
    count_add(space, area);
    struct area *below = area_prev(area);
    if (try_join(space, below, area))
        area = below;
    try_join(space, area, area_next(area));
}

bool areas_cover(const struct space *space, uint64_t start, uint64_t end)
{
    for (struct area *area = area_find(space, start); start < end; area = area_next(area)) {
        if (!area || area->start > start)
            return false;
        start = area->end;
    }
    return true;
}

uint64_t areas_find_gap(const struct space *space, uint64_t n_bytes, uint64_t top)
{
    struct area *above = area_find(space, top), *below = area_below(space, above);
    uint64_t from = below ? below->end : USER_START;
    if (above) {
        uint64_t guard = above->flags & AREA_STACK ? STACK_GAP : 0;
        top = min(top, above->start > guard ? above->start - guard : 0);
    }
    if (top > from && top - from >= n_bytes)
        return top - n_bytes;
    if (below && below->by_address.value < n_bytes)
        below = area_of(max_tree_step(&below->by_address, n_bytes, MAX_BACKWARD));
    if (!below)
        return 0;
    uint64_t guard = below->flags & AREA_STACK ? STACK_GAP : 0;
    return below->start - guard - n_bytes;
}

/* ---- Fork and the end of a space ---- */

struct copying {
    struct space *child;
    struct max_copy tree;
    uint32_t n_left; /* areas of the parent that are not copied yet */
    uint32_t n;      /* unused objects in memory[] */
    void *memory[BATCH];
    const struct mapping *parents; /* the parent's mapping that was looked up last ... */
    struct mapping *childs;        /* ... and the child's for the same backing */
};

/* Replaces the copy's mapping by the child's and adds the copy to it; false when memory is out. */
static bool copy_mapping(struct copying *copying, struct area *copy)
{
    if (copying->parents != copy->mapping) {
        struct mapping *childs = mapping_copy(copying->child, copy->mapping);
        if (!childs)
            return false;
        copying->parents = copy->mapping;
        copying->childs = childs;
    }
    copy->mapping = copying->childs;
    copy->mapping->n_areas++;
    index_add(copy);
    return true;
}

/* Copies the next area of the parent; false when memory is out. */
static bool copy_one(struct copying *copying)
{
    const struct area *area = area_of(copying->tree.next);
    if (copying->n == 0)
        copying->n =
            objects_alloc(&area_cache, copying->memory, min(copying->n_left, (uint32_t)BATCH));
    if (copying->n == 0)
        return false;
    struct area *copy = copying->memory[copying->n - 1];
    copy->start = area->start;
    copy->end = area->end;
    copy->prot = area->prot;
    copy->flags = area->flags & ~AREA_LOCKS; /* locks are not inherited */
    copy->max_prot = area->max_prot;
    copy->backing = area->backing;
    copy->offset = area->offset;
    copy->mapping = area->mapping;
    if (copy->mapping && !copy_mapping(copying, copy))
        return false;
    max_copy_add(&copying->tree, &copy->by_address);
    copying->n--;
    copying->n_left--;
    return true;
}

int areas_copy(struct space *child, struct space *parent)
{
    struct copying copying;
    copying.child = child;
    copying.n_left = parent->n_areas;
    copying.n = 0;
    copying.parents = NULL;
    max_copy_begin(&copying.tree, &child->areas, &parent->areas);
    bool all = true;
    while (all && copying.tree.next) {
        all = copy_one(&copying);
        if (all && copying.n_left % PIECE_AREAS == 0 && copying.n_left)
            space_breathe(parent);
    }
    objects_free(&area_cache, copying.memory, copying.n);
    child->n_areas = parent->n_areas - copying.n_left;
    return all ? 0 : -ENOMEM;
}

void areas_regrown(struct space *parent, const struct area *area)
{
    struct area *copy = area_find(parent->copied_to, area->end - 1);
    if (!copy || copy->end != area->end)
        return; /* not copied yet: the copy will have the new start */
    copy->start = area->start;
    max_copy_update(&copy->by_address, &area->by_address);
}

bool areas_drop(struct space *space, struct list *dead)
{
    void *memory[BATCH];
    size_t n = 0;
    struct max_node *node = NULL;
    while (n < BATCH && (node = max_tree_pop_leaf(&space->areas, node))) {
        struct area *area = area_of(node);
        node = node->parent;
        if (area->mapping)
            mapping_unpin(area->mapping, dead);
        memory[n++] = area;
    }
    objects_free(&area_cache, memory, n);
    space->n_areas -= n;
    return space->n_areas;
}
