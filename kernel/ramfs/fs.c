/* A file system in memory: how it and its inodes of every type are made, and statfs.
 *
 * All inodes are of one structure, struct ramfs_inode; a union holds what differs by type. The
 * operations are chosen by type when the inode is made, and its last reference frees what belongs
 * to it: dentries, pages or the target of a link.
 *
 * A program can fill memory not only with pages but also with empty files, names and links. So
 * there is a limit on inodes, as there is one on pages, and a long target counts as a page. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "abi/statfs.h"
#include "local.h"

static OBJECT_CACHE(ramfs_inode_cache, struct ramfs_inode);
static OBJECT_CACHE(filesystem_cache, struct filesystem);

/* ---- Symbolic links, devices, FIFOs and sockets: inodes without dentries or pages ---- */

static long link_readlink(struct inode *inode, char *buf, size_t size)
{
    struct ramfs_inode *link = ramfs_inode(inode);
    size_t n = min(size, (size_t)inode->size);
    memcpy(buf, inode->size < INLINE_TARGET ? link->target : link->long_target, n);
    return (long)n;
}

static uint64_t link_blocks(struct inode *inode)
{
    return inode->size < INLINE_TARGET ? 0 : 8;
}

static const struct inode_ops link_ops = {
    .readlink = link_readlink,
    .blocks = link_blocks,
    .release = ramfs_inode_release,
};

static const struct inode_ops special_ops = {
    .release = ramfs_inode_release,
};

/* A long target counts as a page, so that links cannot fill all memory. */
static char *long_target_alloc(size_t size)
{
    if (!ramfs_take_page(true))
        return NULL;
    char *place = kmalloc(size);
    if (!place)
        ramfs_give_page();
    return place;
}

static void long_target_free(char *target)
{
    kfree(target);
    ramfs_give_page();
}

/* Stores the target of a link, in the inode if it fits. False: out of memory. */
static bool link_init(struct ramfs_inode *link, const char *target)
{
    assert(target);
    size_t size = strlen(target) + 1;
    char *place = link->target;
    if (size > INLINE_TARGET)
        place = link->long_target = long_target_alloc(size);
    if (!place)
        return false;
    memcpy(place, target, size);
    link->inode.size = size - 1;
    return true;
}

/* ---- Inodes ---- */

static const struct inode_ops *ops_of(uint32_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFDIR: return &ramfs_dir_ops;
    case S_IFREG: return &ramfs_file_inode_ops;
    case S_IFLNK: return &link_ops;
    default: return &special_ops;
    }
}

/* Sets what an inode has besides its attributes. False: out of memory. */
static bool contents_init(struct ramfs_inode *inode, const struct new_inode *what)
{
    switch (what->mode & S_IFMT) {
    case S_IFDIR: ramfs_dir_init(inode); return true;
    case S_IFREG: ramfs_file_init(inode); return true;
    case S_IFLNK: return link_init(inode, what->target);
    default: inode->inode.rdev = what->rdev; return true;
    }
}

static uint64_t n_first_inodes; /* how many the root archive has; constant after it is unpacked */

/* Two for each frame: with their names they take less than a fifth of the memory. As with pages,
 * those of the root archive are not counted. */
static uint64_t most_inodes(void)
{
    return n_first_inodes + 2 * ramfs_memory_pages();
}

static bool may_have_inode(const struct filesystem *fs)
{
    if (current_thread() && current_thread()->process)
        return fs->n_inodes < most_inodes();
    n_first_inodes = fs->n_inodes + 1;
    return true;
}

struct ramfs_inode *ramfs_inode_create(struct filesystem *fs, const struct new_inode *what)
{
    if (!may_have_inode(fs))
        return NULL;
    struct ramfs_inode *inode = object_alloc(&ramfs_inode_cache);
    if (!inode)
        return NULL;
    inode_init(&inode->inode, ops_of(what->mode), fs, what->mode);
    inode->inode.uid = what->uid;
    inode->inode.gid = what->gid;
    if (contents_init(inode, what))
        return inode;
    inode->inode.ops = &special_ops; /* so that its release frees no target */
    inode->inode.mode = 0;
    inode_unref(&inode->inode);
    return NULL;
}

void ramfs_inode_release(struct inode *inode)
{
    struct ramfs_inode *ramfs = ramfs_inode(inode);
    if (inode_is(inode, S_IFDIR))
        ramfs_dir_free(ramfs);
    else if (inode_is(inode, S_IFREG))
        ramfs_file_free(ramfs);
    else if (inode_is(inode, S_IFLNK) && inode->size >= INLINE_TARGET)
        long_target_free(ramfs->long_target);
    object_free(&ramfs_inode_cache, ramfs);
}

/* ---- File systems ---- */

static void ramfs_statfs(struct filesystem *fs, struct statfs *st)
{
    struct memory_counts counts;
    memory_count(&counts);
    st->f_type = TMPFS_MAGIC;
    uint64_t most, used;
    ramfs_file_counts(&most, &used);
    st->f_blocks = most;
    st->f_bfree = used < most ? min(most - used, counts.free_frames) : 0;
    st->f_bavail = st->f_bfree > most / 32 ? st->f_bfree - most / 32 : 0;
    st->f_files = most_inodes();
    st->f_ffree = fs->n_inodes < st->f_files ? st->f_files - fs->n_inodes : 0;
}

struct filesystem *ramfs_create(const char *type, uint32_t root_mode)
{
    struct filesystem *fs = object_alloc_zeroed(&filesystem_cache);
    if (!fs)
        return NULL;
    ramfs_file_setup();
    fs->type = type;
    fs->dev = filesystem_new_dev();
    fs->next_ino = 1;
    fs->statfs = ramfs_statfs;
    struct new_inode what = {.mode = S_IFDIR | (root_mode & 07777)};
    struct ramfs_inode *root = ramfs_inode_create(fs, &what);
    fs->root = root ? dentry_create(NULL, &root->inode, "", 0) : NULL;
    if (fs->root)
        return fs;
    if (root)
        inode_unref(&root->inode);
    object_free(&filesystem_cache, fs);
    return NULL;
}
