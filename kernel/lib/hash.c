/* A hash table that grows and shrinks by one bucket at a time (linear hashing), without a pause.
 *
 * Buckets stand in segments of at most a page. One bucket: no memory, the chain hangs in the table.
 * Up to 512: one segment, of 8 to 512 buckets. Above: a page of pointers to full segments; above
 * 512 segments: a page of pointers to such pages. The number of buckets alone tells which holds. */
#include "lib.h"

#define SEGMENT_BUCKETS 512u
#define SEGMENT_BYTES   (SEGMENT_BUCKETS * sizeof(void *))
#define LEAST_BUCKETS   8u
#define MOST_BUCKETS    (SEGMENT_BUCKETS * SEGMENT_BUCKETS * SEGMENT_BUCKETS)

uint64_t hash_seed;

struct lib_memory hash_memory;

void hash_init(struct hash *table)
{
    *table = (struct hash){.buckets = 1};
}

/* Levels of pointer pages above the segments of a table with that many buckets. */
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

/* The bucket of a hash: by all bits of the mask, or by one less where that one is yet to come. */
static uint32_t bucket_index(const struct hash *table, uint32_t hash)
{
    uint32_t index = hash & table->mask;
    return index < table->buckets ? index : hash & (table->mask >> 1);
}

static void *zeroed(size_t size)
{
    void *block = hash_memory.alloc(size);
    if (block)
        memset(block, 0, size);
    return block;
}

/* Moves the only segment into one of another size, up or down. */
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
        hash_memory.free(table->root, old_size);
    }
    table->root = segment;
    return true;
}

/* Puts a page of pointers above the root, whose slot 0 leads to all that was there. */
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
    hash_memory.free(page, SEGMENT_BYTES);
}

/* Makes room for the segment that starts at bucket `index`; the table has the levels for it. */
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
        hash_memory.free(middle, SEGMENT_BYTES);
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
    hash_memory.free(middle[index / SEGMENT_BUCKETS % SEGMENT_BUCKETS], SEGMENT_BYTES);
    middle[index / SEGMENT_BUCKETS % SEGMENT_BUCKETS] = NULL;
    if (level == 2 && index % (SEGMENT_BUCKETS * SEGMENT_BUCKETS) == 0) {
        hash_memory.free(middle, SEGMENT_BYTES);
        page[index / (SEGMENT_BUCKETS * SEGMENT_BUCKETS)] = NULL;
    }
}

/* Gets the memory for one more bucket. False changes nothing. */
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

/* Gives back what the last bucket alone needed; its chain is empty. False changes nothing. */
static bool release_bucket(struct hash *table)
{
    uint32_t n = table->buckets - 1;
    if (n == 1) {
        struct hash_node *chain = *(struct hash_node **)table->root;
        hash_memory.free(table->root, small_bytes(2));
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

/* Adds one bucket and moves to it its share of the one bucket that covered it. */
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

/* Hangs the last bucket's chain onto the one that covers it from now on, and gives it up. */
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
    /* Two at a time, because the bound falls by two for each entry that goes. */
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
        hash_memory.free(table->root, small_bytes(table->buckets));
    hash_init(table);
}

/* Folds the 128-bit product of two words: every bit of either reaches every bit of the result. */
static uint64_t fold(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

#define ODD_A 0x9e3779b97f4a7c15ull /* 2^64 / golden ratio */
#define ODD_B 0xd6e8feb86659fd93ull

/* The last n < 8 bytes as a number, without a loop; different for different bytes of one length. */
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
