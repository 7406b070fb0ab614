/* A hash table that grows by one bucket at a time (linear hashing).
 *
 * A table that doubles moves all its entries in one call, and a call to the kernel may not take
 * that long. Linear hashing splits one bucket for each insertion instead.
 *
 * `mask` is the least number of the form 2^k - 1 that numbers all buckets. An entry belongs into
 * bucket `hash & mask`. If there is no such bucket yet, the entry is in `hash & (mask >> 1)`, which
 * covers it. To grow, the table adds the bucket with the next number and moves into it the
 * entries that belong there, out of the one bucket that covered it.
 *
 * The invariant: every entry is in the bucket that bucket_index() gives for its hash. There are as
 * many buckets as there were entries at most since the table was empty. Where there is no memory
 * for another bucket, and beyond MOST_BUCKETS, the chains grow longer instead. All buckets are
 * freed when the last entry is removed.
 *
 * A single bucket needs no memory: its chain begins in struct hash. Up to 512 buckets are one block
 * of 64 to 4096 bytes. More are segments of a page each, and a page of pointers to them. The number
 * of buckets alone decides which form the table has. */
/* SPDX-License-Identifier: MIT */
#include "hooks.h"
#include "lib.h"

#define SEGMENT_BUCKETS 512u
#define SEGMENT_BYTES   (SEGMENT_BUCKETS * sizeof(void *))
#define LEAST_BUCKETS   8u
#define MOST_BUCKETS    (SEGMENT_BUCKETS * SEGMENT_BUCKETS)

uint64_t hash_seed;

static void set_buckets(struct hash *table, uint32_t buckets)
{
    table->buckets = buckets;
    table->mask = 0;
    if (buckets > 1)
        table->mask = UINT32_MAX >> __builtin_clz(buckets - 1);
}

void hash_init(struct hash *table)
{
    *table = (struct hash){.buckets = 1};
}

static inline struct hash_node **bucket(const struct hash *table, uint32_t index)
{
    if (table->buckets == 1)
        return (struct hash_node **)&table->only;
    if (table->buckets <= SEGMENT_BUCKETS)
        return &table->segment[index];
    return &table->segments[index / SEGMENT_BUCKETS][index % SEGMENT_BUCKETS];
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

/* Moves the n buckets, which fill their block, into one that is twice as large. False, and no
 * change, without memory. */
static bool enlarge_segment(struct hash *table, uint32_t n)
{
    struct hash_node **segment = zeroed(max(2 * n, LEAST_BUCKETS) * sizeof(*segment));
    if (!segment)
        return false;
    memcpy(segment, bucket(table, 0), n * sizeof(*segment));
    if (n > 1)
        hooks.free(table->segment);
    table->segment = segment;
    return true;
}

/* Adds segment number n; with the second one, the page of pointers. False, and no change, without
 * memory. */
static bool add_segment(struct hash *table, uint32_t n)
{
    struct hash_node ***segments = n == 1 ? zeroed(SEGMENT_BYTES) : table->segments;
    struct hash_node **added = segments ? zeroed(SEGMENT_BYTES) : NULL;
    if (!added) {
        if (n == 1 && segments)
            hooks.free(segments);
        return false;
    }
    if (n == 1)
        segments[0] = table->segment;
    segments[n] = added;
    table->segments = segments;
    return true;
}

/* Gets the memory for one more bucket. If it returns false, nothing has changed. */
static bool reserve_bucket(struct hash *table)
{
    uint32_t n = table->buckets;
    bool is_power = (n & (n - 1)) == 0;
    if (n < SEGMENT_BUCKETS)
        return (n > 1 && n < LEAST_BUCKETS) || !is_power || enlarge_segment(table, n);
    return n % SEGMENT_BUCKETS != 0 ||
           (n < MOST_BUCKETS && add_segment(table, n / SEGMENT_BUCKETS));
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
    if (table->count == 0 && table->buckets > 1)
        hash_free(table);
}

struct hash_node *hash_chain(const struct hash *table, uint32_t hash)
{
    return *bucket(table, bucket_index(table, hash));
}

void hash_free(struct hash *table)
{
    if (table->buckets > SEGMENT_BUCKETS)
        for (uint32_t n = 0; n < SEGMENT_BUCKETS && table->segments[n]; n++)
            hooks.free(table->segments[n]);
    if (table->buckets > 1)
        hooks.free(table->segment);
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
