/* The lib room: strings, printing, lists, hash table, trees, readers of files; tested on the host.
 *
 * Nothing in this room knows the kernel, sleeps or touches hardware, so the same files are compiled
 * into a test program for the host. Containers are intrusive: the caller embeds a node (a struct
 * list, hash_node, tree_node or max_node) in its own structure and owns its memory.
 *
 * Lock: the room has no locks. The caller holds the lock that guards the container.
 *
 * Read string.c and format.c first, then log.c, then the containers (hash.c, tree.c, max_tree.c,
 * bitmap.c), then the readers cpio.c and elf.c, and random.c.
 *
 * Hooks (hooks.h) say where a line of the log and a panic are reported, and give memory for the
 * buckets of hash tables. Boot sets `hash_seed`. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef long ssize_t;

/* ---- small tools ---- */

#define ARRAY_SIZE(a)                       (sizeof(a) / sizeof((a)[0]))
#define container_of(pointer, type, member) ((type *)((char *)(pointer)-offsetof(type, member)))
#define min(a, b)           \
    ({                      \
        typeof(a) a_ = (a); \
        typeof(b) b_ = (b); \
        a_ < b_ ? a_ : b_;  \
    })
#define max(a, b)           \
    ({                      \
        typeof(a) a_ = (a); \
        typeof(b) b_ = (b); \
        a_ > b_ ? a_ : b_;  \
    })
#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* A range of addresses, end exclusive. */
struct memory_range {
    uint64_t start, end;
};

/* Rounds to a multiple of `to`, a power of two. */
static inline uint64_t align_up(uint64_t value, uint64_t to)
{
    return (value + to - 1) & ~(to - 1);
}

static inline uint64_t align_down(uint64_t value, uint64_t to)
{
    return value & ~(to - 1);
}

/* ---- Time (lib/time.c) ---- */

#define NS_PER_SECOND 1000000000ull

/* Seconds and nanoseconds as nanoseconds; the far future, from a century on, as UINT64_MAX. False:
 * one of them is negative, or there are more nanoseconds than a second has. */
bool time_to_ns(int64_t seconds, int64_t rest_ns, uint64_t *ns);
/* Judges measurements that a delay makes larger, never smaller: *best becomes the index of the
 * smallest. True if two others agree with it to one percent: it is most unlikely that three are
 * delayed by the same time. */
bool rounds_agree(const uint64_t *rounds, size_t n, size_t *best);

/* ---- The log and panics (lib/log.c) ---- */

/* Logs one line, of which at most 400 bytes are kept. Logs nothing before boot has set the hook. */
void klog(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Ends the kernel with a report: the place in the source and a message of at most 255 bytes. */
_Noreturn void panic_at(const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4), cold));

#define panic(...) panic_at(__FILE__, __LINE__, __VA_ARGS__)
#define assert(cond)                                                     \
    do {                                                                 \
        if (__builtin_expect(!(cond), 0))                                \
            panic_at(__FILE__, __LINE__, "assertion failed: %s", #cond); \
    } while (0)

/* ---- memory and strings (lib/string.c): as in the C standard; strlcpy as in POSIX 2024 ---- */

void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *at, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *at, int byte, size_t n);

size_t strlen(const char *s);
size_t strnlen(const char *s, size_t limit);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
size_t strlcpy(char *to, const char *from, size_t size); /* returns strlen(from) */

/* Reads the `length` bytes at `s` as an unsigned number in base 8, 10 or 16. False if there are
 * none, if one of them is not a digit, or if the number does not fit. */
bool number_parse(const char *s, size_t length, unsigned base, uint64_t *result);

/* ---- formatted printing (lib/format.c): as snprintf and vsnprintf of the C standard ----
 * Conversions d i u x X o p c s %; flags 0 - + # and space; width and precision, also as '*';
 * lengths hh h l ll z. The result is the length that the whole text has, even if it did not fit. */

int format(char *buf, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int vformat(char *buf, size_t size, const char *fmt, va_list args)
    __attribute__((format(printf, 3, 0)));

/* ---- doubly linked list: a `struct list` serves as the head and as the link of each entry ---- */

struct list {
    struct list *next, *prev;
};

#define LIST_INIT(name)  \
    {                    \
        &(name), &(name) \
    }

static inline void list_init(struct list *list)
{
    list->next = list->prev = list;
}

static inline bool list_empty(const struct list *list)
{
    return list->next == list;
}

static inline void list_insert_between(struct list *link, struct list *prev, struct list *next)
{
    link->prev = prev;
    link->next = next;
    prev->next = link;
    next->prev = link;
}

static inline void list_add_head(struct list *head, struct list *link)
{
    list_insert_between(link, head, head->next);
}

static inline void list_add_tail(struct list *head, struct list *link)
{
    list_insert_between(link, head->prev, head);
}

/* Inserts link in front of another one. */
static inline void list_add_before(struct list *where, struct list *link)
{
    list_insert_between(link, where->prev, where);
}

/* Removes the link and leaves it as an empty list, so that removing it again does no harm. */
static inline void list_remove(struct list *link)
{
    link->prev->next = link->next;
    link->next->prev = link->prev;
    list_init(link);
}

/* Moves all of `from` to the end of `to`; `from` is empty afterwards. */
static inline void list_splice_tail(struct list *to, struct list *from)
{
    if (list_empty(from))
        return;
    from->next->prev = to->prev;
    to->prev->next = from->next;
    from->prev->next = to;
    to->prev = from->prev;
    list_init(from);
}

#define list_entry(link, type, member) container_of(link, type, member)

/* The first or last entry, or NULL. */
#define list_first(head, type, member) \
    (list_empty(head) ? (type *)0 : list_entry((head)->next, type, member))
#define list_last(head, type, member) \
    (list_empty(head) ? (type *)0 : list_entry((head)->prev, type, member))

/* For each entry, pointed to by `item` (a variable of type pointer to the entry's structure). The
 * list must not change during the loop. */
#define list_for_each(item, head, member)                                                       \
    for ((item) = list_entry((head)->next, typeof(*(item)), member); &(item)->member != (head); \
         (item) = list_entry((item)->member.next, typeof(*(item)), member))

/* The same, but the body may remove or free `item`. `spare` is a second variable of that type. */
#define list_for_each_safe(item, spare, head, member)                       \
    for ((item) = list_entry((head)->next, typeof(*(item)), member),        \
        (spare) = list_entry((item)->member.next, typeof(*(item)), member); \
         &(item)->member != (head);                                         \
         (item) = (spare), (spare) = list_entry((spare)->member.next, typeof(*(item)), member))

/* ---- hash table (lib/hash.c): linear hashing, grows by a bucket at a time ----
 * An insertion never rehashes the whole table and never fails: if there is no memory for another
 * bucket, the chains get longer. A table with one bucket owns no memory, and one that becomes empty
 * frees its own. The table knows hashes and not keys: to find a key, the caller walks by hash_first
 * and hash_next and compares. */

struct hash_node {
    struct hash_node *next;
    uint32_t hash;
};

struct hash {
    union {
        struct hash_node *only;       /* while there is one bucket: its chain */
        struct hash_node **segment;   /* up to 512 buckets */
        struct hash_node ***segments; /* more: 512 buckets each */
    };
    uint32_t count; /* entries */
    uint32_t buckets;
    uint32_t mask; /* the power of two that holds `buckets`, less 1 */
};

void hash_init(struct hash *table);
void hash_free(struct hash *table); /* frees the buckets; the entries are the caller's to free */
void hash_insert(struct hash *table, struct hash_node *node, uint32_t hash);
void hash_remove(struct hash *table, struct hash_node *node); /* node must be in the table */
/* The chain of the hash's bucket, or NULL if it is empty. It may hold nodes of other hashes too. */
struct hash_node *hash_chain(const struct hash *table, uint32_t hash);
static inline struct hash_node *hash_match(struct hash_node *node, uint32_t hash)
{
    while (node && node->hash != hash)
        node = node->next;
    return node;
}
/* The first node with this hash, and the next node with the same hash; NULL if there is none. */
static inline struct hash_node *hash_first(const struct hash *table, uint32_t hash)
{
    return hash_match(hash_chain(table, hash), hash);
}
static inline struct hash_node *hash_next(const struct hash_node *node)
{
    return hash_match(node->next, node->hash);
}

/* Hashes that a program cannot predict: they depend on the seed, which is set once at boot. */
extern uint64_t hash_seed;
uint32_t hash_bytes(const void *data, size_t n);
uint32_t hash_u64(uint64_t value);

/* ---- ordered tree (lib/tree.c): a treap; entries with equal keys are allowed ---- */

struct tree_node {
    struct tree_node *left, *right;
    uint64_t key;
};

struct tree {
    struct tree_node *root;
};

void tree_insert(struct tree *tree, struct tree_node *node, uint64_t key);
void tree_remove(struct tree *tree, struct tree_node *node);         /* node must be in the tree */
struct tree_node *tree_first(const struct tree *tree);               /* smallest key, or NULL */
struct tree_node *tree_floor(const struct tree *tree, uint64_t key); /* the largest <= key */
struct tree_node *tree_ceil(const struct tree *tree, uint64_t key);  /* the smallest >= key */
struct tree_node *tree_next(const struct tree *tree, const struct tree_node *node);

/* ---- ordered tree with values (lib/max_tree.c) ----
 * Each node has a key, which gives its place in the order, and a value. The tree finds the next
 * node in that order with a value of at least n. Nodes with equal keys are ordered by address. The
 * expected time of each operation grows with the logarithm of the number of nodes. */

struct max_node {
    struct max_node *parent, *child[2];
    uint64_t priority; /* no child has a greater one */
    uint64_t key;      /* the owner may change it if the order of the nodes stays the same */
    uint64_t value;    /* changed by max_tree_set */
    uint64_t max;      /* the greatest value of the node and of all nodes below it */
};

struct max_tree {
    struct max_node *root;
};

enum { MAX_BACKWARD, MAX_FORWARD };

void max_tree_insert(struct max_tree *tree, struct max_node *node, uint64_t key, uint64_t value);
/* Copies a tree node by node, so that the caller can pause in between. max_copy_begin makes `to`
 * empty. As long as `next` is not NULL, the caller allocates a node and calls max_copy_add, which
 * makes it the copy of `next` and moves `next` on. Keys must be unique. Meanwhile no node may be
 * added to the original or removed from it. Keys and values may change if the order stays the same:
 * after such a change of a node that has a copy already, max_copy_update corrects the copy and the
 * nodes above it. */
struct max_copy {
    struct max_tree *to;
    const struct max_node *next; /* the node to be copied next */
    struct max_node *parent;     /* the parent that its copy will have */
    int side;                    /* which child of that parent it will be */
};
void max_copy_begin(struct max_copy *copy, struct max_tree *to, const struct max_tree *from);
void max_copy_add(struct max_copy *copy, struct max_node *made);
void max_copy_update(struct max_node *copy, const struct max_node *node);
void max_tree_remove(struct max_tree *tree, struct max_node *node); /* node must be in the tree */
void max_tree_set(struct max_node *node, uint64_t value);
/* The first node with a value of at least `least` (0: any node), or NULL. max_tree_end starts at
 * the end of the tree, MAX_FORWARD at the smallest key and MAX_BACKWARD at the largest;
 * max_tree_step starts at the neighbour of `node` in that direction. */
struct max_node *max_tree_end(const struct max_tree *tree, uint64_t least, int direction);
struct max_node *max_tree_step(const struct max_node *node, uint64_t least, int direction);
/* The same in the direction MAX_FORWARD, after the place of a node that may be freed already: `key`
 * was its key and `tie` its address, which is compared and never followed. */
struct max_node *max_tree_after(const struct max_tree *tree, uint64_t key, const void *tie,
                                uint64_t least);
/* Removes some node without children and returns it; NULL if the tree is empty. It serves to take
 * down a whole tree: the search begins at `from`, the parent of the node removed before (NULL: the
 * root). The order of the rest stays valid, its maxima do not. */
struct max_node *max_tree_pop_leaf(struct max_tree *tree, struct max_node *from);

/* ---- bitmap (lib/bitmap.c) over 64-bit words ---- */

static inline bool bitmap_test(const uint64_t *map, size_t bit)
{
    return map[bit / 64] >> (bit % 64) & 1;
}

static inline void bitmap_set(uint64_t *map, size_t bit)
{
    map[bit / 64] |= 1ull << (bit % 64);
}

static inline void bitmap_clear(uint64_t *map, size_t bit)
{
    map[bit / 64] &= ~(1ull << (bit % 64));
}

/* The number of the first clear (or set) bit that is at least `from`; n_bits if there is none. */
size_t bitmap_next_clear(const uint64_t *map, size_t n_bits, size_t from);
size_t bitmap_next_set(const uint64_t *map, size_t n_bits, size_t from);

/* ---- cpio archives, newc (lib/cpio.c): a reader over a buffer ---- */

struct cpio_entry {
    const char *name; /* NUL-terminated, inside the buffer; not checked for ".." */
    const uint8_t *data;
    uint64_t size;
    uint32_t mode, uid, gid, n_links, mtime, ino;
    uint32_t dev_major, dev_minor, rdev_major, rdev_minor;
};

/* Reads the entry at offset *at and moves *at past it; skips trailers and the zeros between
 * archives. 1 with *entry filled, 0 at the end of the buffer, -EINVAL if the archive is malformed.
 * The entry points into the buffer. */
int cpio_next(const void *archive, size_t size, size_t *at, struct cpio_entry *entry);

/* True if no component of a name is "..", so that it stays below the directory where it is
 * unpacked. */
bool cpio_name_is_safe(const char *name);

/* ---- ELF64 executables (lib/elf.c): a checker over the file's first bytes ---- */

#define ELF_MAX_SEGMENTS 8

struct elf_segment {
    uint64_t address, memory_size; /* as in the file, so not page-aligned */
    uint64_t offset, file_size;
    bool readable, writable, executable;
};

struct elf_image {
    uint64_t entry;
    bool is_relocatable;             /* ET_DYN: addresses are relative to a base */
    uint64_t low, high;              /* span of all loadable segments, page-aligned */
    uint64_t header_address;         /* program headers in memory (AT_PHDR), 0 if not loaded */
    unsigned n_headers, header_size; /* AT_PHNUM, AT_PHENT */
    uint64_t interpreter_offset, interpreter_size; /* PT_INTERP, with its NUL; 0 if none */
    unsigned n_segments;                           /* sorted by address, not overlapping */
    struct elf_segment segments[ELF_MAX_SEGMENTS];
};

/* Checks an x86-64 executable of file_size bytes whose first `length` bytes are at `file`; they
 * must contain its program headers. 0, or -ENOEXEC for whatever is wrong with it. */
int elf_read(const void *file, size_t length, uint64_t file_size, struct elf_image *image);

/* ---- random numbers (lib/random.c): ChaCha20 with fast key erasure ---- */

struct random {
    uint32_t key[8];
};

void random_init(struct random *random, const void *seed, size_t n);
/* Mixes n bytes into the key. Bytes that an attacker knows do no harm. */
void random_mix(struct random *random, const void *data, size_t n);
void random_bytes(struct random *random, void *to, size_t n);
