/* Frames, blocks of frames, small objects and kmalloc, compared with a list of what is
 * allocated. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include "mm_shim.h"
#include "tap.h"
#include "../../kernel/mm/frames.c"
#include "../../kernel/mm/objects.c"

void kstacks_trim(void) {}

static uint64_t free_now(void)
{
    struct memory_counts counts;
    memory_count(&counts);
    return counts.free_frames;
}

/* Three ranges with a hole between them and ends that are hard: unaligned, or not a power of
 * two. */
static struct memory_range given[] = {
    {HOST_FIRST, HOST_FIRST + 0x7000},
    {HOST_FIRST + 0x103000, HOST_FIRST + (20 << 20)},
    {HOST_FIRST + (24 << 20) + 0x1000, HOST_FIRST + HOST_MEMORY - 0x2800},
};

static void start(void)
{
    host_memory_init();
    mm_init(given, 3);
}

static bool was_given(paddr_t frame)
{
    for (int i = 0; i < 3; i++) {
        if (frame >= given[i].start && frame + PAGE_SIZE <= given[i].end)
            return true;
    }
    return false;
}

static void test_all_of_memory(void)
{
    uint64_t n_free = free_now(), n = 0;
    paddr_t last = 0;
    for (paddr_t frame; (frame = frame_alloc(FRAME_USER)); n++) {
        *(paddr_t *)phys_to_virt(frame) = last;
        ((paddr_t *)phys_to_virt(frame))[1] = ~frame;
        last = frame;
    }
    ok(n == n_free, "all %lu frames can be had (%lu)", n_free, n);
    ok(free_now() == 0, "and are counted");
    bool intact = true;
    while (last) {
        paddr_t *page = phys_to_virt(last), before = page[0];
        intact = intact && page[1] == ~last && was_given(last);
        frame_unref(last);
        last = before;
    }
    ok(intact, "no frame was given out twice, none outside the ranges");
    ok(free_now() == n_free, "all came back");
}

static void test_lifo(void)
{
    paddr_t a = frame_alloc(FRAME_USER);
    frame_unref(a);
    ok(frame_alloc(FRAME_KERNEL) == a, "what was freed last is used first");
    frame_ref(a);
    frame_unref(a);
    ok(frame_refs(a) == 1, "references are counted");
    frame_unref(a);
}

struct held {
    paddr_t block;
    unsigned order;
    uint8_t mark;
};

static bool marked(const struct held *held)
{
    const uint8_t *at = phys_to_virt(held->block);
    for (size_t i = 0; i < (size_t)PAGE_SIZE << held->order; i += 512) {
        if (at[i] != held->mark)
            return false;
    }
    return true;
}

static void test_random_blocks(void)
{
    enum { N = 400 };
    static struct held held[N];
    uint64_t n_free = free_now();
    bool intact = true, aligned = true;
    for (int step = 0; step < 60000; step++) {
        struct held *h = &held[host_random(N)];
        host_cpu = &host_cpus[host_random(HOST_CPUS)];
        if (h->block) {
            intact = intact && marked(h);
            frames_free(h->block, h->order);
            h->block = 0;
            continue;
        }
        h->order = host_random(4) ? 0 : host_random(8);
        h->mark = host_random(256);
        h->block = frames_alloc(FRAME_KERNEL, h->order);
        if (!h->block)
            continue;
        aligned = aligned && h->block % ((uint64_t)PAGE_SIZE << h->order) == 0;
        memset(phys_to_virt(h->block), h->mark, (size_t)PAGE_SIZE << h->order);
    }
    for (int i = 0; i < N; i++) {
        if (held[i].block)
            frames_free(held[i].block, held[i].order);
    }
    ok(intact, "blocks of random orders keep their contents");
    ok(aligned, "and are aligned to their size");
    ok(free_now() == n_free, "all came back");
    host_cpu = &host_cpus[0];
    paddr_t large = frames_alloc(FRAME_KERNEL, MAX_ORDER);
    ok(large, "buddies joined: the largest block can still be had");
    if (large)
        frames_free(large, MAX_ORDER);
}

struct small {
    char text[72];
};
static OBJECT_CACHE(small_cache, struct small);

static void test_objects(void)
{
    enum { N = 1000 };
    static struct small *held[N];
    uint64_t n_free = free_now();
    bool intact = true;
    for (int step = 0; step < 100000; step++) {
        int i = host_random(N);
        if (held[i]) {
            for (size_t j = 0; j < sizeof(struct small); j++)
                intact = intact && held[i]->text[j] == (char)i;
            object_free(&small_cache, held[i]);
            held[i] = NULL;
        } else if ((held[i] = object_alloc(&small_cache))) {
            memset(held[i], i, sizeof(struct small));
        }
    }
    ok(intact, "objects keep their contents");
    for (int i = 0; i < N; i++) {
        if (held[i])
            object_free(&small_cache, held[i]);
    }
    ok(small_cache.n_live == 0 && small_cache.n_slabs == 1, "one empty slab is kept (%lu)",
       small_cache.n_slabs);
    memory_trim();
    ok(small_cache.n_slabs == 0 && free_now() == n_free, "trim gives it back");
    void *object = object_alloc_zeroed(&small_cache);
    ok(object && !memcmp(object, (char[72]){0}, 72), "zeroed");
    object_free(&small_cache, object);
    memory_trim();
}

static void test_kmalloc(void)
{
    static uint8_t *held[200];
    static size_t sizes[200];
    uint64_t n_free = free_now();
    bool intact = true;
    for (int step = 0; step < 30000; step++) {
        int i = host_random(200);
        size_t old = sizes[i];
        for (size_t j = 0; j < old; j += 7)
            intact = intact && held[i][j] == (uint8_t)(i + j);
        sizes[i] = host_random(5) ? host_random(3000) + 1 : host_random(50000) + 1;
        kfree(held[i]);
        held[i] = kmalloc(sizes[i]);
        for (size_t j = 0; j < sizes[i]; j++)
            held[i][j] = i + j;
    }
    for (int i = 0; i < 200; i++)
        kfree(held[i]);
    kfree(NULL);
    memory_trim();
    ok(intact, "kmalloc and kfree of random sizes");
    ok(free_now() == n_free, "all came back");
    ok(!kmalloc(64 << 20), "more than there can be in one piece: NULL");
}

static int countdown;
static bool fail_now(void)
{
    return --countdown == 0;
}

static void test_failures(void)
{
    uint64_t n_free = free_now();
    annex_hooks.fail_allocation = fail_now;
    mm_fail_armed = true;
    countdown = 1;
    ok(!frame_alloc(FRAME_USER) && frame_alloc(FRAME_USER), "the hook makes one allocation fail");
    countdown = 2;
    ok(!object_alloc(&small_cache), "also the page of an object");
    countdown = 1;
    ok(!kmalloc(10000) && !small_cache.n_slabs, "also a block");
    mm_fail_armed = false;
    ok(free_now() == n_free - 1, "nothing else was taken");
}

int main(void)
{
    start();
    test_all_of_memory();
    test_lifo();
    test_random_blocks();
    test_objects();
    test_kmalloc();
    test_failures();
    return tap_done();
}
