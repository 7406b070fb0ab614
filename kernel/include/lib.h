/* The lib room: strings, printing, lists, hash table, tree, readers; tested on the host.
 *
 * Nothing here knows the kernel, takes a lock, sleeps or touches hardware. Structures are
 * intrusive: the caller embeds the node and holds whatever lock guards the container. */
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

/* ---- what lib needs from the kernel: set once at boot, before the first call that uses it ---- */

struct lib_hooks {
    void (*log_line)(const char *line, size_t length);                     /* without '\n' */
    void (*report_panic)(const char *file, int line, const char *message); /* no return */
    void (*panic_details)(void); /* says more about what panic was called for; NULL: nothing */
};
extern struct lib_hooks lib_hooks;

/* Logs one line (cut at 400 bytes). */
void klog(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Ends the kernel with a report. */
_Noreturn void panic_at(const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4), cold));

#define panic(...) panic_at(__FILE__, __LINE__, __VA_ARGS__)
#define assert(cond)                                                     \
    do {                                                                 \
        if (__builtin_expect(!(cond), 0))                                \
            panic_at(__FILE__, __LINE__, "assertion failed: %s", #cond); \
    } while (0)

/* ---- memory and strings (lib/string.c): C's meaning ---- */

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

/* Reads an unsigned number in base 8, 10 or 16; false if empty, malformed or too large. */
bool number_parse(const char *s, size_t length, unsigned base, uint64_t *result);

/* ---- formatted printing (lib/format.c): snprintf's meaning ----
 * Conversions d i u x X o p c s %; flags 0 - + # and space; width and precision, also as '*';
 * lengths hh h l ll z. */

int format(char *buf, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int vformat(char *buf, size_t size, const char *fmt, va_list args)
    __attribute__((format(printf, 3, 0)));

/* ---- doubly linked list: `struct list` is head and link alike ---- */

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

/* Takes link out and leaves it as an empty list, so that removing it again does no harm. */
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

/* for each `item` (a pointer variable of the entry's type); the list must not change meanwhile. */
#define list_for_each(item, head, member)                                                       \
    for ((item) = list_entry((head)->next, typeof(*(item)), member); &(item)->member != (head); \
         (item) = list_entry((item)->member.next, typeof(*(item)), member))

/* The same, where the body may remove or free `item`; `spare` is a second pointer variable. */
#define list_for_each_safe(item, spare, head, member)                       \
    for ((item) = list_entry((head)->next, typeof(*(item)), member),        \
        (spare) = list_entry((item)->member.next, typeof(*(item)), member); \
         &(item)->member != (head);                                         \
         (item) = (spare), (spare) = list_entry((spare)->member.next, typeof(*(item)), member))

/* ---- hash table (lib/hash.c): linear hashing, grows and shrinks by a bucket at a time ----
 * Never pauses to rehash, never fails to insert: without memory its chains get longer. A table with
 * one bucket owns no memory. The caller compares keys: walk hash_first, hash_next. */

struct lib_memory {
    void *(*alloc)(size_t size); /* NULL when out of memory; a power of two from 64 to 4096 */
    void (*free)(void *block, size_t size);
};

struct hash_node {
    struct hash_node *next;
    uint32_t hash;
};

struct hash {
    union {
        struct hash_node *only; /* while there is one bucket: its chain */
        void *root;             /* else a segment of buckets or a page of pointers */
    };
    uint32_t count; /* entries */
    uint32_t buckets;
    uint32_t mask; /* the power of two that holds `buckets`, less 1 */
};
extern struct lib_memory hash_memory; /* of all tables; set once, before the first */

void hash_init(struct hash *table);
void hash_free(struct hash *table); /* gives its memory back; forgets the entries */
void hash_insert(struct hash *table, struct hash_node *node, uint32_t hash);
void hash_remove(struct hash *table, struct hash_node *node); /* node must be in the table */
struct hash_node *hash_chain(const struct hash *table, uint32_t hash); /* and others; or NULL */
static inline struct hash_node *hash_match(struct hash_node *node, uint32_t hash)
{
    while (node && node->hash != hash)
        node = node->next;
    return node;
}
/* The first node with this hash, the next one with the same; NULL if none. */
static inline struct hash_node *hash_first(const struct hash *table, uint32_t hash)
{
    return hash_match(hash_chain(table, hash), hash);
}
static inline struct hash_node *hash_next(const struct hash_node *node)
{
    return hash_match(node->next, node->hash);
}

extern uint64_t hash_seed; /* set once at boot */
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

/* ---- ordered tree with values (lib/max_tree.c): finds the next node with a value of at least n
 * ---- Nodes with equal keys are in the order of their addresses. All of it takes a time that grows
 * with the logarithm of the number of nodes. */

struct max_node {
    struct max_node *parent, *child[2];
    uint64_t priority; /* no child's is greater */
    uint64_t key;      /* the owner may change it where the order stays the same */
    uint64_t value;    /* changed by max_tree_set */
    uint64_t max;      /* the greatest value of the node and all below it */
};

struct max_tree {
    struct max_node *root;
};

enum { MAX_BACKWARD, MAX_FORWARD };

void max_tree_insert(struct max_tree *tree, struct max_node *node, uint64_t key, uint64_t value);
/* Makes an empty tree like another, of the nodes that `copy` returns for each of those; keys are
 * unique. False where `copy` returned NULL: then there is a part of them. */
bool max_tree_copy(struct max_tree *to, const struct max_tree *from,
                   struct max_node *(*copy)(const struct max_node *node, void *arg), void *arg);
void max_tree_remove(struct max_tree *tree, struct max_node *node); /* node must be in the tree */
void max_tree_set(struct max_node *node, uint64_t value);
/* With a value of at least `least` (0: any), or NULL: the first node that is met from an end of the
 * tree in that direction, and the first that is met from a node on, itself left out. */
struct max_node *max_tree_end(const struct max_tree *tree, uint64_t least, int direction);
struct max_node *max_tree_step(const struct max_node *node, uint64_t least, int direction);
/* The first node with such a value behind a place in the order that a node has or had: `tie` is
 * its address, of which no more is used. */
struct max_node *max_tree_after(const struct max_tree *tree, uint64_t key, const void *tie,
                                uint64_t least);
/* Takes any node without children out, looked for below `from` (NULL: the root), to take down a
 * whole tree; NULL when it is empty. The order stays, but the maxima do not hold any more. Its
 * parent is where to go on. */
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

/* The first bit >= from that is clear (or set); n_bits if there is none. */
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

/* Reads the entry at *at and steps past it; skips trailers and the zeros between archives.
 * 1 with *entry filled, 0 at the end of the buffer, -EINVAL where the archive is malformed. */
int cpio_next(const void *archive, size_t size, size_t *at, struct cpio_entry *entry);

/* True if every component of a name stays below the directory where it is unpacked. */
bool cpio_name_is_safe(const char *name);

/* ---- ELF64 executables (lib/elf.c): a checker over the file's first bytes ---- */

#define ELF_MAX_SEGMENTS 8

struct elf_segment {
    uint64_t address, memory_size; /* as in the file: not page-aligned */
    uint64_t offset, file_size;
    bool readable, writable, executable;
};

struct elf_image {
    uint64_t entry;
    bool is_relocatable; /* ET_DYN: addresses are relative to a base */
    bool wants_executable_stack;
    uint64_t low, high;              /* span of all loadable segments, page-aligned */
    uint64_t header_address;         /* program headers in memory (AT_PHDR), 0 if not loaded */
    unsigned n_headers, header_size; /* AT_PHNUM, AT_PHENT */
    uint64_t interpreter_offset, interpreter_size; /* PT_INTERP, with its NUL; 0 if none */
    unsigned n_segments;                           /* sorted by address, not overlapping */
    struct elf_segment segments[ELF_MAX_SEGMENTS];
};

/* Checks an x86-64 executable of file_size bytes whose first `length` are at `file`; its program
 * headers must lie in those. 0, or -ENOEXEC on everything that is wrong. */
int elf_read(const void *file, size_t length, uint64_t file_size, struct elf_image *image);

/* ---- random numbers (lib/random.c): ChaCha20 with fast key erasure; the caller locks ---- */

struct random {
    uint32_t key[8];
};

void random_init(struct random *random, const void *seed, size_t n);
void random_mix(struct random *random, const void *data, size_t n); /* adds entropy */
void random_bytes(struct random *random, void *to, size_t n);
