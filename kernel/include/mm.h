/* The mm room: frames of memory, small objects, address spaces and their faults.
 *
 * Lock rule: a space's lock guards its areas and the tables that only it uses; a table or page that
 * several spaces share (reference count above 1) is never written, it is copied first. Frames and
 * caches have locks of their own. Nothing here sleeps: out of memory is an answer, not a wait.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/mman.h"
#include "lib.h"
#include "x86.h"

/* ---- Frames: pages of physical memory, each with a count of those who hold it ---- */

/* What a frame serves for: the counts of /proc/kcounts and of leak checks. */
enum frame_use {
    FRAME_FREE,
    FRAME_KERNEL,
    FRAME_TABLE,
    FRAME_USER,
    FRAME_FILE,
    FRAME_STACK,
    FRAME_OBJECTS,
    FRAME_BUFFER,
    N_FRAME_USES,
};

/* One page, contents undefined, reference count 1; 0 when there is none. Recently freed frames come
 * first. */
paddr_t frame_alloc(enum frame_use use);
paddr_t frame_alloc_zeroed(enum frame_use use);
/* 2^order adjoining pages, aligned to their size, for the kernel's own tables; freed as one. */
paddr_t frames_alloc(enum frame_use use, unsigned order);
void frames_free(paddr_t first, unsigned order);
void frame_ref(paddr_t frame);
void frame_unref(paddr_t frame);       /* frees it with the last reference */
void frame_free_zeroed(paddr_t frame); /* the same for the only holder of one that holds zeros */
uint32_t frame_refs(paddr_t frame);    /* 1 means that the caller is its only holder */

/* A scratch page for a path or a transfer; NULL when out of memory. */
static inline void *buffer_alloc(void)
{
    paddr_t frame = frame_alloc(FRAME_BUFFER);
    return frame ? phys_to_virt(frame) : NULL;
}
static inline void buffer_free(void *page)
{
    if (page)
        frame_unref(virt_to_phys(page));
}

struct memory_counts {
    uint64_t total_frames, free_frames;
    uint64_t by_use[N_FRAME_USES];
};
void memory_count(struct memory_counts *counts);
/* Gives back empty slabs and cached stacks, so that counts compare. No spinlock held. */
void memory_trim(void);

/* Fault injection's one place: every allocation asks. A later room sets both; without them it costs
 * a load. */
extern bool mm_fail_armed;
extern bool (*mm_fail_hook)(void); /* says whether this allocation is to fail */

/* The emergency reserve: the last 1/32 of memory and the last eighth of kernel stacks are kept for
 * whom this hook says. Asked with a spinlock held; without it everybody may have all. */
extern bool (*mm_reserve_hook)(void);
/* Is the caller root? It may lock memory without a limit and map below mmap_min_addr. Asked with a
 * spinlock held. */
extern bool (*mm_is_root)(void);
bool memory_is_tight(void); /* the reserve begins soon */
bool memory_is_out(void);   /* nothing is left above the reserve */

/* In the middle of a long operation, with no lock held: sched's cond_resched, set at boot. False if
 * the thread was killed and the operation should stop. */
extern bool (*mm_resched)(void);
/* Waiting for another thread's long operation, likewise: sched's thread_yield. */
extern void (*mm_yield)(void);

/* ---- Small objects ---- */

/* Freed objects are filled with a pattern, and checked when they are handed out again: constant
 * once memory is up. The word "poison" on the kernel's command line. */
extern bool objects_poisoned;

/* A cache of objects of one size; define one with OBJECT_CACHE at file level. */
struct object_cache {
    const char *name;
    uint32_t size; /* bytes of one object, a multiple of 8 */
    struct spinlock lock;
    /* guarded by lock: */
    uint8_t id;       /* in the list of all; 0 before the first allocation */
    bool has_empty;   /* one slab without live objects is kept */
    uint32_t partial; /* slabs with a free object, fullest first: a list of frames */
    uint64_t n_live;  /* objects handed out */
    uint64_t n_slabs;
};
#define OBJECT_CACHE(variable, type)                                                     \
    struct object_cache variable = {.name = #type,                                       \
                                    .size = ((sizeof(type) + 7) & ~7u) + OBJECT_REDZONE, \
                                    .lock = {.rank = RANK_OBJECT, .name = #type}}
/* As a static: `static OBJECT_CACHE(...)`. An object lies within one page, so its size is at most
 * PAGE_SIZE. */

void *object_alloc(struct object_cache *cache); /* contents undefined; NULL when out of memory */
void *object_alloc_zeroed(struct object_cache *cache);
void object_free(struct object_cache *cache, void *object);
/* Several at once, which costs less; how many of n there were. */
size_t objects_alloc(struct object_cache *cache, void **objects, size_t n);
void objects_free(struct object_cache *cache, void **objects, size_t n);
/* Calls visit for each cache; for counts. */
void object_caches_visit(void (*visit)(const struct object_cache *cache, void *arg), void *arg);

/* Any size; small ones from caches by size class, large ones in whole frames. NULL when out of
 * memory. */
void *kmalloc(size_t n_bytes);
void *kzalloc(size_t n_bytes);
void *krealloc(void *memory, size_t n_bytes); /* the old block stays valid on NULL */
void kfree(void *memory);                     /* NULL is allowed */

/* ---- Kernel stacks ---- */

void *kstack_alloc(void);          /* the top of a fresh stack of KSTACK_BYTES, or NULL */
void kstack_free(void *stack_top); /* kept mapped for the next one */
/* If the address lies in a guard page below a kernel stack: that stack's top, else NULL. */
void *kstack_guard_hit(uint64_t address);

/* ---- What can be mapped besides fresh memory ---- */

struct backing;

struct backing_ops {
    /* The page at index (offset / PAGE_SIZE), with a reference for the caller. `write` asks for a
     * page that may be written in place (MAP_SHARED). 0, -ENOMEM, or -EIO past the end of the
     * object (SIGBUS). Takes no lock below RANK_INODE. */
    int (*page)(struct backing *backing, uint64_t index, bool write, paddr_t *frame);
    /* Of the pages first .. first+n-1 those that exist already, each with a reference for the
     * caller; 0 in the places of the others. Makes none and gives none out for holes. May be
     * absent: then nothing is mapped around a fault. */
    void (*pages)(struct backing *backing, uint64_t first, size_t n, paddr_t *frames);
    void (*ref)(struct backing *backing);
    void (*unref)(struct backing *backing);
    /* A write through a shared area faulted, so the object changes: for its times, as on tmpfs. The
     * space's lock is held. May be absent. */
    void (*written)(struct backing *backing);
    /* References to what it is mapped by; absent where that is nothing. */
    void (*name_ref)(void *name);
    void (*name_unref)(void *name);
};

struct area;
struct space;

struct backing {
    const struct backing_ops *ops;
    struct list mappings; /* guarded by mm's mappings_lock: one for each space with an area of it */
};

/* ---- Address spaces ---- */

enum area_flags {
    AREA_SHARED = 1, /* MAP_SHARED */
    AREA_STACK = 2,  /* grows downwards when touched below */
    AREA_HEAP = 4,
    AREA_ENV = 8,
    AREA_SPECIAL = 16, /* names for /proc/PID/maps */
    AREA_NORESERVE = 32,
    AREA_DONTFORK = 64,    /* a fork's child does not get it ... */
    AREA_WIPEONFORK = 128, /* ... or gets it empty */
    AREA_DONTDUMP = 256,   /* a core file leaves it out */
    AREA_LOCKED = 512,     /* counts against RLIMIT_MEMLOCK; its pages are brought in at once ... */
    AREA_LOCK_ONFAULT = 1024, /* ... or when they are touched */
    AREA_LOCKS = AREA_LOCKED | AREA_LOCK_ONFAULT,
};

struct area {
    uint64_t start, end;     /* page-aligned addresses, end exclusive */
    uint32_t prot;           /* PROT_* */
    uint32_t flags;          /* enum area_flags */
    uint32_t max_prot;       /* what mprotect may still grant */
    struct backing *backing; /* NULL: zero-filled memory; the area's mapping holds a reference */
    uint64_t offset; /* bytes into the backing at start; page-aligned; 0 without a backing */
    /* mm's own: */
    struct mapping *mapping;    /* the reverse way from the backing; NULL without one */
    struct max_node by_address; /* in space->areas, by start; its value: the gap below */
    struct max_node by_offset;  /* in mapping->areas, by offset; its value: where that ends */
};

enum { AREA_SPARES = 3 };

struct space {
    /* atomic: */
    uint32_t refs;  /* processes and borrowers; with the last the areas go */
    uint32_t holds; /* 1 for all refs, 1 for each processor in cpu_mask; with the last all goes */
    uint32_t cpu_mask; /* processors that have it loaded, as bits */
    struct spinlock lock;
    /* guarded by lock: */
    struct max_tree areas;   /* none overlap */
    struct space *copied_to; /* the child of a fork that copies the areas: they stay, stacks grow */
    bool unborn;             /* such a child, until it has its tables: zaps wait */
    uint32_t n_areas, n_spares;
    struct area *spares[AREA_SPARES]; /* for the change that is being made; else there are none */
    struct tree mappings;             /* by the address of their backing */
    bool has_kept;                    /* an area was once AREA_DONTFORK or AREA_WIPEONFORK */
    uint64_t n_pages;                 /* pages of all areas (VmSize) */
    uint64_t most_pages;              /* the most that n_pages has been */
    uint64_t n_data_pages;            /* those that RLIMIT_DATA counts */
    uint64_t n_locked_pages;          /* those of areas that are locked (VmLck) */
    uint32_t locks_new;               /* of AREA_LOCKS: what new areas get (MCL_FUTURE) */
    paddr_t root;                     /* constant; top table, its upper half is the kernel's */
    uint64_t brk_start, brk_end;
    uint64_t last_fault;   /* where sequential touching would fault next ... */
    uint32_t fault_window; /* ... and how many pages are then mapped at once */
    /* set by exec before the space is used, then constant: */
    uint64_t mmap_top; /* mappings are placed downwards from here */
    uint64_t stack_top, args_start, args_end, env_block, auxv_start, auxv_end;
    /* limits, written by setrlimit without a lock, read when an area grows: bytes */
    uint64_t limit_space, limit_stack, limit_data, limit_locked;
};

struct space *space_create(void);               /* empty; NULL when out of memory */
struct space *space_fork(struct space *parent); /* shares all tables and pages until written */
void space_ref(struct space *space);
void space_unref(struct space *space); /* the last one tears it down */
/* Makes it this processor's (NULL: none). The space that was loaded before may thereby end: then it
 * is returned, for space_reap, which takes a while and no lock but those of frames. */
struct space *space_switch(struct space *space);
void space_reap(struct space *ended); /* NULL is allowed */
uint32_t spaces_ending(void);         /* how many have ended but for their tables */
void space_load(struct space *space); /* both at once */
void space_leave_ended(void);         /* idle: does not keep a space loaded that has ended */

struct map_request {
    uint64_t address;   /* wanted, page-aligned; 0 = anywhere */
    uint64_t n_bytes;   /* rounded up to pages */
    uint32_t prot;      /* PROT_* */
    uint32_t map_flags; /* MAP_FIXED, MAP_SHARED, MAP_GROWSDOWN, MAP_POPULATE ... */
    uint32_t area_flags;
    uint32_t max_prot;       /* what mprotect may grant later; 0: everything */
    struct backing *backing; /* NULL: fresh memory; else a reference is taken */
    uint64_t offset;         /* bytes, page-aligned */
    void *name; /* for /proc/PID/maps: what it is mapped by (the vfs's entry), or NULL */
};
/* Settings of root's, which may change at any time; atomic. */
extern uint64_t mmap_min_addr; /* below it only root maps */
extern uint64_t max_map_count; /* a space has about so many areas at most */
/* The address, or -ENOMEM, -EINVAL, -EEXIST, -EPERM (below mmap_min_addr; MAP_LOCKED without a
 * limit for it), -EAGAIN (more would be locked than may be). W^X is not asked of programs:
 * PROT_WRITE|PROT_EXEC is granted as Linux does, but never by the kernel's own loader. */
long space_map(struct space *space, const struct map_request *request);
int space_unmap(struct space *space, uint64_t start, uint64_t n_bytes);
int space_protect(struct space *space, uint64_t start, uint64_t n_bytes, uint64_t prot);
uint64_t space_set_brk(struct space *space, uint64_t wanted); /* the break as it is afterwards */

/* Resolves a fault at address; error is the processor's code (FAULT_*). 0, or: -EFAULT nothing
 * mapped there, -EACCES not permitted, -EIO past the end of the file, -ENOMEM. From user mode or
 * from a user copy. */
int space_fault(struct space *space, uint64_t address, uint64_t error);

/* Copies from or to another space's memory, faulting pages in; how many bytes were done. For /proc
 * and core looks. */
size_t space_peek(struct space *space, uint64_t address, void *buf, size_t n_bytes);
size_t space_poke(struct space *space, uint64_t address, const void *buf,
                  size_t n_bytes); /* buf NULL: zeros */

/* The area that holds address, copied out (its backing with a reference if not NULL); false when
 * there is none. */
bool space_area_at(struct space *space, uint64_t address, struct area *area);
/* The first area that ends above address: to list them one by one without holding the lock. */
bool space_area_after(struct space *space, uint64_t address, struct area *area);
/* What the backing of the area at address was first mapped by in this space, held; or NULL. */
void *space_name_at(struct space *space, uint64_t address);
uint64_t space_resident(struct space *space); /* pages present, counted by a walk */
/* About how many pages would be free without the space: pages of its own or of shared memory
 * without a file, and their tables. A long walk, with mm_resched: no lock held. */
uint64_t space_weight(struct space *space);
uint64_t space_resident_in(struct space *space, uint64_t start, uint64_t end);

/* What an area's addresses take just now: pages, but for `share`. */
struct memory_use {
    uint64_t pages, anonymous; /* all; those that are of no file and no shared object */
    uint64_t referenced;       /* used since that was last forgotten */
    uint64_t shared;           /* also mapped elsewhere */
    uint64_t shared_dirty, private_dirty;
    uint64_t share;  /* its part of what it shares, in bytes << SHARE_SHIFT */
    uint64_t locked; /* that part of an area that is locked */
};
enum { SHARE_SHIFT = 12 };
/* Counts page by page and lets others run meanwhile; no lock held. */
void space_measure(struct space *space, const struct area *area, struct memory_use *use);
/* Looks at [*address, end), at most as far as one table goes, for a page that is in memory,
 * whatever its area allows: copies the first one, and moves *address past it or else past what it
 * has looked at. True if there was one. */
bool space_next_page(struct space *space, uint64_t *address, uint64_t end, void *page);
/* The page at an address that is in memory, and to whom it belongs; false if there is none. */
struct page_seen {
    paddr_t frame;
    bool of_object; /* of a file or of shared memory */
    bool alone;     /* mapped here and nowhere else */
};
bool space_page_at(struct space *space, uint64_t address, struct page_seen *seen);
uint64_t space_tables(struct space *space); /* pages that its tables take, shared ones too */

/* Unmaps from every space the object's pages first .. end-1, after the object itself has let go of
 * them. `copies`: also those that private areas have copied, as where a file is cut off; a hole
 * leaves them. The caller holds no spinlock. */
#define BACKING_END (UINT64_MAX >> PAGE_SHIFT)
void backing_zap(struct backing *backing, uint64_t first, uint64_t end, bool copies);
/* Has any space a shared area of it that may be written, or that mprotect may make so? The caller
 * keeps new ones from being mapped meanwhile, and holds no spinlock. */
bool backing_shared_writable(struct backing *backing);
void backing_init(struct backing *backing, const struct backing_ops *ops);

/* ---- Bring-up ---- */
/* Takes over these ranges of usable memory (page-aligned, sorted but for empty ones; nothing in use
 * among them). */
void mm_init(const struct memory_range *free, size_t n_ranges);
/* Takes over one more range, which is in use (a boot module): each of its pages is then FRAME_FILE
 * with one reference, the caller's. An empty range at its end must have been among mm_init's. */
void mm_adopt(const struct memory_range *used);
