/* A hash table that grows and shrinks by one bucket at a time (linear hashing).
 *
 * A table that doubles moves all its entries in one call, and a call to the kernel may not take
 * that long. Linear hashing splits one bucket for each insertion instead.
 *
 * `mask` is the least number of the form 2^k - 1 that numbers all buckets. An entry belongs into
 * bucket `hash & mask`. If there is no such bucket yet, the entry is in `hash & (mask >> 1)`, which
 * covers it. To grow, the table adds the bucket with the next number and moves into it the
 * entries that belong there, out of the one bucket that covered it. To shrink, it appends the chain
 * of the last bucket to the chain of the bucket that will cover it.
 *
 * The invariant: every entry is in the bucket that bucket_index() gives for its hash. After an
 * insertion there are at least as many buckets as entries, after a removal at most twice as many
 * and one, unless memory was short. The table does not need that memory: where it gets none for
 * another bucket, its chains grow longer, and where it gets none for a smaller segment, it keeps
 * the larger one.
 *
 * Buckets lie in segments of at most a page. A single bucket needs no memory: its chain begins in
 * struct hash. Up to 512 buckets are one segment of 64 to 4096 bytes. More are segments of a page,
 * and a page of pointers to them; more than 512 segments, a page of pointers to such pages. The
 * number of buckets alone decides which form the table has. */
/* SPDX-License-Identifier: MIT */
#include "hooks.h"
#include "lib.h"

#define SEGMENT_BUCKETS 512u
#define SEGMENT_BYTES   (SEGMENT_BUCKETS * sizeof(void *))
#define LEAST_BUCKETS   8u
#define MOST_BUCKETS    (SEGMENT_BUCKETS * SEGMENT_BUCKETS * SEGMENT_BUCKETS)

uint64_t hash_seed;

void hash_init(struct hash *table)
{
    *table = (struct hash){.buckets = 1};
}

/* How many levels of pointer pages are above the segments of a table with that many buckets. */
static int levels(uint32_t buckets)
{
    return buckets <= SEGMENT_BUCKETS ? 0 : buckets <= SEGMENT_BUCKETS * SEGMENT_BUCKETS ? 1 : 2;
}

/* Bytes of the only segment of a table with 2 to 512 buckets. */
static size_t small_bytes(uint32_t buckets)
{
    uint32_t room = LEAST_BUCKETS;
    while (room < buckets)
        room *= 2;
    return room * sizeof(void *);
}

static inline struct hash_node **bucket(const struct hash *table, uint32_t index)
{
    if (table->buckets == 1)
        return (struct hash_node **)&table->only;
    void **page = table->root;
    if (table->buckets > SEGMENT_BUCKETS) {
        if (table->buckets > SEGMENT_BUCKETS * SEGMENT_BUCKETS)
            page = page[index / (SEGMENT_BUCKETS * SEGMENT_BUCKETS)];
        page = page[index / SEGMENT_BUCKETS % SEGMENT_BUCKETS];
    }
    return (struct hash_node **)&page[index % SEGMENT_BUCKETS];
}

/* The bucket for a hash: by all bits of the mask, or by one bit less if there is no such bucket. */
static uint32_t bucket_index(const struct hash *table, uint32_t hash)
{
    uint32_t index = hash & table->mask;
    return index < table->buckets ? index : hash & (table->mask >> 1);
}

static void *zeroed(size_t size)
{
    void *block = hooks.alloc(size);
    if (block)
        memset(block, 0, size);
    return block;
}

/* Moves the only segment into a larger or smaller one. False, and no change, without memory. */
static bool resize_small(struct hash *table, uint32_t buckets)
{
    size_t size = small_bytes(buckets), old_size = small_bytes(table->buckets);
    void *segment = zeroed(size);
    if (!segment)
        return false;
    if (table->buckets == 1) {
        *(struct hash_node **)segment = table->only;
    } else {
        memcpy(segment, table->root, min(size, old_size));
        hooks.free(table->root);
    }
    table->root = segment;
    return true;
}

/* Adds a level: a page of pointers becomes the root, and its slot 0 points to the old root. */
static bool add_level(struct hash *table)
{
    void **page = zeroed(SEGMENT_BYTES);
    if (!page)
        return false;
    page[0] = table->root;
    table->root = page;
    return true;
}

static void drop_level(struct hash *table)
{
    void **page = table->root;
    table->root = page[0];
    hooks.free(page);
}

/* Allocates the segment that starts at bucket `index`; the table has the levels that it needs. */
static bool add_segment(struct hash *table, uint32_t index, int level)
{
    void **page = table->root, **middle = NULL;
    if (level == 2) {
        void **slot = &page[index / (SEGMENT_BUCKETS * SEGMENT_BUCKETS)];
        if (!*slot)
            *slot = middle = zeroed(SEGMENT_BYTES);
        if (!*slot)
            return false;
        page = *slot;
    }
    void *segment = zeroed(SEGMENT_BYTES);
    if (!segment && middle) {
        ((void **)table->root)[index / (SEGMENT_BUCKETS * SEGMENT_BUCKETS)] = NULL;
        hooks.free(middle);
    }
    page[index / SEGMENT_BUCKETS % SEGMENT_BUCKETS] = segment;
    return segment != NULL;
}

static void remove_segment(struct hash *table, uint32_t index, int level)
{
    void **page = table->root;
    void **middle = page;
    if (level == 2)
        middle = page[index / (SEGMENT_BUCKETS * SEGMENT_BUCKETS)];
    hooks.free(middle[index / SEGMENT_BUCKETS % SEGMENT_BUCKETS]);
    middle[index / SEGMENT_BUCKETS % SEGMENT_BUCKETS] = NULL;
    if (level == 2 && index % (SEGMENT_BUCKETS * SEGMENT_BUCKETS) == 0) {
        hooks.free(middle);
        page[index / (SEGMENT_BUCKETS * SEGMENT_BUCKETS)] = NULL;
    }
}

/* Gets the memory for one more bucket. If it returns false, nothing has changed. */
static bool reserve_bucket(struct hash *table)
{
    uint32_t n = table->buckets;
    if (n < SEGMENT_BUCKETS)
        return (n > 1 && small_bytes(n + 1) == small_bytes(n)) || resize_small(table, n + 1);
    if (n % SEGMENT_BUCKETS != 0)
        return true;
    bool deeper = levels(n + 1) > levels(n);
    if (n == MOST_BUCKETS || (deeper && !add_level(table)))
        return false;
    if (add_segment(table, n, levels(n + 1)))
        return true;
    if (deeper)
        drop_level(table);
    return false;
}

/* Frees the memory that only the last bucket needed; its chain is empty. If it returns false,
 * nothing has changed. */
static bool release_bucket(struct hash *table)
{
    uint32_t n = table->buckets - 1;
    if (n == 1) {
        struct hash_node *chain = *(struct hash_node **)table->root;
        hooks.free(table->root);
        table->only = chain;
        return true;
    }
    if (n < SEGMENT_BUCKETS)
        return small_bytes(n) == small_bytes(n + 1) || resize_small(table, n);
    if (n % SEGMENT_BUCKETS == 0) {
        remove_segment(table, n, levels(n + 1));
        if (levels(n) < levels(n + 1))
            drop_level(table);
    }
    return true;
}

static void set_buckets(struct hash *table, uint32_t buckets)
{
    table->buckets = buckets;
    table->mask = 0;
    if (buckets > 1)
        table->mask = UINT32_MAX >> __builtin_clz(buckets - 1);
}

/* Adds one bucket and moves to it the entries that belong there. */
static void grow(struct hash *table)
{
    if (!reserve_bucket(table))
        return;
    uint32_t added = table->buckets;
    set_buckets(table, added + 1);
    struct hash_node **from = bucket(table, added & (table->mask >> 1));
    struct hash_node **to = bucket(table, added);
    while (*from) {
        struct hash_node *node = *from;
        if ((node->hash & table->mask) == added) {
            *from = node->next;
            node->next = *to;
            *to = node;
        } else {
            from = &node->next;
        }
    }
}

/* Appends the last bucket's chain to that of the bucket which covers it from now on, and removes
 * the last bucket. */
static void shrink(struct hash *table)
{
    uint32_t last = table->buckets - 1;
    struct hash_node **tail = bucket(table, last & (table->mask >> 1));
    struct hash_node **from = bucket(table, last);
    while (*tail)
        tail = &(*tail)->next;
    struct hash_node *chain = *from;
    *tail = chain;
    *from = NULL;
    if (release_bucket(table)) {
        set_buckets(table, last);
    } else {
        *tail = NULL;
        *from = chain;
    }
}

void hash_insert(struct hash *table, struct hash_node *node, uint32_t hash)
{
    table->count++;
    if (table->count > table->buckets)
        grow(table);
    struct hash_node **slot = bucket(table, bucket_index(table, hash));
    node->hash = hash;
    node->next = *slot;
    *slot = node;
}

void hash_remove(struct hash *table, struct hash_node *node)
{
    struct hash_node **link = bucket(table, bucket_index(table, node->hash));
    while (*link != node)
        link = &(*link)->next;
    *link = node->next;
    table->count--;
    /* Two at a time, because the greatest number of buckets falls by two with each entry. */
    for (int i = 0; i < 2 && table->buckets > 1 && table->buckets / 2 > table->count; i++)
        shrink(table);
}

struct hash_node *hash_chain(const struct hash *table, uint32_t hash)
{
    return *bucket(table, bucket_index(table, hash));
}

void hash_free(struct hash *table)
{
    for (uint32_t n = table->buckets; n > SEGMENT_BUCKETS; n = table->buckets) {
        uint32_t first = (n - 1) / SEGMENT_BUCKETS * SEGMENT_BUCKETS;
        set_buckets(table, first + 1);
        release_bucket(table);
        set_buckets(table, first);
    }
    if (table->buckets > 1)
        hooks.free(table->root);
    hash_init(table);
}

/* Multiplies two words and xors the halves of the product, so that each bit of a word may change
 * each bit of the result. */
static uint64_t fold(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

#define ODD_A 0x9e3779b97f4a7c15ull /* 2^64 / golden ratio */
#define ODD_B 0xd6e8feb86659fd93ull

/* The last n < 8 bytes as a number, without a loop. Different bytes of one length give different
 * numbers. */
static uint64_t last_bytes(const unsigned char *p, size_t n)
{
    uint32_t low, high;
    if (n >= 4) {
        __builtin_memcpy(&low, p, 4);
        __builtin_memcpy(&high, p + n - 4, 4);
        return (uint64_t)high << 32 | low;
    }
    return n ? (uint64_t)p[0] | (uint64_t)p[n / 2] << 8 | (uint64_t)p[n - 1] << 16 : 0;
}

uint32_t hash_bytes(const void *data, size_t n)
{
    const unsigned char *p = data;
    uint64_t state = hash_seed ^ (n * ODD_B), word;
    for (; n >= 8; n -= 8, p += 8) {
        __builtin_memcpy(&word, p, 8);
        state = fold(state ^ word, ODD_A);
    }
    return (uint32_t)fold(state ^ last_bytes(p, n), ODD_B);
}

uint32_t hash_u64(uint64_t value)
{
    return (uint32_t)fold(value ^ hash_seed, ODD_A);
}
