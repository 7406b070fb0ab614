/* What the files of this room tell each other: the inode in memory and the table of its words. */
#pragma once

#include "ramfs.h"

/* ---- A table of words by index, 0 where there is none; as deep as its largest index asks ---- */

struct radix {
    uint64_t root;    /* height 0: the word of index 0; else the address of the top node, or 0 */
    uint8_t height;   /* levels of nodes; below the top one each has 64 words */
    uint8_t top_bits; /* the top node has 1 << top_bits words: 8 to 64 */
};

uint64_t radix_get(const struct radix *radix, uint64_t index);
/* The place of a word, made if need be; NULL when out of memory. */
uint64_t *radix_make(struct radix *radix, uint64_t index);
/* The place of a word and how many places follow in one row, itself included. NULL: *n indices from
 * here on have no words. */
uint64_t *radix_row(const struct radix *radix, uint64_t index, uint64_t *n);
/* After words were zeroed: gives back the node of the index, if nothing is left in it, and those
 * above that become empty by that. */
void radix_prune(struct radix *radix, uint64_t index);
/* Forgets words from `first` on and gives each that is not 0 to drop; frees their nodes. It stops
 * after about CUT_PIECE words and nodes, which takes about 0.1 ms: false if some are left. */
bool radix_cut(struct radix *radix, uint64_t first, void (*drop)(uint64_t word, void *arg),
               void *arg);
/* The same for all words of a table that nobody else knows; lets others run. No spinlock held. */
void radix_free(struct radix *radix, void (*drop)(uint64_t word, void *arg), void *arg);

/* ---- Inodes ---- */

#define INLINE_TARGET    48 /* bytes of a symbolic link's target, with its NUL, kept in the inode */
#define BREATH           64 /* pages or rows of them, between two looks whether others should run */
#define CUT_PIECE        1024 /* words that are forgotten while a lock is held */
#define BOGUS_ENTRY_SIZE 20   /* what an entry adds to its directory's size, as on tmpfs */
#define NO_SLOT          UINT32_MAX

struct ramfs_inode {
    struct inode inode;
    union { /* guarded by inode.lock */
        struct {
            struct hash names;  /* of struct entry.node; holds a reference to each */
            struct radix slots; /* an entry, or in a free slot the next free one: n << 1 | 1 */
            uint32_t n_slots;   /* slots ever used since the directory was empty */
            uint32_t free_slot; /* the first of the free ones, or NO_SLOT */
        } dir;
        struct {
            struct backing backing;
            struct radix pages; /* frames; absent: a hole */
            uint32_t n_pages;
            bool linkable; /* made without a name, may be given one */
            bool
                dirty_tail; /* what follows the end in its page is not zeros: before it is mapped */
            uint8_t seals;  /* F_SEAL_*: set with the contents mutex held, too */
        } file;
        char target[INLINE_TARGET]; /* of a symbolic link, if it fits */
        char *long_target;
    };
};

_Static_assert(sizeof(struct ramfs_inode) == 168, "24 lie in a page");

static inline struct ramfs_inode *ramfs_inode(struct inode *inode)
{
    return container_of(inode, struct ramfs_inode, inode);
}

/* A fresh inode, link count 1 (a directory: 2), no reference but the caller's; NULL: no memory. */
struct ramfs_inode *ramfs_inode_create(struct filesystem *fs, const struct new_inode *what);

extern const struct inode_ops ramfs_dir_ops;
void ramfs_dir_setup(void); /* once, before the first directory */
void ramfs_dir_init(struct ramfs_inode *dir);
void ramfs_dir_free(struct ramfs_inode *dir);
int ramfs_unnamed(struct inode *dir, const struct new_inode *what, struct inode **made);

extern const struct inode_ops ramfs_file_inode_ops;
void ramfs_file_init(struct ramfs_inode *file);
void ramfs_file_free(struct ramfs_inode *file);
/* How many pages all files may have and have. */
void ramfs_file_counts(uint64_t *most, uint64_t *used);
uint64_t ramfs_memory_pages(void); /* of the machine; not before the root archive is unpacked */
bool ramfs_take_page(void);        /* counts one page more; false if there may be no more */
void ramfs_give_page(void);
/* The mutex over contents and size. */
struct mutex *ramfs_contents_of(const struct ramfs_inode *file);
void ramfs_file_setup(void); /* once, before the first file */
int ramfs_rename(struct entry *from, struct entry *new_dir, const char *name, size_t len,
                 struct entry *over, uint32_t flags, const struct new_inode *whiteout);
void ramfs_inode_release(struct inode *inode);

/* Who keeps the promises that a file's seals make; NULL: there are none but the first, that there
 * will be no others. In the first three the contents mutex is held; `end` is where the change would
 * end. */
struct ramfs_seals {
    bool (*allow_write)(const struct ramfs_inode *file, uint64_t end);
    bool (*allow_size)(const struct ramfs_inode *file, uint64_t size);
    bool (*allow_fallocate)(const struct ramfs_inode *file, bool punch, uint64_t end);
    int (*allow_mode)(struct inode *inode, uint32_t mode);
    long (*map)(struct file *open, struct space *space, struct map_request *request);
    long (*fcntl)(struct file *open, unsigned command, uint64_t arg);
};
extern const struct ramfs_seals *ramfs_seals; /* set while the kernel starts */

/* Parts of a directory, for dir.c and rename.c; the directory's lock is held. */
struct entry *ramfs_find_locked(struct ramfs_inode *dir, const char *name, size_t len,
                                uint32_t hash);
int ramfs_slot_take_locked(struct ramfs_inode *dir, uint32_t *slot); /* 0 or -ENOMEM */
void ramfs_slot_set_locked(struct ramfs_inode *dir, uint32_t slot, struct entry *entry);
/* Afterwards, without the lock, ramfs_slots_free what it returns: an empty directory's slots. */
struct radix ramfs_slot_free_locked(struct ramfs_inode *dir, uint32_t slot);
void ramfs_slots_free(struct radix *slots);
