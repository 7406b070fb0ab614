/* Address spaces, for the files of mm: VMAs, page tables, flushes, and the mappings of a
 * backing. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "mm.h"

enum {
    USER_START = 0x10000,                   /* below this, only MAP_FIXED maps */
    STACK_GAP = 256 * PAGE_SIZE,            /* left free below a stack, which may grow */
    LARGE_SPAN = TABLE_ENTRIES * PAGE_SIZE, /* what one table of the lowest level covers */
    /* How much is done in one piece with the lock held: a millisecond or two of work. */
    PIECE_VMAS = 64,
    PIECE_TABLES = 16,  /* tables of pages whose PTEs are counted with a lock held */
    PIECE_TOUCHED = 32, /* pages that are brought in */
    PIECE_BYTES = 4 * LARGE_SPAN,
};
/* A piece ends here in any case: there may be as many tables without a page as with some. */
#define PIECE_SPAN ((uint64_t)LARGE_SPAN * TABLE_ENTRIES * TABLE_ENTRIES)

/* The limit for VMAs. A space with that many cannot split one; mmap may add one more. */
static inline uint64_t most_vmas(void)
{
    return __atomic_load_n(&max_map_count, __ATOMIC_RELAXED);
}
/* The lowest address that a caller other than root may map. */
static inline uint64_t least_address(void)
{
    return __atomic_load_n(&mmap_min_addr, __ATOMIC_RELAXED);
}

/* ---- VMAs (vmas.c). Lock: space->lock held. ---- */

/* In the order of addresses; NULL if there is none. */
struct vma *vma_last(const struct space *space);
struct vma *vma_next(const struct vma *vma);
struct vma *vma_prev(const struct vma *vma);
/* The first VMA that ends above the address, or NULL. */
struct vma *vma_find(const struct space *space, uint64_t address);
/* The VMA before `vma`, or the last one if that is NULL. */
struct vma *vma_below(const struct space *space, const struct vma *vma);
/* The VMA that holds the address, or NULL. */
struct vma *vma_at(const struct space *space, uint64_t address);
/* Allocates memory for n VMAs (at most VMA_SPARES), so that the functions below cannot fail.
 * False when memory is out. */
bool vmas_reserve(struct space *space, uint32_t n);
/* May the space have one more VMA by a split? */
static inline bool vmas_may_split(const struct space *space)
{
    return space->n_vmas < most_vmas();
}
/* Frees what was reserved and is not needed. Called before the lock is released. */
void vmas_release(struct space *space);
/* Adds a VMA where nothing is mapped, and joins it with its neighbours if they are alike. Needs
 * one VMA. */
void vmas_add(struct space *space, const struct vma *vma);
/* Moves the ends of a VMA. Nothing else is mapped in the new range. */
void vma_resize(struct space *space, struct vma *vma, uint64_t start, uint64_t end);
/* Moves the end up, where nothing is mapped, and joins the VMA with the next one if they are
 * alike. */
void vma_extend(struct space *space, struct vma *vma, uint64_t end);
/* Removes all VMAs in [start, end). Needs one VMA if the range lies in the middle of one.
 * Mappings without VMAs are moved to `dead`, for mappings_free. */
void vmas_cut(struct space *space, uint64_t start, uint64_t end, struct list *dead);
/* Sets protection and flags of the part [start, end) of a VMA. Needs two VMAs. */
void vma_change(struct space *space, struct vma *vma, uint64_t start, uint64_t end, uint32_t prot,
                uint32_t flags);
/* False if vma_change would split VMAs beyond the limit. */
bool vma_may_change(const struct space *space, const struct vma *vma, uint64_t start, uint64_t end,
                    uint32_t prot, uint32_t flags);
/* The highest address below `top` at which n bytes are free; 0 if there is none. */
uint64_t vmas_find_gap(const struct space *space, uint64_t n_bytes, uint64_t top);
/* True if nothing is mapped in [start, end). */
bool vmas_free(const struct space *space, uint64_t start, uint64_t end);
/* Copies the parent's VMAs to the child, which has none and which only the caller knows. 0, or
 * -ENOMEM with some of them copied. Lock: parent->lock held, with copied_to set; it is released in
 * between. */
int vmas_copy(struct space *child, struct space *parent);
/* The VMA, a stack, has grown while a fork copies the parent's VMAs: adjusts its copy. Lock:
 * parent->lock held. */
void vmas_regrown(struct space *parent, const struct vma *vma);
/* Frees some VMAs of a space that nothing uses any more. True if there are more. */
bool vmas_drop(struct space *space, struct list *dead);

/* ---- Which spaces map a backing (backing.c) ---- */

struct mapping {
    /* guarded by mappings_lock: in backing->mappings; before that in no list, afterwards in
     * `dead` */
    struct list node;
    struct backing *backing; /* constant; referenced */
    struct space *space;     /* constant */
    void *name;              /* constant: map_request.name with a reference, or NULL */
    uint64_t zap;            /* guarded by mappings_lock: the last zap that came here */
    /* guarded by the space's lock: */
    struct tree_node in_space; /* in space->mappings */
    struct max_tree vmas;      /* by offset */
    uint32_t n_vmas;           /* VMAs, and calls of mapping_pin without mapping_unpin */
};

/* The space's mapping of a backing, which is created if need be and kept until mapping_unpin; NULL
 * when memory is out. Lock: space->lock held, also for the next two. */
struct mapping *mapping_pin(struct space *space, struct backing *backing, void *name);
/* Drops one use. A mapping without uses is removed from the space and moved to `dead`. */
void mapping_unpin(struct mapping *mapping, struct list *dead);
/* The child's mapping of the backing that the parent maps, created if need be; NULL when memory is
 * out. The backing does not know a new one before mappings_show. Only the caller knows the
 * child. */
struct mapping *mapping_copy(struct space *child, const struct mapping *parents);
/* Enters the child's mappings into the lists of their backings. From then on a zap waits until
 * the child has its tables. Lock: parent->lock held, with copied_to set; it is released in
 * between. */
void mappings_show(struct space *child, struct space *parent);
/* Frees mappings and drops their references. No spinlock is held. */
void mappings_free(struct list *dead);
/* The space's mapping of the backing; NULL if there is none. Lock: space->lock held. */
struct mapping *mapping_find(const struct space *space, const struct backing *backing);
extern struct spinlock mappings_lock;

/* ---- Flushes (flush.c) ---- */

enum { FLUSH_PAGES = 10, FLUSH_FRAMES = 48 };

/* What an operation has changed in the tables. Frames are released only when no processor can reach
 * them any more (tables.c). */
struct flush {
    struct space *space;
    uint64_t start, end; /* covers every changed address; empty if `end` is 0 */
    uint32_t n;
    paddr_t frames[FLUSH_FRAMES]; /* to be released afterwards; the low bits hold the level */
};

static inline void flush_begin(struct flush *flush, struct space *space)
{
    flush->space = space;
    flush->start = UINT64_MAX;
    flush->end = flush->n = 0;
}
static inline void flush_page(struct flush *flush, uint64_t address)
{
    flush->start = min(flush->start, address);
    flush->end = max(flush->end, address + PAGE_SIZE);
}
/* A PTE that pointed to this frame was cleared or changed, and flush_page was called for its
 * address. Level 0: a page; 1 to 3: a table of that level. */
void flush_put(struct flush *flush, paddr_t frame, int level);
/* Makes all processors forget what was changed; the frames are kept. */
void flush_now(struct flush *flush);
void flush_end(struct flush *flush); /* the same, and releases the frames */

/* ---- Page tables (tables.c). Lock: space->lock held. ---- */

/* A PTE that is not 0 holds a reference to its frame. Without PTE_PRESENT the page is kept but
 * cannot be accessed (PROT_NONE). */

/* The PTE for the address, in tables that only this space uses: tables are created and copied as
 * needed. NULL when memory is out. */
pte_t *pte_own(struct space *space, uint64_t address, struct flush *flush);
/* The value of the PTE, with PTE_WRITE only if all tables above allow it; 0 if there is none. */
pte_t table_lookup(const struct space *space, uint64_t address);
/* Makes this space the only user of the tables that cover addresses on both sides of `address`; 0
 * or -ENOMEM. */
int tables_isolate(struct space *space, uint64_t address, struct flush *flush);
/* Called before pages are removed, so that most_resident needs no work when pages are added. */
static inline void space_note_most(struct space *space)
{
    space->most_resident = max(space->most_resident, space->n_resident);
}
/* Drops all pages and tables in the range. Both ends were isolated, so it cannot fail. */
void tables_clear(struct space *space, uint64_t start, uint64_t end, struct flush *flush);
/* Removes from the PTEs in the range the rights that `prot` does not grant. 0, or -ENOMEM: some
 * pages may then have fewer rights than their VMA, and faults restore them. */
int tables_restrict(struct space *space, uint64_t start, uint64_t end, uint32_t prot,
                    struct flush *flush);
/* The first table of pages at or above *address that exists, which is moved to the first address in
 * it that matters. NULL if there is none below `end`. */
pte_t *next_table(const struct space *space, uint64_t *address, uint64_t end);
/* The end of the n-th existing table of pages from `start` on, at most `end` and the next multiple
 * of PIECE_SPAN. */
uint64_t tables_reach(const struct space *space, uint64_t start, uint64_t end, int n);
/* Fills a PTE that is 0, and notes its group as filled. */
void pte_fill(pte_t *pte, pte_t value);
/* Changes a PTE that a processor may be reading; the result is the old value. Unless the change
 * only adds rights, the address must be flushed. */
pte_t pte_set(pte_t *pte, pte_t value);
/* Copies the PTEs of a table, or of the lower half of a root, into an empty table. What they
 * point to is then shared, and read-only for both. */
void tables_share(pte_t *from, pte_t *to);
/* Drops a reference to a table (level 1 to 3) or a page (level 0). The last one frees the table and
 * drops the references of its PTEs. */
void table_put(paddr_t frame, int level);
/* Empties a table and drops the references of its PTEs. */
void table_put_ptes(pte_t *table, int level);
/* Empties the root of a space that has ended and that processors may still have loaded. Lets other
 * threads run meanwhile: no spinlock is held. */
void tables_free_slowly(struct space *ended);

/* ---- Shared by the other files ---- */

/* The processors, as bits, whose TLB may have something of the space. Read it after the PTE was
 * changed. */
static inline uint32_t space_cpus(const struct space *space)
{
    return __atomic_load_n(&space->cpu_mask, __ATOMIC_SEQ_CST);
}
/* Drops a hold. The result is the space if that was the last one, for space_reap; otherwise
 * NULL. */
struct space *space_hold_drop(struct space *space);

/* Takes the lock to change VMAs. If a fork is copying them, or while pages move, it waits for that
 * with no spinlock held. */
void space_lock_vmas(struct space *space);
/* Takes the lock to change pages, and to grow stacks. It waits while pages move. Looking at VMAs
 * needs only the lock itself. */
void space_lock_pages(struct space *space);
/* Releases the lock, lets other threads run, with `wait` until another has run, and takes it again.
 * No other lock is held. */
static inline void space_breathe(struct space *space, bool wait)
{
    spin_unlock(&space->lock);
    hooks.resched(wait);
    spin_lock(&space->lock);
}

/* The flags of a PTE in that VMA, except PTE_WRITE. */
pte_t vma_pte_flags(const struct vma *vma);
int space_fault_locked(struct space *space, uint64_t address, uint64_t error);
/* Beside the processor's FAULT_*: for a debugger, to which protection does not apply. What is
 * written must be private, and gets no right to write. */
#define FAULT_FORCED (1u << 16)
/* Copies page by page; `access` is a fault's code, buf NULL writes zeros. The result is how many
 * bytes were copied. Takes space->lock for each page. */
size_t space_transfer(struct space *space, uint64_t address, void *buf, size_t n_bytes,
                      uint64_t access);
/* Removes VMAs and pages of the range. 0, or -ENOMEM with nothing changed. Lock: space->lock held,
 * by space_lock_vmas. */
int space_unmap_locked(struct space *space, uint64_t start, uint64_t end, struct flush *flush,
                       struct list *dead);
/* The wanted address (0: none) if n bytes are free there, otherwise the highest free place; 0 if
 * there is none. Of the MAP_* flags, MAP_32BIT matters. Lock: space->lock held. */
uint64_t space_find_place(const struct space *space, uint64_t wanted, uint64_t n_bytes,
                          uint32_t map_flags);
/* Where the first piece of an operation on the VMAs and pages of [start, end) ends. Lock:
 * space->lock held. */
uint64_t piece_end(const struct space *space, uint64_t start, uint64_t end);
/* May n more bytes become writable? Checks what is promised to programs: the size of memory and
 * RLIMIT_DATA. */
bool space_may_write(const struct space *space, uint64_t n_bytes, uint32_t prot, uint32_t flags);
/* Drops pages but keeps VMAs, in pieces. 0 or -ENOMEM. No lock is held. */
int space_discard(struct space *space, uint64_t start, uint64_t end);
/* The same in one piece. Lock: space->lock held. */
int space_discard_locked(struct space *space, uint64_t start, uint64_t end, struct flush *flush);
/* May n more bytes be mapped in a VMA with these flags, as far as locking goes? `asked`: by
 * MAP_LOCKED. 0 or an error of mm_locks.check. Lock: space->lock held. */
static inline int space_check_locks(const struct space *space, uint64_t n_bytes, uint32_t flags,
                                    bool asked)
{
    return flags & VMA_LOCKED ? mm_locks.check(space, n_bytes, asked) : 0;
}
/* Does a VMA with these flags have all its pages from the start? */
static inline bool locks_at_once(uint32_t flags)
{
    return (flags & VMA_LOCKS) == VMA_LOCKED;
}
/* Would n more bytes with that protection stay within RLIMIT_AS, RLIMIT_DATA and the size of
 * memory? */
bool space_within_limits(const struct space *space, uint64_t n_bytes, uint32_t prot,
                         uint32_t flags);
