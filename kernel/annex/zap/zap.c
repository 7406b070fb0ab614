/* Zap: unmaps an object's pages from all spaces, because the object has lost them.
 *
 * The problem: when a file is truncated, its pages must vanish from every space that maps them,
 * while those spaces fork, map, unmap and end. There may be thousands of spaces with thousands of
 * VMAs each. mm/backing.c keeps a list of the mappings of each object, so the zap finds exactly the
 * VMAs that show the range.
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
 * reference, and step 3 locks.
 *
 * Without this annex a program that has mapped a file goes on to see the pages that the file has
 * lost. */
/* SPDX-License-Identifier: MIT */
#include "zap.h"

#include "annex.h"
#include "mm/frames.h"
#include "mm/space.h"

static uint64_t zaps; /* guarded by mappings_lock: the number of the last walk along mappings */

/* ---- The spaces that map an object ---- */

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

/* ---- Dropping pages ---- */

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

/* Drops pages of files from the range but not private copies of them. If memory is out, some pages
 * stay. */
static void clear_files(struct space *space, uint64_t start, uint64_t end, struct flush *flush)
{
    uint64_t at = start;
    space_note_most(space);
    for (pte_t *table; (table = next_table(space, &at, end));) {
        uint64_t limit = min(end, align_down(at, LARGE_SPAN) + LARGE_SPAN);
        for (; at < limit; at += PAGE_SIZE) {
            pte_t old = table[table_index(at, 1)];
            if (!old || frame_at(pte_phys(old))->use != FRAME_FILE)
                continue;
            pte_t *pte = pte_own(space, at, flush);
            if (!pte)
                return;
            table = pte - table_index(at, 1);
            pte_set(pte, 0);
            space->n_resident--;
            flush_page(flush, at);
            flush_put(flush, pte_phys(old), 0);
        }
    }
}

/* Drops the pages that the VMA maps of [from, to), bytes of the backing. Lock: space->lock
 * held. */
static void zap_vma(const struct zap *zap, const struct vma *vma, uint64_t from, uint64_t to,
                    struct flush *flush)
{
    uint64_t start = vma->start + (from - vma->offset), end = vma->start + (to - vma->offset);
    if (zap->copies || vma->flags & VMA_SHARED)
        space_discard_locked(zap->space, start, end, flush);
    else
        clear_files(zap->space, start, end, flush);
}

/* Drops the pages that the next VMAs map of the window; true if there are more VMAs. Takes
 * space->lock. */
static bool zap_vmas(struct zap *zap)
{
    struct flush flush;
    flush_begin(&flush, zap->space);
    space_lock_pages(zap->space);
    struct mapping *mapping = mapping_find(zap->space, zap->backing);
    struct max_node *node =
        mapping ? max_tree_after(&mapping->vmas, zap->key, zap->tie, zap->start + 1) : NULL;
    for (int n = 0; n < PIECE_VMAS && node && node->key < zap->end; n++) {
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
        space_breathe(space, true);
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

/* ---- For seals ---- */

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
        mm_resched();
    }
    return writable;
}

static void start_zap(struct fs_context *fs, const char *command_line)
{
    (void)fs, (void)command_line;
    annex_hooks.backing_zap = backing_zap;
}

ANNEX(zap, ANNEX_DEVICES, start_zap);
