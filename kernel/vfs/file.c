/* Open files: how they are made, by the type of the inode, how they end, and reads by the kernel.
 *
 * A struct file is what POSIX calls an open file description: one opening of an inode, with its
 * flags and its position. Descriptors refer to it, and dup and fork make more of these references,
 * so a parent and its child continue at the same position. The last reference ends it (file_end).
 *
 * Its operations are chosen when it is opened. They come from the file system for regular files,
 * from a driver for devices (device_open), from ipc for FIFOs and from dir.c for directories. After
 * that the type does not matter any more: a read calls file->ops->read.
 *
 * An opening that may write counts in inode->writers, which exec checks, and one that only reads in
 * inode->n_readers, which leases check. It is counted before the checks for leases, and uncounted
 * if a later step fails. O_PATH opens nothing but the name: such a file is not counted and has
 * operations that refuse all. */
/* SPDX-License-Identifier: MIT */
#include "local.h"

static OBJECT_CACHE(file_cache, struct file);

/* Flags that have a meaning only while a file is opened. */
#define OPEN_ONLY (O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC)

static const struct file_ops path_ops = {.stream = true};

/* ---- The limit on open files in the system ---- */

enum { LEAST_FILES = 8192 };

uint64_t file_max = LEAST_FILES;

void file_max_init(void)
{
    struct memory_counts memory;
    memory_count(&memory);
    file_max = max(memory.total_frames * (PAGE_SIZE / 1024) / 10, (uint64_t)LEAST_FILES);
}

/* The count is read without a lock, so several processors at once may exceed the limit slightly. */
static bool too_many_files(struct fs_context *fs)
{
    return unlikely(file_count() >= __atomic_load_n(&file_max, __ATOMIC_RELAXED)) &&
           !fs_is_root(fs);
}

/* ---- Making and opening ---- */

int file_create(struct fs_context *fs, int flags, struct file **made)
{
    if (too_many_files(fs))
        return -ENFILE;
    struct file *file = object_alloc(&file_cache);
    if (!file)
        return -ENOMEM;
    file->refs = 1;
    file->flags = (uint32_t)flags;
    file->ops = &path_ops;
    file->dentry = NULL;
    file->inode = NULL;
    mutex_init(&file->pos_lock, "file position", RANK_POSITION);
    file->pos = 0;
    file->private_data = NULL;
    file->owner_pid = 0;
    file->owner_uid = file->owner_euid = 0;
    file->leased = false;
    file->owner_type = F_OWNER_TID; /* as Linux answers for a file that never had an owner */
    file->signal = 0;
    file->uncounted = false;
    *made = file;
    return 0;
}

/* O_DIRECT is for files that can be read without a cache. (pipe2 gives it another meaning, but its
 * files are not opened here.) */
static bool refuses_direct(const struct file *file)
{
    return file->flags & O_DIRECT && !inode_is(file->inode, S_IFREG);
}

/* Sets the operations by the type of the inode. 0 or -errno. */
static int choose_ops(struct inode *inode, struct file *file)
{
    switch (inode->mode & S_IFMT) {
    case S_IFDIR:
        file->ops = &dir_file_ops;
        return inode->ops->open ? inode->ops->open(inode, file) : 0;
    case S_IFREG: return inode->ops->open ? inode->ops->open(inode, file) : -EINVAL;
    case S_IFCHR: return device_open(inode, file);
    case S_IFIFO: return annex_hooks.fifo_open ? annex_hooks.fifo_open(inode, file) : -ENXIO;
    default: return -ENXIO;
    }
}

/* Is the file counted in inode->writers? */
static bool counts_as_writer(const struct file *file)
{
    return file_writable(file) && inode_is(file->inode, S_IFREG) && !file->uncounted;
}

/* Is it counted in inode->n_readers? */
static bool counts_as_reader(const struct file *file)
{
    return file_readable(file) && !file_writable(file) && inode_is(file->inode, S_IFREG);
}

/* 0 or -ETXTBSY. */
static int count_open(struct file *file)
{
    if (counts_as_reader(file))
        __atomic_fetch_add(&file->inode->n_readers, 1, __ATOMIC_SEQ_CST);
    return counts_as_writer(file) ? inode_get_write(file->inode) : 0;
}

static void uncount_open(struct file *file)
{
    if (counts_as_reader(file))
        __atomic_fetch_sub(&file->inode->n_readers, 1, __ATOMIC_RELAXED);
    if (counts_as_writer(file))
        inode_put_write(file->inode);
}

void file_free(struct file *file)
{
    if (file->dentry)
        dentry_unref(file->dentry);
    object_free(&file_cache, file);
}

static void set_dentry(struct file *file, struct dentry *dentry)
{
    file->dentry = dentry;
    file->inode = dentry->inode;
}

int file_start(struct fs_context *fs, struct file *file, struct dentry *dentry)
{
    dentry_ref(dentry);
    set_dentry(file, dentry);
    if (file->flags & O_PATH)
        return 0;
    if (refuses_direct(file))
        return -EINVAL;
    int err = count_open(file);
    if (err)
        return err;
    if (inode_is(file->inode, S_IFREG))
        err = lease_break(fs, file->inode, (int)file->flags);
    if (!err)
        err = choose_ops(file->inode, file);
    if (err)
        uncount_open(file);
    file->flags &= ~(uint32_t)OPEN_ONLY;
    return err;
}

int file_open_dentry(struct fs_context *fs, struct dentry *dentry, int flags, struct file **opened)
{
    struct file *file;
    int err = file_create(fs, flags, &file);
    if (err)
        return err;
    err = file_start(fs, file, dentry);
    if (err)
        file_free(file);
    else
        *opened = file;
    return err;
}

int file_open_anonymous(struct fs_context *fs, struct inode *inode, const char *name, int flags,
                        const struct file_ops *ops, struct file **opened)
{
    char text[48];
    int len = format(text, sizeof(text), "%s:[%lu]", name, inode->ino);
    struct file *file;
    int err = file_create(fs, flags & ~OPEN_ONLY, &file);
    if (err)
        return err;
    struct dentry *dentry = dentry_create(NULL, inode, text, (size_t)len);
    if (!dentry) {
        file_free(file);
        return -ENOMEM;
    }
    set_dentry(file, dentry);
    file->ops = ops;
    *opened = file;
    return 0;
}

void file_end(struct file *file)
{
    lock_drop_owner(file->inode, file);
    if (vfs_locks)
        vfs_locks->lease_drop(file);
    if (file->ops->release)
        file->ops->release(file);
    if (!(file->flags & O_PATH))
        uncount_open(file);
    file_free(file);
}

uint64_t file_count(void)
{
    return __atomic_load_n(&file_cache.n_live, __ATOMIC_RELAXED);
}

/* ---- By the kernel itself ---- */

int file_open_exec(struct fs_context *fs, int dirfd, const char *path, int at_flags,
                   struct file **file)
{
    struct dentry *dentry;
    int err = path_walk(fs, dirfd, path, walk_flags_of((unsigned)at_flags), &dentry);
    if (err)
        return err;
    if (dentry_is_link(dentry))
        err = -ELOOP;
    else if (!inode_is(dentry->inode, S_IFREG))
        err = -EACCES;
    else
        err = fs_permission(fs, dentry->inode, MAY_EXEC);
    if (!err)
        err = inode_deny_write(dentry->inode);
    if (!err) {
        err = file_open_dentry(fs, dentry, O_RDONLY, file);
        if (err)
            inode_allow_write(dentry->inode);
    }
    dentry_unref(dentry);
    return err;
}

void file_close_exec(struct file *file)
{
    inode_allow_write(file->inode);
    file_unref(file);
}

long file_read_kernel(struct file *file, uint64_t pos, void *buf, size_t n)
{
    struct kvec one;
    struct uio uio;
    uio_init_kernel(&uio, &one, buf, n);
    return file->ops->read ? file->ops->read(file, &uio, &pos) : -EINVAL;
}
