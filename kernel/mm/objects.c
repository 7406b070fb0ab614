/* Small objects: caches of equal-sized objects in slabs of one page, and kmalloc on top of them.
 *
 * A slab is a frame that is cut into objects of one size. Its free objects are a list: the first
 * two bytes of each hold the place of the next, and the slab's entry in the frame array holds the
 * first and the number of allocated ones. So a slab needs no header, and from an object's address
 * follow its frame, its slab and its cache.
 *
 * A cache allocates from the first slab of its list of slabs with free objects. A slab without free
 * objects is in no list: it returns to the front when one of its objects is freed. A slab without
 * allocated objects is freed, but each cache keeps one such slab, at the end of the list, so that a
 * program that allocates and frees one object in a loop does not allocate and free a frame each
 * time.
 *
 * kmalloc takes the smallest of a few size classes, each a cache, and whole frames above those.
 * kfree finds out from the frame which one it was. */
/* SPDX-License-Identifier: MIT */
#include "frames.h"

enum { NO_OBJECT = 0xffff, UNIT = 8, POISON = 0x6b };

struct object_cache *object_caches[MAX_CACHES];
bool objects_poisoned;
static uint32_t n_caches = 1; /* atomic; id 0 means none */

static uint16_t *link_of(void *slab, uint16_t at)
{
    return (uint16_t *)((char *)slab + at * UNIT);
}

/* Adds the cache to `object_caches`. Lock: cache->lock held. */
static void cache_register(struct object_cache *cache)
{
    uint32_t id = __atomic_fetch_add(&n_caches, 1, __ATOMIC_RELAXED);
    assert(id < MAX_CACHES && cache->size >= UNIT && cache->size <= PAGE_SIZE);
    cache->id = id;
    __atomic_store_n(&object_caches[id], cache, __ATOMIC_RELEASE);
}

/* ---- Poison: free objects hold a pattern, so that a write to one is found ---- */

/* Fills the bytes of a free object after its link. */
static void poison(const struct object_cache *cache, void *object)
{
    memset((char *)object + sizeof(uint16_t), POISON, cache->size - sizeof(uint16_t));
}

/* Panics if the object was written to after it was freed. */
static void check_poison(const struct object_cache *cache, const void *object)
{
    const uint8_t *bytes = object;
    for (size_t i = sizeof(uint16_t); i < cache->size; i++)
        if (bytes[i] != POISON)
            panic("%s at 0x%lx was written to after it was freed: byte %lu is %02x", cache->name,
                  (uint64_t)object, i, bytes[i]);
}

/* ---- Slabs ---- */

/* Adds a slab of free objects; false when memory is out. Lock: cache->lock held. */
static bool slab_add(struct object_cache *cache)
{
    if (!cache->id)
        cache_register(cache);
    paddr_t phys = frame_alloc(FRAME_OBJECTS);
    if (!phys)
        return false;
    void *slab = phys_to_virt(phys);
    uint16_t step = cache->size / UNIT, n = PAGE_SIZE / cache->size;
    for (uint16_t i = 0; i < n; i++)
        *link_of(slab, i * step) = i + 1 < n ? (i + 1) * step : NO_OBJECT;
    for (uint16_t i = 0; i < n && unlikely(objects_poisoned); i++)
        poison(cache, link_of(slab, i * step));
    struct frame *frame = frame_at(phys);
    frame->free = 0;
    frame->live = 0;
    frame->cache = cache->id;
    frame_list_add(&cache->partial, phys >> PAGE_SHIFT);
    cache->has_empty = true;
    cache->n_slabs++;
    return true;
}

/* Frees a slab without allocated objects. Lock: cache->lock held. */
static void slab_drop(struct object_cache *cache, uint32_t number)
{
    frame_list_remove(&cache->partial, number);
    cache->n_slabs--;
    frames[number].refs = 1; /* `free` and `live` were in its place */
    frame_unref((paddr_t)number << PAGE_SHIFT);
}

/* An object with undefined contents, or NULL when memory is out. Lock: cache->lock held. */
static void *object_take(struct object_cache *cache)
{
    if (!cache->partial && !slab_add(cache))
        return NULL;
    uint32_t number = cache->partial;
    struct frame *frame = &frames[number];
    void *object = link_of(phys_to_virt((paddr_t)number << PAGE_SHIFT), frame->free);
    frame->free = *(uint16_t *)object;
    if (unlikely(objects_poisoned))
        check_poison(cache, object);
    if (frame->live++ == 0)
        cache->has_empty = false;
    if (frame->free == NO_OBJECT)
        frame_list_remove(&cache->partial, number);
    cache->n_live++;
    return object;
}

void *object_alloc(struct object_cache *cache)
{
    if (allocation_fails())
        return NULL;
    spin_lock(&cache->lock);
    void *object = object_take(cache);
    spin_unlock(&cache->lock);
    return object;
}

size_t objects_alloc(struct object_cache *cache, void **objects, size_t n)
{
    size_t done = 0;
    if (n == 0 || allocation_fails())
        return 0;
    spin_lock(&cache->lock);
    while (done < n && (objects[done] = object_take(cache)))
        done++;
    spin_unlock(&cache->lock);
    return done;
}

void *object_alloc_zeroed(struct object_cache *cache)
{
    void *object = object_alloc(cache);
    return object ? memset(object, 0, cache->size) : NULL;
}

/* Frees an object. Its slab is freed if it has no objects left and is not the only such slab. Lock:
 * cache->lock held. */
static void object_put(struct object_cache *cache, void *object)
{
    paddr_t phys = virt_to_phys(object);
    uint32_t number = phys >> PAGE_SHIFT;
    struct frame *frame = &frames[number];
    assert(frame->use == FRAME_OBJECTS && frame->cache == cache->id && frame->live > 0);
    if (frame->free == NO_OBJECT)
        frame_list_add(&cache->partial, number);
    if (unlikely(objects_poisoned))
        poison(cache, object);
    *(uint16_t *)object = frame->free;
    frame->free = (phys & (PAGE_SIZE - 1)) / UNIT;
    cache->n_live--;
    if (--frame->live == 0) {
        if (cache->has_empty) {
            slab_drop(cache, number);
        } else {
            frame_list_remove(&cache->partial, number);
            frame_list_add_tail(&cache->partial, number);
            cache->has_empty = true;
        }
    }
}

void object_free(struct object_cache *cache, void *object)
{
    spin_lock(&cache->lock);
    object_put(cache, object);
    spin_unlock(&cache->lock);
}

void objects_free(struct object_cache *cache, void **objects, size_t n)
{
    spin_lock(&cache->lock);
    while (n > 0)
        object_put(cache, objects[--n]);
    spin_unlock(&cache->lock);
}

/* Frees the empty slab that a cache may keep, which is the last of its list. */
void objects_trim(void)
{
    for (uint32_t id = 1; id < MAX_CACHES; id++) {
        struct object_cache *cache = __atomic_load_n(&object_caches[id], __ATOMIC_ACQUIRE);
        if (!cache)
            continue;
        spin_lock(&cache->lock);
        if (cache->has_empty)
            slab_drop(cache, frames[cache->partial].prev);
        cache->has_empty = false;
        spin_unlock(&cache->lock);
    }
}

/* ---- Memory of any size ---- */

#define SIZE_CLASS(bytes)                                     \
    {                                                         \
        .name = "kmalloc-" #bytes, .size = (bytes), .lock = { \
            .rank = RANK_OBJECT,                              \
            .name = "kmalloc-" #bytes                         \
        }                                                     \
    }

static struct object_cache size_classes[] = {
    SIZE_CLASS(16),  SIZE_CLASS(32),   SIZE_CLASS(48),   SIZE_CLASS(64),   SIZE_CLASS(96),
    SIZE_CLASS(128), SIZE_CLASS(192),  SIZE_CLASS(256),  SIZE_CLASS(384),  SIZE_CLASS(512),
    SIZE_CLASS(768), SIZE_CLASS(1024), SIZE_CLASS(1360), SIZE_CLASS(2048),
};

/* The order of the block that holds so many bytes; above MAX_ORDER if no block does. */
static unsigned order_for(size_t n_bytes)
{
    unsigned order = 0;
    while (order <= MAX_ORDER && n_bytes > (size_t)PAGE_SIZE << order)
        order++;
    return order;
}

void *kmalloc(size_t n_bytes)
{
    for (size_t i = 0; i < ARRAY_SIZE(size_classes); i++) {
        if (n_bytes <= size_classes[i].size)
            return object_alloc(&size_classes[i]);
    }
    paddr_t phys = frames_alloc(FRAME_KERNEL, order_for(n_bytes));
    return phys ? phys_to_virt(phys) : NULL;
}

void *kzalloc(size_t n_bytes)
{
    void *memory = kmalloc(n_bytes);
    return memory ? memset(memory, 0, n_bytes) : NULL;
}

void kfree(void *memory)
{
    if (!memory)
        return;
    paddr_t phys = virt_to_phys(memory);
    struct frame *frame = frame_at(phys);
    if (frame->use == FRAME_OBJECTS)
        object_free(object_caches[frame->cache], memory);
    else
        frames_free(phys, frame->order);
}
