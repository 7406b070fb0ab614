/* Backings: which spaces map an object, unmapping its pages from all of them, and shared memory
 * without a file.
 *
 * The problem: when a file is truncated, its pages must vanish from every space that maps them,
 * while those spaces fork, map, unmap and end. There may be thousands of spaces with thousands of
 * VMAs each.
 *
 * For each backing that a space maps there is one `struct mapping`. The backing's list has all of
 * them, the space finds its own by the backing's address, and the mapping has the space's VMAs of
 * the backing in a tree by offset. So the zap (backing_zap) finds exactly the VMAs that show the
 * range.
 *
 * 1. The object has dropped the pages already, so a new fault does not find them.
 * 2. The zap gets a number. It takes the first mapping of the list, writes the number into it and
 *    moves it to the end, until the first one has this number already. New mappings are added at
 *    the front, so they are seen. A reference keeps the space alive; a space that is ending needs
 *    no zap.
 * 3. With no lock but the space's, it drops pages piece by piece, up to 64 VMAs at a time, and
 *    lets other threads run in between. It remembers the key and the address of the last VMA to
 *    find its place again, because the VMA itself may be freed meanwhile.
 *
 * A fork in progress is the hard case: the child's mappings are in the lists before it has tables.
 * A zap of the parent before the tables are copied covers the child; after that the child must be
 * looked at itself, and the zap waits for its tables (await_birth).
 *
 * Lock order: a space's lock is taken before mappings_lock. That is why step 2 only takes a
 * reference, and step 3 locks. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "frames.h"
#include "space.h"

static OBJECT_CACHE(mapping_cache, struct mapping);
static struct spinlock mappings_lock = SPINLOCK("mappings", RANK_BACKING);
static uint64_t zaps; /* guarded by mappings_lock: the number of the last walk along mappings */

void backing_init(struct backing *backing, const struct backing_ops *ops)
{
    backing->ops = ops;
    list_init(&backing->mappings);
}

/* ---- The mappings of a space ---- */

static struct mapping *mapping_find(const struct space *space, const struct backing *backing)
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
        if (++n % PIECE_AREAS == 0)
            space_breathe(parent);
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

/* ---- Unmapping an object's pages ---- */

/* Takes a reference, unless the space has none any more; false then. */
static bool space_ref_living(struct space *space)
{
    uint32_t refs = __atomic_load_n(&space->refs, __ATOMIC_RELAXED);
    while (refs) {
        if (__atomic_compare_exchange_n(&space->refs, &refs, refs + 1, false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_RELAXED))
            return true;
    }
    return false;
}

/* The next space that maps the backing and that this walk has not seen, with a reference; NULL if
 * there is none. Mappings that were seen are moved to the end of the list. */
static struct space *next_space(struct backing *backing, uint64_t zap)
{
    struct space *found = NULL;
    spin_lock(&mappings_lock);
    for (;;) {
        struct mapping *mapping = list_first(&backing->mappings, struct mapping, node);
        if (!mapping || mapping->zap == zap)
            break;
        mapping->zap = zap;
        list_remove(&mapping->node);
        list_add_tail(&backing->mappings, &mapping->node);
        if (space_ref_living(mapping->space)) {
            found = mapping->space;
            break;
        }
    }
    spin_unlock(&mappings_lock);
    return found;
}

/* The place of a zap: in a window of the backing, after a VMA in the order of the mapping's
 * tree. */
struct zap {
    struct space *space;
    struct backing *backing;
    bool copies;         /* private copies are dropped too */
    uint64_t start, end; /* the window, in bytes of the backing */
    uint64_t key;        /* offset of the last VMA ... */
    const void *tie;     /* ... and its address, which may be freed */
};

/* Drops the pages that the VMA maps of [from, to), bytes of the backing. Lock: space->lock
 * held. */
static void zap_vma(const struct zap *zap, const struct vma *vma, uint64_t from, uint64_t to,
                    struct flush *flush)
{
    uint64_t start = vma->start + (from - vma->offset), end = vma->start + (to - vma->offset);
    if (zap->copies || vma->flags & VMA_SHARED)
        space_discard_locked(zap->space, start, end, flush);
    else
        tables_clear_files(zap->space, start, end, flush);
}

/* Drops the pages that the next VMAs map of the window; true if there are more VMAs. Takes
 * space->lock. */
static bool zap_vmas(struct zap *zap)
{
    struct flush flush;
    flush_begin(&flush, zap->space);
    spin_lock(&zap->space->lock);
    struct mapping *mapping = mapping_find(zap->space, zap->backing);
    struct max_node *node =
        mapping ? max_tree_after(&mapping->vmas, zap->key, zap->tie, zap->start + 1) : NULL;
    for (int n = 0; n < PIECE_AREAS && node && node->key < zap->end; n++) {
        const struct vma *vma = container_of(node, struct vma, by_offset);
        uint64_t from = max(zap->start, vma->offset), to = min(zap->end, node->value);
        zap_vma(zap, vma, from, to, &flush);
        zap->key = node->key;
        zap->tie = node;
        node = max_tree_step(node, zap->start + 1, MAX_FORWARD);
    }
    bool more = node && node->key < zap->end;
    flush_end(&flush);
    spin_unlock(&zap->space->lock);
    return more;
}

/* Sets the window to the next one in [from, end) of which the space maps something; false if there
 * is none. Takes space->lock. */
static bool zap_window(struct zap *zap, uint64_t from, uint64_t end)
{
    spin_lock(&zap->space->lock);
    struct mapping *mapping = mapping_find(zap->space, zap->backing);
    struct max_node *node = mapping ? max_tree_end(&mapping->vmas, from + 1, MAX_FORWARD) : NULL;
    bool more = node && max(from, node->key) < end;
    if (more) {
        zap->start = max(from, node->key);
        zap->end = min(zap->start + LARGE_SPAN, end);
        zap->key = 0;
        zap->tie = NULL;
    }
    spin_unlock(&zap->space->lock);
    return more;
}

/* Drops one space's pages of [start, end), bytes of the backing. If memory is out and tables cannot
 * be copied, pages stay mapped: the program then sees old contents instead of SIGBUS, which does no
 * other harm. */
static void zap_in(struct zap *zap, uint64_t start, uint64_t end)
{
    for (uint64_t from = start; zap_window(zap, from, end); from = zap->end) {
        while (zap_vmas(zap))
            mm_resched();
        mm_resched();
    }
}

/* Waits until the child of a fork has its tables. What was zapped from the parent before is not in
 * them; what is zapped later must be looked for there. The fork never waits for a zap. Takes
 * space->lock. */
static void await_birth(struct space *space)
{
    spin_lock(&space->lock);
    while (unlikely(space->unborn))
        space_wait(space);
    spin_unlock(&space->lock);
}

void backing_zap(struct backing *backing, uint64_t first, uint64_t end, bool copies)
{
    struct zap zap = {.backing = backing, .copies = copies};
    if (list_empty(&backing->mappings))
        return; /* later mappings find the object truncated */
    spin_lock(&mappings_lock);
    uint64_t number = ++zaps;
    spin_unlock(&mappings_lock);
    while ((zap.space = next_space(backing, number))) {
        await_birth(zap.space);
        zap_in(&zap, first * PAGE_SIZE, end * PAGE_SIZE);
        space_unref(zap.space);
    }
}

/* ---- Seals ---- */

static bool writable_in(struct space *space, const struct backing *backing)
{
    bool writable = false;
    spin_lock(&space->lock);
    const struct mapping *mapping = mapping_find(space, backing);
    struct max_node *node = mapping ? max_tree_end(&mapping->vmas, 1, MAX_FORWARD) : NULL;
    for (; node && !writable; node = max_tree_step(node, 1, MAX_FORWARD)) {
        const struct vma *vma = container_of(node, struct vma, by_offset);
        writable = vma->flags & VMA_SHARED && vma->max_prot & PROT_WRITE;
    }
    spin_unlock(&space->lock);
    return writable;
}

/* A fork adds the child's mapping at the front of the list before the parent can change its own: so
 * the walk finds one of the two. */
bool backing_shared_writable(struct backing *backing)
{
    bool writable = false;
    spin_lock(&mappings_lock);
    uint64_t zap = ++zaps;
    spin_unlock(&mappings_lock);
    for (struct space *space; !writable && (space = next_space(backing, zap));) {
        writable = writable_in(space, backing);
        space_unref(space);
    }
    return writable;
}

/* ---- Shared memory without a file ---- */

enum { LEAF_PAGES = PAGE_SIZE / sizeof(paddr_t) };

struct shared_memory {
    struct backing backing;
    uint32_t refs; /* atomic */
    struct spinlock lock;
    uint64_t n_pages; /* constant */
    paddr_t **leaves; /* guarded by lock: pages of frames; 0: no page yet; NULL: no leaf yet */
};

static struct shared_memory *shared_memory_of(struct backing *backing)
{
    return container_of(backing, struct shared_memory, backing);
}

static uint64_t n_leaves(const struct shared_memory *memory)
{
    return (memory->n_pages + LEAF_PAGES - 1) / LEAF_PAGES;
}

/* The place of the frame of page `index`, in a leaf that is created if need be; NULL when memory is
 * out. Lock: memory->lock held. */
static paddr_t *frame_place(struct shared_memory *memory, uint64_t index)
{
    paddr_t **leaf = &memory->leaves[index / LEAF_PAGES];
    if (!*leaf) {
        paddr_t fresh = frame_alloc_zeroed(FRAME_KERNEL);
        if (!fresh)
            return NULL;
        *leaf = phys_to_virt(fresh);
    }
    return &(*leaf)[index % LEAF_PAGES];
}

static int shared_memory_page(struct backing *backing, uint64_t index, bool write, paddr_t *frame)
{
    struct shared_memory *memory = shared_memory_of(backing);
    (void)write;
    if (index >= memory->n_pages)
        return -EIO;
    spin_lock(&memory->lock);
    paddr_t *place = frame_place(memory, index);
    if (place && !*place)
        *place = frame_alloc_zeroed(FRAME_USER);
    *frame = place ? *place : 0;
    if (*frame)
        frame_ref(*frame);
    spin_unlock(&memory->lock);
    return *frame ? 0 : -ENOMEM;
}

static void shared_memory_ref(struct backing *backing)
{
    __atomic_add_fetch(&shared_memory_of(backing)->refs, 1, __ATOMIC_RELAXED);
}

static void shared_memory_free(struct shared_memory *memory)
{
    for (uint64_t i = 0; i < n_leaves(memory); i++) {
        paddr_t *leaf = memory->leaves[i];
        if (!leaf)
            continue;
        for (int j = 0; j < LEAF_PAGES; j++) {
            if (leaf[j])
                frame_unref(leaf[j]);
        }
        frame_unref(virt_to_phys(leaf));
    }
    kfree(memory->leaves);
    kfree(memory);
}

static void shared_memory_unref(struct backing *backing)
{
    struct shared_memory *memory = shared_memory_of(backing);
    if (__atomic_sub_fetch(&memory->refs, 1, __ATOMIC_ACQ_REL) == 0)
        shared_memory_free(memory);
}

static const struct backing_ops shared_memory_ops = {
    .page = shared_memory_page,
    .ref = shared_memory_ref,
    .unref = shared_memory_unref,
};

struct backing *shared_memory_create(uint64_t n_bytes)
{
    struct shared_memory *memory = kzalloc(sizeof(*memory));
    if (!memory)
        return NULL;
    backing_init(&memory->backing, &shared_memory_ops);
    spin_init(&memory->lock, "shared memory", RANK_INODE);
    memory->refs = 1;
    memory->n_pages = n_bytes / PAGE_SIZE;
    memory->leaves = kzalloc(n_leaves(memory) * sizeof(memory->leaves[0]));
    if (memory->leaves)
        return &memory->backing;
    kfree(memory);
    return NULL;
}
