/* Address spaces, as mm's own files see them: areas, tables, flushes, and the way back from a
 * backing. */
#pragma once

#include "mm.h"

enum {
    USER_START = 0x10000,                   /* nothing is mapped below but by MAP_FIXED */
    STACK_GAP = 256 * PAGE_SIZE,            /* kept free below a stack that may still grow */
    LARGE_SPAN = TABLE_ENTRIES * PAGE_SIZE, /* what one table of pages covers */
    /* How much is done with the lock held in one piece: a millisecond's work or two. */
    PIECE_AREAS = 64,
    PIECE_TOUCHED = 32, /* pages that are filled */
    PIECE_BYTES = 4 * LARGE_SPAN,
    PIECE_MOST = 64 * LARGE_SPAN, /* where little is expected to be */
};

/* So many areas there may be: with so many none is split; a new one may make it one more. */
static inline uint64_t most_areas(void)
{
    return __atomic_load_n(&max_map_count, __ATOMIC_RELAXED);
}
/* Below it only root maps. */
static inline uint64_t least_address(void)
{
    return __atomic_load_n(&mmap_min_addr, __ATOMIC_RELAXED);
}

/* ---- Areas (areas.c); the space's lock held ---- */

/* By address; NULL where there is none. */
struct area *area_first(const struct space *space);
struct area *area_last(const struct space *space);
struct area *area_next(const struct area *area);
struct area *area_prev(const struct area *area);
/* The first area that ends above the address, or NULL. */
struct area *area_find(const struct space *space, uint64_t address);
/* The one below that area; below NULL is the last one. */
struct area *area_below(const struct space *space, const struct area *area);
/* The area that holds the address, or NULL. */
struct area *area_at(const struct space *space, uint64_t address);
/* Takes memory for n areas (AREA_SPARES at most), so that the functions below cannot fail; false
 * when memory is out. */
bool areas_reserve(struct space *space, uint32_t n);
/* Whether there may be one more by splitting. */
static inline bool areas_may_split(const struct space *space)
{
    return space->n_areas < most_areas();
}
/* Gives back what was reserved and not needed: before the lock is released. */
void areas_release(struct space *space);
/* Adds an area where nothing is, joined with its neighbours if they are alike. Needs one area. */
void areas_add(struct space *space, const struct area *area);
/* Gives an area other ends, where nothing else is. */
void area_resize(struct space *space, struct area *area, uint64_t start, uint64_t end);
/* Moves its end up, where nothing is, and joins it with what follows if the two are alike. */
void area_extend(struct space *space, struct area *area, uint64_t end);
/* Takes out all of [start, end). Needs one area if the range is the middle of one. Mappings that
 * have no area left are put on `dead`, for mappings_free. */
void areas_cut(struct space *space, uint64_t start, uint64_t end, struct list *dead);
/* Gives the part [start, end) of an area that protection and those flags. Needs two areas. */
void area_change(struct space *space, struct area *area, uint64_t start, uint64_t end,
                 uint32_t prot, uint32_t flags);
/* Whether that would leave the space with more areas than a split may make. */
bool area_may_change(const struct space *space, const struct area *area, uint64_t start,
                     uint64_t end, uint32_t prot, uint32_t flags);
/* Whether every page of [start, end) belongs to an area. */
bool areas_cover(const struct space *space, uint64_t start, uint64_t end);
/* The highest place below `top` where n bytes are free, or 0. */
uint64_t areas_find_gap(const struct space *space, uint64_t n_bytes, uint64_t top);
/* Whether nothing is mapped in [start, end). */
bool areas_free(const struct space *space, uint64_t start, uint64_t end);
/* Gives a space that has none, and that nothing else knows, the same areas; 0, or -ENOMEM with a
 * part of them. The parent's lock is held, with copied_to set, and released in between. */
int areas_copy(struct space *child, struct space *parent);
/* While a fork copies the parent's areas, one of them has grown downwards: so does its copy. The
 * parent's lock held. */
void areas_regrown(struct space *parent, const struct area *area);
/* Takes a number of areas out of a space that nobody uses any more; whether some are left. */
bool areas_drop(struct space *space, struct list *dead);

/* ---- Which spaces map a backing (backing.c) ---- */

struct mapping {
    /* guarded by mappings_lock: in backing->mappings; its finder's when new or dead */
    struct list node;
    struct backing *backing; /* constant; referenced */
    struct space *space;     /* constant */
    void *name;              /* constant: of its map_request; referenced, or NULL */
    uint64_t zap;            /* guarded by mappings_lock: the last walk that was here */
    /* guarded by the space's lock: */
    struct tree_node in_space; /* in space->mappings */
    struct max_tree areas;     /* by offset */
    uint32_t n_areas;          /* and one for each mapping_pin */
};

/* The space's mapping of a backing, new if need be, kept until mapping_unpin; NULL when memory is
 * out. The space's lock held, as for the next ones. */
struct mapping *mapping_pin(struct space *space, struct backing *backing, void *name);
/* One that uses it less; without any it leaves the space, and is put on `dead`. */
void mapping_unpin(struct mapping *mapping, struct list *dead);
/* A fork's child's mapping for the parent's, new if need be; no backing knows a new one before
 * mappings_show. NULL when memory is out. The child is the caller's alone. */
struct mapping *mapping_copy(struct space *child, const struct mapping *parents);
/* Tells the backings of all that a fork's child maps. From then on zaps wait until it is born. The
 * parent's lock is held, with copied_to set, and released in between. */
void mappings_show(struct space *child, struct space *parent);
/* Drops references and memory of dead mappings; no spinlock held. */
void mappings_free(struct list *dead);
/* A backing of zero-filled pages that several spaces may share, with one reference; NULL when
 * memory is out. */
struct backing *shared_memory_create(uint64_t n_bytes);

/* ---- Flushes (flush.c) ---- */

enum { FLUSH_PAGES = 10, FLUSH_FRAMES = 48 };

/* What an operation has changed in the tables. Frames are given up only when no processor can reach
 * them any more. */
struct flush {
    struct space *space;
    uint64_t start, end; /* covers every changed address; empty if end is 0 */
    uint32_t n;
    paddr_t frames[FLUSH_FRAMES]; /* to be put afterwards; the level is in the low bits */
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
/* An entry that pointed to this frame is gone, or points to another, and flush_page was called for
 * it: level 0 a page, 1 to 3 a table of that level. */
void flush_put(struct flush *flush, paddr_t frame, int level);
/* Here and elsewhere all that was changed is forgotten; frames are not given up yet. */
void flush_now(struct flush *flush);
void flush_end(struct flush *flush); /* and then they are */

/* ---- Tables (tables.c); the space's lock held ---- */

/* An entry that is not 0 holds a reference to its frame. Without PTE_PRESENT the page is kept, but
 * out of reach. */

/* The page entry for the address in tables that are this space's alone, making and copying tables
 * as needed; NULL when memory is out. */
pte_t *table_entry_own(struct space *space, uint64_t address, struct flush *flush);
/* The page entry as it is, with PTE_WRITE only if all tables above allow it; 0 when there is
 * none. */
pte_t table_lookup(const struct space *space, uint64_t address);
/* Makes the tables on the way to the address this space's own, where the address is not their edge;
 * 0 or -ENOMEM. */
int tables_isolate(struct space *space, uint64_t address, struct flush *flush);
/* Drops all pages and whole tables in the range, whose two ends were isolated. Cannot fail. */
void tables_clear(struct space *space, uint64_t start, uint64_t end, struct flush *flush);
/* Takes rights away from the pages of the range that `prot` does not grant; 0 or -ENOMEM (some
 * pages may have fewer rights than their area then: a fault gives them back). */
int tables_restrict(struct space *space, uint64_t start, uint64_t end, uint32_t prot,
                    struct flush *flush);
/* Drops the files' own pages from the range, not the copies that were made of them; 0 or -ENOMEM
 * (some pages stay). */
int tables_clear_files(struct space *space, uint64_t start, uint64_t end, struct flush *flush);
/* Moves the pages of n_bytes at `from` to `to`, where no page is; 0, or -ENOMEM with nothing
 * moved. */
int tables_move(struct space *space, uint64_t from, uint64_t to, uint64_t n_bytes,
                struct flush *flush);
/* Of the first table at or above *start, which becomes its end: 1 and its pages in FRAME_USER. */
uint64_t tables_weight(const struct space *space, uint64_t *start, uint64_t end);
/* The end of the n-th table of pages from `start` on that there is; `end` at most. */
uint64_t tables_reach(const struct space *space, uint64_t start, uint64_t end, int n);
uint64_t tables_count(const struct space *space, uint64_t start, uint64_t end); /* pages held */
/* Fills an entry that is 0: its table notes that there is something. */
void entry_fill(pte_t *entry, pte_t value);
/* Changes an entry that a processor may be looking at; what it was. Unless it only gives rights,
 * the address is to be flushed. */
pte_t entry_set(pte_t *entry, pte_t value);
/* Copies the entries of a table, or of a root's lower half, into an empty one: afterwards all that
 * they lead to is shared, and read-only for both. */
void tables_share(pte_t *from, pte_t *to);
/* Drops a reference to a table (level 1 to 3) or a page (level 0), with the last one all that it
 * leads to. */
void table_put(paddr_t frame, int level);
/* Empties a table: the same for all that its entries lead to. */
void table_put_entries(pte_t *table, int level);
/* Empties the root of a space that has ended, which processors may still have loaded, and lets
 * others run meanwhile: no spinlock held. */
void tables_free_slowly(struct space *ended);

/* ---- Between the rest ---- */

/* Processors that may know something of the space, as bits: read after an entry was changed. */
static inline uint32_t space_cpus(const struct space *space)
{
    return __atomic_load_n(&space->cpu_mask, __ATOMIC_SEQ_CST);
}
/* One hold less; the space if that was the last one, for space_reap. */
struct space *space_hold_drop(struct space *space);

/* Takes the lock for a change of areas, which is not made while a fork copies them: then it waits,
 * with no spinlock held. Without this, areas may be looked at, pages changed, and stacks grow. */
void space_lock_areas(struct space *space);
/* Lets others run in the middle of a long operation: the lock, and no other, is held before and
 * after. */
static inline void space_breathe(struct space *space)
{
    spin_unlock(&space->lock);
    mm_resched();
    spin_lock(&space->lock);
}
/* The same where another thread is waited for. */
static inline void space_wait(struct space *space)
{
    space_breathe(space);
    spin_unlock(&space->lock);
    mm_yield();
    spin_lock(&space->lock);
}

/* Rights of a present page entry in that area, all but PTE_WRITE. */
pte_t area_pte_flags(const struct area *area);
int space_fault_locked(struct space *space, uint64_t address, uint64_t error);
/* Removes areas and pages of the range; 0, or -ENOMEM with nothing changed. */
int space_unmap_locked(struct space *space, uint64_t start, uint64_t end, struct flush *flush,
                       struct list *dead);
/* The highest free place for n bytes, or the wanted one (0: none) if it is free; 0 where there is
 * none. MAP_32BIT matters. Lock: space->lock held. */
uint64_t space_find_place(const struct space *space, uint64_t wanted, uint64_t n_bytes,
                          uint32_t map_flags);
/* How far an operation on the areas and pages of [start, end) gets in one piece. Lock:
 * space->lock held. */
uint64_t piece_end(const struct space *space, uint64_t start, uint64_t end);
/* The same for bytes that are mapped already, but could not be written until now: what is promised
 * is asked about here and nowhere else. */
bool space_may_write(const struct space *space, uint64_t n_bytes, uint32_t prot, uint32_t flags);
/* Drops pages, keeps areas, in pieces with others between them; 0 or -ENOMEM. No lock held. */
int space_discard(struct space *space, uint64_t start, uint64_t end);
/* Drops pages, keeps areas; 0 or -ENOMEM. */
int space_discard_locked(struct space *space, uint64_t start, uint64_t end, struct flush *flush);
/* May anything be locked (lock.c)? */
bool space_may_lock(const struct space *space);
/* Would n more bytes, if the flags are those of a locked area, stay within RLIMIT_MEMLOCK? Lock:
 * space->lock held. */
bool space_may_lock_more(const struct space *space, uint64_t n_bytes, uint32_t flags);
/* Brings in the pages of a range: 0, or the error of the first fault that failed; -EINTR when
 * killed. No lock held, as for the next one. */
int space_populate(struct space *space, uint64_t start, uint64_t end);
/* The same for what of the range is locked to be in memory at once; goes on after a failure. */
int space_lock_populate(struct space *space, uint64_t start, uint64_t end);
/* Would n more bytes, with that protection, stay within the limits? */
bool space_within_limits(const struct space *space, uint64_t n_bytes, uint32_t prot,
                         uint32_t flags);
