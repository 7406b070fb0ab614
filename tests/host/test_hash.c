/* The hash table: 1,000,000 entries, growth without pauses, memory given back, no memory at all. */
/* SPDX-License-Identifier: MIT */
#include <malloc.h>
#include <string.h>
#include <time.h>

#include "hooks.h"
#include "lib.h"
#include "tap.h"

struct item {
    struct hash_node node;
    uint32_t key;
    bool present;
};

static size_t bytes_in_use;
static long allocations_left = -1; /* -1: no limit */
static bool odd_size;

static void *take(size_t size)
{
    if (size < 64 || size > 4096 || (size & (size - 1)))
        odd_size = true;
    if (allocations_left == 0)
        return NULL;
    if (allocations_left > 0)
        allocations_left--;
    void *block = malloc(size);
    bytes_in_use += malloc_usable_size(block);
    return block;
}

static void give(void *block)
{
    bytes_in_use -= malloc_usable_size(block);
    free(block);
}

static uint32_t hash_of(uint32_t key)
{
    return hash_u64(key);
}

static struct item *find(struct hash *table, uint32_t key)
{
    for (struct hash_node *n = hash_first(table, hash_of(key)); n; n = hash_next(n)) {
        struct item *item = container_of(n, struct item, node);
        if (item->key == key)
            return item;
    }
    return NULL;
}

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void test_million(void)
{
    enum { N = 1000000, MOST = 512 * 512 };
    struct item *items = calloc(N, sizeof(*items));
    struct hash table;
    hooks.alloc = take;
    hooks.free = give;
    hash_init(&table);
    ok(bytes_in_use == 0, "an empty table owns no memory");
    double start = now_us();
    for (uint32_t i = 0; i < N; i++) {
        items[i].key = i;
        hash_insert(&table, &items[i].node, hash_of(i));
    }
    printf("# insert: %.3f us each\n", (now_us() - start) / N);
    ok(table.count == N && table.buckets == MOST, "one bucket an entry, up to the limit");
    ok(bytes_in_use < MOST * 8.1, "%zu bytes for a million entries", bytes_in_use);
    bool all = true, none = false;
    for (uint32_t i = 0; i < N; i++) {
        all = all && find(&table, i) == &items[i];
        none = none || find(&table, i + N);
    }
    ok(all && !none, "finds all that is there and nothing else");
    for (uint32_t i = 0; i < N; i += 2)
        hash_remove(&table, &items[i].node);
    all = true;
    for (uint32_t i = 0; i < N; i++)
        all = all && find(&table, i) == (i % 2 ? &items[i] : NULL);
    ok(all, "after removing every second one");
    for (uint32_t i = 1; i < N; i += 2)
        hash_remove(&table, &items[i].node);
    ok(table.count == 0 && bytes_in_use == 0, "removing all gives all memory back");
    free(items);
}

/* Random inserts and removals against an array of truth. */
static void test_random(long limit, const char *name)
{
    enum { KEYS = 5000, STEPS = 200000 };
    static struct item items[KEYS];
    memset(items, 0, sizeof(items));
    struct hash table;
    hooks.alloc = take;
    hooks.free = give;
    hash_init(&table);
    allocations_left = limit;
    uint32_t present = 0, seed = 1;
    bool right = true;
    for (int step = 0; step < STEPS; step++) {
        seed = seed * 1664525 + 1013904223;
        uint32_t key = (seed >> 8) % (step / 20000 % 2 ? 40 : KEYS);
        struct item *item = &items[key];
        right = right && (find(&table, key) == (item->present ? item : NULL));
        item->key = key;
        if (item->present)
            hash_remove(&table, &item->node);
        else
            hash_insert(&table, &item->node, hash_of(key));
        item->present = !item->present;
        present = item->present ? present + 1 : present - 1;
    }
    ok(right && table.count == present, "%s", name);
    hash_free(&table);
    ok(bytes_in_use == 0 && table.count == 0, "hash_free gives all back");
    allocations_left = -1;
}

static void test_hashes(void)
{
    uint32_t whole = hash_bytes("directory", 9);
    ok(whole == hash_bytes("directory", 9) && whole != hash_bytes("directorz", 9), "stable");
    ok(hash_bytes("a", 1) != hash_bytes("a\0", 2), "the length counts");
    hash_seed = 12345;
    ok(whole != hash_bytes("directory", 9), "the seed counts");
    static uint32_t buckets[1024];
    char name[16];
    for (int i = 0; i < 16384; i++) {
        int n = snprintf(name, sizeof(name), "f%d", i);
        buckets[hash_bytes(name, (size_t)n) % 1024]++;
    }
    uint32_t longest = 0;
    for (int i = 0; i < 1024; i++)
        longest = max(longest, buckets[i]);
    ok(longest < 45, "spreads f0 ... f16383 over 1024 buckets: at most %u", longest);
}

int main(void)
{
    test_million();
    test_random(-1, "random work agrees");
    for (long limit = 0; limit < 14; limit++)
        test_random(limit, "random work agrees when memory ends");
    ok(!odd_size, "asks for powers of two from 64 to 4096 alone");
    test_hashes();
    return tap_done();
}
