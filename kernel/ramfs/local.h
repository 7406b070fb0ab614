/* What the files of this room share: the inode in memory, and the radix tree of its words. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "ramfs.h"

/* ---- A radix tree: words by index. A word that was never set is 0. ---- */

enum {
    NODE_BITS = 6, /* how many bits of an index each level of nodes decodes */
    NODE_WORDS = 1 << NODE_BITS,
};

struct radix {
    uint64_t root;  /* height 0: the word of index 0; otherwise the address of the top node, or 0 */
    uint8_t height; /* levels of nodes; below the top one each has 64 words */
    uint8_t top_bits; /* the top node has 1 << top_bits words: 8 to 64 */
};

/* In all these functions the lock that guards the tree is held. */
uint64_t radix_get(const struct radix *radix, uint64_t index);
/* The place of a word. Nodes are made as needed. NULL: out of memory. */
uint64_t *radix_make(struct radix *radix, uint64_t index);
/* The place of a word, and in *n how many words lie there in a row, this one included. NULL: the *n
 * indices from this one on have no places, so their words are 0. */
uint64_t *radix_row(const struct radix *radix, uint64_t index, uint64_t *n);
/* Removes the words from `first` on, calls drop for each that is not 0, and frees their nodes. It
 * stops after about CUT_PIECE words and nodes, or 0.1 ms. False: there may be more, call again. */
bool radix_cut(struct radix *radix, uint64_t first, void (*drop)(uint64_t word, void *arg),
               void *arg);
/* Removes all words, of a tree to which no other thread has access: no lock is needed. Lets others
 * run. */
void radix_free(struct radix *radix, void (*drop)(uint64_t word, void *arg), void *arg);

/* ---- Inodes ---- */

#define INLINE_TARGET    48 /* bytes of a symbolic link's target, with its NUL, kept in the inode */
#define BREATH           64 /* pages or rows of pages between two calls of cond_resched */
#define CUT_PIECE        1024 /* words that are removed while a lock is held */
#define BOGUS_ENTRY_SIZE 20   /* a dentry adds so much to the size of its directory, as on tmpfs */
#define NO_SLOT          UINT32_MAX

struct ramfs_inode {
    struct inode inode;
    union { /* guarded by inode.lock */
        struct {
            struct hash names;  /* of struct dentry.node, with a reference to each dentry */
            struct radix slots; /* of dentries; a free slot n refers to the next as next << 1 | 1 */
            uint32_t n_slots;   /* slots used so far, since the directory was empty */
            uint32_t free_slot; /* the first free one, or NO_SLOT */
        } dir;
        struct {
            struct backing backing;
            struct radix pages; /* of frames; 0 is a hole */
            uint32_t n_pages;
            bool linkable;   /* made by O_TMPFILE: may get a name although it has none */
            bool unlimited;  /* memory that processes share: the limit on pages does not apply */
            bool dirty_tail; /* the last page must be cleared after the end: see clean_tail */
            uint8_t seals;   /* F_SEAL_*: set with the contents mutex held, too */
        } file;
        char target[INLINE_TARGET]; /* of a symbolic link, if it fits */
        char *long_target;
    };
};

_Static_assert(sizeof(struct ramfs_inode) == 168, "24 fit in a page");

static inline struct ramfs_inode *ramfs_inode(struct inode *inode)
{
    return container_of(inode, struct ramfs_inode, inode);
}

/* Makes an inode with link count 1 (a directory: 2), and one reference. NULL: out of memory, or
 * there are too many inodes. */
struct ramfs_inode *ramfs_inode_create(struct filesystem *fs, const struct new_inode *what);

extern struct inode_ops ramfs_dir_ops; /* an annex may add to it while the kernel starts */
void ramfs_dir_init(struct ramfs_inode *dir);
void ramfs_dir_free(struct ramfs_inode *dir);

/* Of regular files. An annex may add operations while the kernel starts. */
extern struct inode_ops ramfs_file_inode_ops;
extern struct file_ops ramfs_file_ops;
void ramfs_file_init(struct ramfs_inode *file);
void ramfs_file_free(struct ramfs_inode *file);
/* How many pages all files may have together, and how many they have. */
void ramfs_file_counts(uint64_t *most, uint64_t *used);
uint64_t ramfs_memory_pages(void);  /* of the machine; not before the root archive is unpacked */
bool ramfs_take_page(bool limited); /* counts one page more; false: there may be no more */
void ramfs_give_page(void);         /* counts one page less */
static inline uint64_t pages_of(uint64_t n_bytes)
{
    return align_up(n_bytes, PAGE_SIZE) / PAGE_SIZE;
}
/* Drops a page that was removed from its file, and counts one less in *n_pages. For radix_cut. */
void ramfs_drop_page(uint64_t frame, void *n_pages);
/* The page at index, referenced; a hole gets a page of zeros. 0, -ENOMEM, or -EIO if files have as
 * many pages as they may (for a mapping that is SIGBUS, as on tmpfs). Lock: the inode's held. */
int ramfs_get_page_locked(struct ramfs_inode *file, uint64_t index, paddr_t *frame);
/* Clears the last page from the end of the file on. Lock: the inode's held. */
void ramfs_zero_tail_locked(struct ramfs_inode *file, uint64_t size);
void ramfs_grow_to(struct ramfs_inode *file, uint64_t end); /* sets the size, if it was less */
/* The contents mutex of a file. */
struct mutex *ramfs_contents_of(const struct ramfs_inode *file);
void ramfs_file_setup(void); /* called before the first file is made */
int ramfs_rename(struct dentry *from, struct dentry *new_dir, const char *name, size_t len,
                 struct dentry *over);
void ramfs_inode_release(struct inode *inode);

/* The functions that enforce the seals of files; they are in the memfd annex. NULL: without it a
 * file has only F_SEAL_SEAL, so no others can be added. Lock: the contents mutex held. `end` is the
 * end of the change. */
struct ramfs_seals {
    bool (*allow_write)(const struct ramfs_inode *file, uint64_t end);
    bool (*allow_size)(const struct ramfs_inode *file, uint64_t size);
    bool (*allow_fallocate)(const struct ramfs_inode *file, bool punch, uint64_t end);
};
extern const struct ramfs_seals *ramfs_seals; /* set while the kernel starts */

/* Parts of dir.c that rename.c uses, too. Lock: the directory's held. */
struct dentry *ramfs_find_locked(struct ramfs_inode *dir, const char *name, size_t len,
                                 uint32_t hash);
int ramfs_slot_take_locked(struct ramfs_inode *dir, uint32_t *slot); /* 0 or -ENOMEM */
void ramfs_slot_set_locked(struct ramfs_inode *dir, uint32_t slot, struct dentry *dentry);
/* Frees a slot. If the directory has become empty all its slots are returned; the caller passes
 * them to ramfs_slots_free after it has released the lock. */
struct radix ramfs_slot_free_locked(struct ramfs_inode *dir, uint32_t slot);
void ramfs_slots_free(struct radix *slots);

/* ---- A rename in its steps (rename.c) ---- */

struct move {
    struct dentry *from, *over; /* over: what has the new name, or NULL */
    struct dentry *old_dir, *new_dir;
    struct ramfs_inode *old, *new; /* inodes of the two directories */
    const char *name;              /* in new_dir */
    size_t len;
    struct dentry_name from_name; /* from's new name, afterwards its former one */
    uint32_t from_hash;
    struct radix unused; /* slots to be freed afterwards */
    bool keeps_over;     /* over is not removed */
    /* The change itself, which cannot fail; and, unless it is NULL, what must be had for it: 0 or
     * -errno. Lock: all four held. */
    void (*act)(struct move *move, uint32_t slot);
    int (*prepare)(struct move *move);
};
/* Fills in a move that replaces. */
void ramfs_move_init(struct move *move, struct dentry *from, struct dentry *new_dir,
                     const char *name, size_t len, struct dentry *over);
int ramfs_move(struct move *move); /* performs it: 0 or -errno */
/* move.act of a rename: from moves to the new name, where it replaces over if there is one. */
void ramfs_replace_locked(struct move *move, uint32_t slot);
