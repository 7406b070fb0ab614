/* The mm room: physical memory in frames, small objects in slabs, kernel stacks; and address
 * spaces: their VMAs, their page tables, and the page faults that fill them.
 *
 * Lock: a space's lock (RANK_SPACE) guards its VMAs and the tables that only this space uses. A
 * table or page that several spaces share (reference count above 1) is never written: it is copied
 * first. Frames, caches, kernel stacks and the mappings of an object have locks of their own, which
 * are taken inside. Nothing here sleeps: when memory is out, the answer is an error.
 *
 * Read frames.c, objects.c and kstacks.c first: memory for the kernel itself. Then vmas.c (which
 * addresses mean what), tables.c (page tables that spaces share) and flush.c (what the processors
 * remember of them); backing.c, space.c (fork and the end of a space), load.c and fault.c. The
 * system calls come last: map.c, brk.c; look.c reads and writes other spaces.
 *
 * Upper rooms give it two hooks (hooks.h) and a `struct backing_ops` for each kind of object
 * that can be mapped. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/mman.h"
#include "hooks.h"
#include "lib.h"
#include "x86.h"

/* ---- Frames: pages of physical memory, each with a reference count ---- */

/* What a frame is used for, and how it is called in counts: X(USE, name). A frame for KERNEL_TABLE,
 * a page table of the kernel's own addresses, is never freed. */
#define FRAME_USES(X)               \
    X(FREE, "free")                 \
    X(KERNEL, "kernel")             \
    X(TABLE, "table")               \
    X(KERNEL_TABLE, "kernel_table") \
    X(USER, "user")                 \
    X(FILE, "file")                 \
    X(STACK, "stack")               \
    X(OBJECTS, "objects")           \
    X(BUFFER, "buffer")
#define FRAME_USE(use, name) FRAME_##use,
enum frame_use { FRAME_USES(FRAME_USE) N_FRAME_USES };
#undef FRAME_USE
extern const char *const frame_use_names[N_FRAME_USES];

/* One page with undefined contents and reference count 1; 0 when memory is out. The frames that
 * were freed last are used first, because the processor's caches still hold them. */
paddr_t frame_alloc(enum frame_use use);
paddr_t frame_alloc_zeroed(enum frame_use use);
enum { MAX_ORDER = 10 }; /* the largest block is 4 MB */
/* 2^order adjoining pages, aligned to their size, for the kernel's own tables; 0 when there is no
 * such block. The block has one reference count and is freed as a whole. */
paddr_t frames_alloc(enum frame_use use, unsigned order);
void frames_free(paddr_t first, unsigned order);
void frame_ref(paddr_t frame);
void frame_unref(paddr_t frame);       /* frees the frame with the last reference */
void frame_free_zeroed(paddr_t frame); /* the same, for a page full of zeros with one reference */
uint32_t frame_refs(paddr_t frame);    /* 1: the caller holds the only reference */

/* A page for a path or a transfer; NULL when memory is out. */
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
/* Counts the free blocks of 2^order pages for each order. Single pages in the processors' stacks
 * are blocks of order 0, so all blocks together are about memory_count's free frames. */
void memory_blocks(uint64_t counts[MAX_ORDER + 1]);
/* Frees empty slabs and cached stacks, so that two counts can be compared. No spinlock is held. */
void memory_trim(void);

/* Fault injection: while it is set, every allocation asks annex_hooks.fail_allocation. Without that
 * annex, an allocation only loads this variable. */
extern bool mm_fail_armed;

/* What the calling thread may do: see hooks.h. Called with spinlocks held. */
static inline bool caller_is_root(void)
{
    return hooks.caller_rights() & CALLER_IS_ROOT;
}
static inline bool caller_may_reserve(void)
{
    return hooks.caller_rights() & CALLER_MAY_RESERVE;
}
bool memory_is_tight(void); /* less than twice the reserve is free */
bool memory_is_out(void);   /* only the reserve is left */

/* In the middle of a long operation, with no lock held: lets other threads run. False if the thread
 * was killed and the operation should stop. */
static inline bool mm_resched(void)
{
    return hooks.resched(false);
}

/* ---- Small objects ---- */

/* True if freed objects are filled with a pattern, which is checked when they are allocated again:
 * the word "poison" on the kernel's command line. Constant once memory is started. */
extern bool objects_poisoned;

/* A cache of objects of one size. Define it with OBJECT_CACHE at file level. */
struct object_cache {
    const char *name;
    uint32_t size; /* bytes of one object, a multiple of 8 */
    struct spinlock lock;
    /* guarded by lock: */
    uint8_t id; /* its index in the list of all caches; 0 before the first allocation */
    /* the last slab of `partial` has no live objects: a cache keeps one such slab */
    bool has_empty;
    /* list of frames: the slabs with a free object, an empty one last */
    uint32_t partial;
    uint64_t n_live; /* allocated objects */
    uint64_t n_slabs;
};
#define OBJECT_CACHE(variable, type)                                                     \
    struct object_cache variable = {.name = #type,                                       \
                                    .size = ((sizeof(type) + 7) & ~7u) + OBJECT_REDZONE, \
                                    .lock = {.rank = RANK_OBJECT, .name = #type}}
/* An object lies within one page, so its size is at most PAGE_SIZE. A cache may be static: `static
 * OBJECT_CACHE(...)`. */

void *object_alloc(struct object_cache *cache); /* undefined contents; NULL when memory is out */
void *object_alloc_zeroed(struct object_cache *cache);
void object_free(struct object_cache *cache, void *object);
/* The same for n objects at once, which costs less. objects_alloc returns how many it got. */
size_t objects_alloc(struct object_cache *cache, void **objects, size_t n);
void objects_free(struct object_cache *cache, void **objects, size_t n);
enum { MAX_CACHES = 128 };
extern struct object_cache
    *object_caches[MAX_CACHES]; /* by id; atomic: each is set once, or NULL */

/* Memory of any size: small blocks come from caches by size class, large ones are whole frames.
 * NULL when memory is out. */
void *kmalloc(size_t n_bytes);
void *kzalloc(size_t n_bytes);
void kfree(void *memory); /* NULL is allowed */

/* ---- Kernel stacks ---- */

void *kstack_alloc(void); /* the top of a stack of KSTACK_BYTES, or NULL when memory is out */
void kstack_free(void *stack_top); /* it stays mapped for the next thread */
/* The top of the stack whose guard page holds the address, for the report of an overflow; otherwise
 * NULL. */
void *kstack_guard_hit(uint64_t address);

/* ---- Backings: what can be mapped besides zero-filled memory ---- */

struct backing;

struct backing_ops {
    /* Stores the frame of the page at `index` (offset / PAGE_SIZE), with a reference for the
     * caller. `write`: the page will be written in place, for MAP_SHARED. 0; -ENOMEM; or -EIO past
     * the end of the object, which becomes SIGBUS. It may take only locks of RANK_INODE and
     * above. */
    int (*page)(struct backing *backing, uint64_t index, bool write, paddr_t *frame);
    /* Stores the frames of the pages first .. first+n-1 that exist, each with a reference for the
     * caller, and 0 for the others. It creates no page, and a hole has none. May be NULL: then only
     * the page of a fault is mapped, not those around it. */
    void (*pages)(struct backing *backing, uint64_t first, size_t n, paddr_t *frames);
    void (*ref)(struct backing *backing);
    void (*unref)(struct backing *backing);
    /* A write through a shared VMA has faulted, so the object is about to change and gets a new
     * modification time, as on tmpfs. The space's lock is held. May be NULL. */
    void (*written)(struct backing *backing);
    /* For references to the name in a map_request; NULL if the backing has no names. */
    void (*name_ref)(void *name);
    void (*name_unref)(void *name);
};

struct vma;
struct space;

struct backing {
    const struct backing_ops *ops;
    /* guarded by mm's mappings_lock: a struct mapping for each space that maps it */
    struct list mappings;
};

/* ---- Address spaces ---- */

enum vma_flags {
    VMA_SHARED = 1, /* MAP_SHARED */
    VMA_STACK = 2,  /* grows downwards when an address below it is touched */
    VMA_HEAP = 4,
    VMA_ENV = 8,
    VMA_SPECIAL = 16, /* VMA_HEAP, _ENV and _SPECIAL are shown in /proc/PID/maps */
    VMA_NORESERVE = 32,
    VMA_DONTFORK = 64,    /* not in the child of a fork ... */
    VMA_WIPEONFORK = 128, /* ... or empty there */
    VMA_DONTDUMP = 256,   /* not in a core file */
    VMA_LOCKED = 512,     /* counts against RLIMIT_MEMLOCK; its pages are brought in at once ... */
    VMA_LOCK_ONFAULT = 1024, /* ... or, with this flag too, when they are touched */
    VMA_LOCKS = VMA_LOCKED | VMA_LOCK_ONFAULT,
};

struct vma {
    uint64_t start, end;     /* page-aligned addresses, end exclusive */
    uint32_t prot;           /* PROT_* */
    uint32_t flags;          /* enum vma_flags */
    uint32_t max_prot;       /* what mprotect may grant */
    struct backing *backing; /* NULL: zero-filled memory; otherwise `mapping` holds the reference */
    uint64_t offset; /* of `start` in the backing, in bytes, page-aligned; 0 without a backing */
    /* private to mm: */
    struct mapping *mapping;    /* the entry in the backing's list; NULL without a backing */
    struct max_node by_address; /* in space->vmas; key: start, value: the size of the gap below */
    struct max_node by_offset;  /* in mapping->vmas; key: offset, value: the offset of the end */
};

enum { VMA_SPARES = 3 };

struct space {
    /* atomic: */
    uint32_t refs; /* processes and other users; after the last one the VMAs are freed */
    /* 1 for all refs and 1 for each processor in cpu_mask; after the last the tables are freed */
    uint32_t holds;
    uint32_t cpu_mask; /* the processors that have it loaded, as bits */
    struct spinlock lock;
    /* guarded by lock: */
    struct max_tree vmas; /* by address; no two overlap */
    /* the child, while a fork copies the VMAs: until then they do not change, but stacks grow */
    struct space *copied_to;
    bool unborn; /* a child of a fork that has no tables yet. A zap waits for them: an object loses
                    pages, and they are unmapped everywhere */
    bool moving; /* pages go to other addresses in pieces: faults wait, and all that changes them */
    uint32_t n_awaiting; /* how many threads wait for that, or for a fork */
    uint32_t n_vmas, n_spares;
    struct vma *spares[VMA_SPARES]; /* memory for a change in progress; otherwise empty */
    struct tree mappings;           /* struct mapping, by the address of the backing */
    bool has_kept;                  /* some VMA was VMA_DONTFORK or VMA_WIPEONFORK at some time */
    uint64_t n_pages;               /* pages of all VMAs (VmSize) */
    uint64_t most_pages;            /* the highest value of n_pages so far */
    uint64_t n_resident;            /* pages in memory: PTEs of pages that are not 0 */
    uint64_t most_resident;         /* the highest value of n_resident before it last fell */
    uint64_t n_data_pages;          /* the pages that RLIMIT_DATA counts */
    uint64_t n_locked_pages;        /* pages of locked VMAs (VmLck) */
    uint32_t locks_new;             /* VMA_LOCKS that new VMAs get (MCL_FUTURE) */
    paddr_t root;                   /* constant; the top table, whose upper half is the kernel's */
    uint64_t brk_start, brk_end;
    uint64_t last_fault;   /* the next fault's address if the program touches pages in order ... */
    uint32_t fault_window; /* ... and how many pages such a fault maps */
    /* set by exec before the space is used, then constant: */
    uint64_t mmap_top; /* mappings are placed downwards from here */
    uint64_t stack_top, args_start, args_end, env_block, auxv_start, auxv_end;
    /* limits in bytes; setrlimit writes them without a lock, and they are read when a VMA
     * grows */
    uint64_t limit_space, limit_stack, limit_data, limit_locked;
};

struct space *space_create(void); /* empty; NULL when memory is out */
/* A copy that shares all tables and pages until one side writes; NULL when memory is out. */
struct space *space_fork(struct space *parent);
void space_ref(struct space *space);
/* Drops a reference. The last one frees the VMAs at once, and the tables unless a processor has
 * them loaded: then that processor frees them when it loads other ones, but those of a large space
 * are freed here in any case. May drop the last reference to a file and lets other threads run: no
 * spinlock is held. */
void space_unref(struct space *space);
/* Loads the space on this processor (NULL: none). If that ends the space that was loaded before,
 * the result is that space, for space_reap, which takes a while; otherwise NULL. */
struct space *space_switch(struct space *space);
void space_reap(struct space *ended); /* frees its tables; NULL is allowed */
extern uint32_t spaces_ending;        /* atomic: spaces without references that still have tables */
void space_load(struct space *space); /* space_switch and space_reap */
void space_leave_ended(void);         /* for an idle processor: unloads a space that has ended */

struct map_request {
    uint64_t address;   /* the wanted address, page-aligned; 0: anywhere */
    uint64_t n_bytes;   /* rounded up to whole pages */
    uint32_t prot;      /* PROT_* */
    uint32_t map_flags; /* MAP_FIXED, MAP_SHARED, MAP_GROWSDOWN, MAP_POPULATE ... */
    uint32_t vma_flags;
    uint32_t max_prot;       /* what mprotect may grant later; 0: everything */
    struct backing *backing; /* NULL: zero-filled memory; otherwise mm takes a reference */
    uint64_t offset;         /* bytes, page-aligned */
    void *name;              /* the path in /proc/PID/maps (a dentry), or NULL */
};
/* Settings that root may change at any time; atomic. */
extern uint64_t mmap_min_addr; /* below this address only root may map */
extern uint64_t max_map_count; /* about how many VMAs a space may have */
/* Maps memory or a backing, as mmap. The address; or -EINVAL; -ENOMEM; -EEXIST
 * (MAP_FIXED_NOREPLACE); -EPERM (below mmap_min_addr, or MAP_LOCKED with a limit of 0); -EAGAIN
 * (more than RLIMIT_MEMLOCK would be locked); -EOVERFLOW (the offset). As on Linux, a program may
 * ask for PROT_WRITE together with PROT_EXEC; the kernel's own loader never does. */
long space_map(struct space *space, const struct map_request *request);
/* Removes all mappings of the range. 0, -EINVAL, or -ENOMEM. It works in pieces: what another
 * thread maps in a hole of the range meanwhile is removed or not, as if one of the two calls had
 * come first. */
int space_unmap(struct space *space, uint64_t start, uint64_t n_bytes);
/* Sets the protection of the range, as mprotect. 0, -EINVAL, -EACCES, or -ENOMEM (also for a hole):
 * on an error the range before it has the new protection. Rights that are added reach the pages by
 * faults. If two threads change the same range at once, each may determine a part of it. */
int space_protect(struct space *space, uint64_t start, uint64_t n_bytes, uint64_t prot);
uint64_t space_set_brk(struct space *space, uint64_t wanted); /* the new break */

/* What an annex adds that locks memory. Without it no memory can be locked. */
struct mm_locks {
    /* May n more bytes be locked? 0, -EAGAIN, or -EPERM: none at all, and MAP_LOCKED has asked for
     * it. Lock: space->lock held. */
    int (*check)(const struct space *space, uint64_t n_bytes, bool asked);
    /* Brings in the pages of a range as far as it can. No lock is held. */
    void (*populate)(struct space *space, uint64_t start, uint64_t end);
};
extern struct mm_locks mm_locks; /* set while the kernel starts, then constant */

/* Resolves a page fault at the address, from user mode or from a user copy. `error` is the
 * processor's code (FAULT_*). 0; -EFAULT: nothing is mapped there; -EACCES: the VMA does not allow
 * it; -EIO: past the end of the file; -ENOMEM. */
int space_fault(struct space *space, uint64_t address, uint64_t error);

/* Copies to the memory of any space and faults pages in; buf NULL writes zeros. The result is how
 * many bytes were copied. */
size_t space_poke(struct space *space, uint64_t address, const void *buf, size_t n_bytes);
uint64_t space_most_resident(struct space *space); /* the most pages that were in memory so far */

#define BACKING_END (UINT64_MAX >> PAGE_SHIFT) /* a page after the last one of any object */
void backing_init(struct backing *backing, const struct backing_ops *ops);

/* ---- Start ---- */
/* Makes these ranges the free memory: page-aligned, sorted except for empty ones, with nothing in
 * use in them. Called once, before anything else in this room. */
void mm_init(const struct memory_range *free, size_t n_ranges);
/* Adds a range that is in use (a boot module): each of its pages becomes FRAME_FILE with one
 * reference, which is the caller's. Its end must be at most the end of one of mm_init's ranges,
 * which may be an empty one. */
void mm_adopt(const struct memory_range *used);
