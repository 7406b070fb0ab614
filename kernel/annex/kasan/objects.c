/* Wrappers of the allocators: gaps around small objects, a queue of freed ones, free pages.
 *
 * Each small object is allocated larger than was asked for. In front of it is a note, which says
 * where it was allocated and freed; after it is a gap. Both are forbidden in the shadow, so that an
 * access a little beyond the object is found.
 *
 * A freed object is not given back to its allocator at once, which might return it to the next
 * caller: then the use of the old pointer could not be found. It is forbidden, and waits in a
 * quarantine until QUARANTINED others have been freed after it. */
/* SPDX-License-Identifier: MIT */
#include "kasan.h"
#include "mm.h"

enum { LARGEST_CLASS = 2048, QUARANTINED = 512 };

/* Freed objects, as a ring: each replaces the one freed QUARANTINED frees before, and that one is
 * given back to its allocator. Atomic. */
static struct object_note *quarantine[QUARANTINED];
static uint32_t n_freed; /* atomic */

#define CALLER ((uint64_t)__builtin_return_address(0))
#define FRAME  ((uint64_t)__builtin_frame_address(0))

WRAPPED(void *, object_alloc, struct object_cache *cache);
WRAPPED(void *, object_alloc_zeroed, struct object_cache *cache);
WRAPPED(void, object_free, struct object_cache *cache, void *object);
WRAPPED(size_t, objects_alloc, struct object_cache *cache, void **objects, size_t n);
WRAPPED(void, objects_free, struct object_cache *cache, void **objects, size_t n);
WRAPPED(void, objects_trim, void);
WRAPPED(void *, kmalloc, size_t n_bytes);
WRAPPED(void *, kzalloc, size_t n_bytes);
WRAPPED(void, kfree, void *memory);
WRAPPED(paddr_t, frame_alloc, enum frame_use use);
WRAPPED(paddr_t, frame_alloc_zeroed, enum frame_use use);
WRAPPED(void, frame_unref, paddr_t frame);
WRAPPED(paddr_t, frames_alloc, enum frame_use use, unsigned order);
WRAPPED(void, frames_free, paddr_t first, unsigned order);

/* Stores the return addresses from a stack frame on. */
static void note_sites(uint32_t sites[MAX_SITES], uint64_t frame)
{
    uint64_t addresses[MAX_SITES];
    size_t n = kernel_backtrace(frame, addresses, MAX_SITES);
    for (size_t i = 0; i < MAX_SITES; i++)
        sites[i] = i < n ? (uint32_t)addresses[i] : 0;
}

/* ---- Small objects ---- */

/* Turns a block from an allocator into a note and an object of n bytes after it. What follows is
 * forbidden: it is the gap, or the freed bytes of a larger object that was there before. */
static void *hand_out(struct object_note *note, size_t n_bytes, const char *name, uint64_t frame)
{
    if (!note)
        return NULL;
    uint64_t object = (uint64_t)(note + 1), end = object + align_up(n_bytes, GRANULE);
    shadow_fill((uint64_t)note, OBJECT_HEAD, SHADOW_HEAD);
    while (end % PAGE_SIZE && *shadow_of(end) == SHADOW_FREED) {
        shadow_fill(end, GRANULE, SHADOW_BEHIND);
        end += GRANULE;
    }
    note->n_bytes = n_bytes;
    note->name = name;
    note_sites(note->allocated, frame);
    note->freed[0] = 0;
    shadow_allow(object, n_bytes);
    return note + 1;
}

/* The note of an object that is being freed. Reports it if no such object of that cache is in
 * use. */
static struct object_note *note_of(void *object, const char *name, uint64_t rip)
{
    uint64_t at = (uint64_t)object;
    struct object_note *note = (struct object_note *)object - 1;
    if (at % GRANULE || !shadow_covers(at) || *shadow_of(at - 1) != SHADOW_HEAD)
        kasan_report_free("no object begins there", at, rip);
    if (*shadow_of(at) == SHADOW_FREED)
        kasan_report_free("double free", at, rip);
    if (note->name != name)
        kasan_report_free("it is another kind of object", at, rip);
    return note;
}

static void give_back(struct object_note *note)
{
    if (!note)
        return;
    checks_off();
    __real_kfree(note); /* it finds the cache by itself */
    checks_on();
}

static void put_away(void *object, const char *name, uint64_t rip, uint64_t frame)
{
    struct object_note *note = note_of(object, name, rip);
    note_sites(note->freed, frame);
    shadow_fill((uint64_t)object, align_up(max(note->n_bytes, 1u), GRANULE), SHADOW_FREED);
    uint32_t place = __atomic_fetch_add(&n_freed, 1, __ATOMIC_RELAXED) % QUARANTINED;
    give_back(__atomic_exchange_n(&quarantine[place], note, __ATOMIC_ACQ_REL));
}

void *__wrap_object_alloc(struct object_cache *cache)
{
    checks_off();
    struct object_note *note = __real_object_alloc(cache);
    checks_on();
    return hand_out(note, cache->size - OBJECT_REDZONE, cache->name, FRAME);
}

size_t __wrap_objects_alloc(struct object_cache *cache, void **objects, size_t n)
{
    size_t done = 0;
    while (done < n && (objects[done] = __wrap_object_alloc(cache)))
        done++;
    return done;
}

void *__wrap_object_alloc_zeroed(struct object_cache *cache)
{
    checks_off();
    struct object_note *note = __real_object_alloc(cache);
    checks_on();
    void *object = hand_out(note, cache->size - OBJECT_REDZONE, cache->name, FRAME);
    return object ? memset(object, 0, cache->size - OBJECT_REDZONE) : NULL;
}

void __wrap_object_free(struct object_cache *cache, void *object)
{
    put_away(object, cache->name, CALLER, FRAME);
}

void __wrap_objects_free(struct object_cache *cache, void **objects, size_t n)
{
    while (n > 0)
        __wrap_object_free(cache, objects[--n]);
}

/* Gives all freed objects back first, so that memory can be counted. */
void __wrap_objects_trim(void)
{
    for (size_t i = 0; i < QUARANTINED; i++)
        give_back(__atomic_exchange_n(&quarantine[i], NULL, __ATOMIC_ACQ_REL));
    __real_objects_trim();
}

/* ---- Memory of any size ---- */

static bool is_small(size_t n_bytes)
{
    return n_bytes + OBJECT_REDZONE <= LARGEST_CLASS;
}

/* Large blocks are whole pages. A small object never begins at a page, because its note does. */
static bool is_large(const void *memory)
{
    return (uint64_t)memory % PAGE_SIZE == 0;
}

/* Forbids the part of a block of pages that is more than was asked for. */
static void *mark_rest(void *pages, size_t n_bytes)
{
    size_t room = PAGE_SIZE;
    while (room < n_bytes)
        room *= 2;
    if (pages) {
        uint64_t used = align_up(n_bytes, GRANULE);
        shadow_fill((uint64_t)pages + used, room - used, SHADOW_BEHIND);
        shadow_allow((uint64_t)pages, n_bytes);
    }
    return pages;
}

static void *allocate(size_t n_bytes, uint64_t frame)
{
    size_t n = is_small(n_bytes) ? n_bytes + OBJECT_REDZONE : max(n_bytes, LARGEST_CLASS + 1ul);
    checks_off();
    void *block = __real_kmalloc(n);
    checks_on();
    return is_small(n_bytes) ? hand_out(block, n_bytes, NULL, frame) : mark_rest(block, n_bytes);
}

void *__wrap_kmalloc(size_t n_bytes)
{
    return allocate(n_bytes, FRAME);
}

void *__wrap_kzalloc(size_t n_bytes)
{
    void *memory = allocate(n_bytes, FRAME);
    return memory ? memset(memory, 0, n_bytes) : NULL;
}

static void release(void *memory, uint64_t rip, uint64_t frame)
{
    if (memory && is_large(memory))
        __real_kfree(memory);
    else if (memory)
        put_away(memory, NULL, rip, frame);
}

void __wrap_kfree(void *memory)
{
    release(memory, CALLER, FRAME);
}

/* ---- Frames ---- */

static void fill_frames(paddr_t first, unsigned order, uint8_t reason)
{
    shadow_fill((uint64_t)phys_to_virt(first), (size_t)PAGE_SIZE << order, reason);
}

paddr_t __wrap_frames_alloc(enum frame_use use, unsigned order)
{
    paddr_t first = __real_frames_alloc(use, order);
    if (first)
        fill_frames(first, order, use == FRAME_OBJECTS ? SHADOW_BEHIND : 0);
    return first;
}

paddr_t __wrap_frame_alloc(enum frame_use use)
{
    return __wrap_frames_alloc(use, 0);
}

paddr_t __wrap_frame_alloc_zeroed(enum frame_use use)
{
    paddr_t frame = __wrap_frames_alloc(use, 0);
    if (frame)
        page_clear(phys_to_virt(frame));
    return frame;
}

void __wrap_frames_free(paddr_t first, unsigned order)
{
    fill_frames(first, order, SHADOW_PAGE);
    __real_frames_free(first, order);
}

/* The holder of the only reference is the only user of the frame. */
void __wrap_frame_unref(paddr_t frame)
{
    if (frame_refs(frame) == 1)
        fill_frames(frame, 0, SHADOW_PAGE);
    __real_frame_unref(frame);
}
