/* Open files: their making by the kind of what is opened, their end, and the kernel's own reads. */
#include "local.h"

static OBJECT_CACHE(file_cache, struct file);

/* Flags that only matter to open itself. */
#define OPEN_ONLY (O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC)

static const struct file_ops path_ops = {.stream = true};

/* A file without operations yet; takes over the entry's reference. NULL when out of memory. */
static struct file *file_create(struct entry *entry, int flags)
{
    struct file *file = object_alloc(&file_cache);
    if (!file)
        return NULL;
    file->refs = 1;
    file->flags = (uint32_t)flags;
    file->ops = &path_ops;
    file->entry = entry;
    file->inode = entry->inode;
    mutex_init(&file->pos_lock, "file position", RANK_POSITION);
    file->pos = 0;
    file->private_data = NULL;
    file->owner_pid = 0;
    return file;
}

/* Lets the file find its operations: the vfs's by type, else the file system's. */
static int choose_ops(struct inode *inode, struct file *file)
{
    switch (inode->mode & S_IFMT) {
    case S_IFDIR:
        file->ops = &dir_file_ops;
        return inode->ops->open ? inode->ops->open(inode, file) : 0;
    case S_IFREG:
        return inode->ops->open ? inode->ops->open(inode, file) : -EINVAL;
    case S_IFCHR:
        return device_open(inode, file);
    case S_IFIFO:
        return vfs_fifo_open ? vfs_fifo_open(inode, file) : -ENXIO;
    default:
        return -ENXIO;
    }
}

/* Does the file count as a writer of a regular file's contents? */
static bool counts_as_writer(const struct file *file)
{
    return file_writable(file) && inode_is(file->inode, S_IFREG);
}

static void file_free(struct file *file)
{
    entry_unref(file->entry);
    object_free(&file_cache, file);
}

int file_open_entry(struct fs_context *fs, struct entry *entry, int flags, struct file **opened)
{
    (void)fs;
    struct file *file = file_create(entry, flags);
    if (!file)
        return -ENFILE;
    entry_ref(entry);
    int err = 0;
    if (!(flags & O_PATH)) {
        if (counts_as_writer(file))
            err = inode_get_write(file->inode);
        if (err) {
            file_free(file);
            return err;
        }
        err = choose_ops(file->inode, file);
        if (err && counts_as_writer(file))
            inode_put_write(file->inode);
    }
    if (err) {
        file_free(file);
        return err;
    }
    file->flags &= ~(uint32_t)OPEN_ONLY;
    *opened = file;
    return 0;
}

int file_open_anonymous(struct inode *inode, const char *name, int flags,
                        const struct file_ops *ops, struct file **opened)
{
    char text[48];
    int len = format(text, sizeof(text), "%s:[%lu]", name, inode->ino);
    struct entry *entry = entry_create(NULL, inode, text, (size_t)len);
    if (!entry)
        return -ENFILE;
    struct file *file = file_create(entry, flags);
    if (!file) {
        inode_ref(inode);       /* stays the caller's */
        entry_unref(entry);
        return -ENFILE;
    }
    file->ops = ops;
    file->flags &= ~(uint32_t)OPEN_ONLY;
    *opened = file;
    return 0;
}

void file_ref(struct file *file)
{
    __atomic_fetch_add(&file->refs, 1, __ATOMIC_RELAXED);
}

void file_unref(struct file *file)
{
    if (__atomic_sub_fetch(&file->refs, 1, __ATOMIC_ACQ_REL) != 0)
        return;
    lock_drop_owner(file->inode, file);
    if (file->ops->release)
        file->ops->release(file);
    if (counts_as_writer(file))
        inode_put_write(file->inode);
    file_free(file);
}

uint64_t file_count(void)
{
    return file_cache.n_live;
}

/* ---- By the kernel itself ---- */

int file_open_exec(struct fs_context *fs, int dirfd, const char *path, int at_flags,
                   struct file **file)
{
    unsigned flags = at_flags & AT_SYMLINK_NOFOLLOW ? 0 : WALK_FOLLOW;
    struct entry *entry;
    int err = path_walk(fs, dirfd, path, flags | (at_flags & AT_EMPTY_PATH ? WALK_EMPTY : 0),
                        &entry);
    if (err)
        return err;
    if (entry_is_link(entry))
        err = -ELOOP;
    else if (!inode_is(entry->inode, S_IFREG))
        err = -EACCES;
    else
        err = fs_permission(fs, entry->inode, MAY_EXEC);
    if (!err)
        err = inode_deny_write(entry->inode);
    if (!err) {
        err = file_open_entry(fs, entry, O_RDONLY, file);
        if (err)
            inode_allow_write(entry->inode);
    }
    entry_unref(entry);
    return err;
}

void file_close_exec(struct file *file)
{
    inode_allow_write(file->inode);
    file_unref(file);
}

long file_read_kernel(struct file *file, uint64_t pos, void *buf, size_t n)
{
    struct segment one;
    struct io io;
    io_init_kernel(&io, &one, buf, n);
    return file->ops->read ? file->ops->read(file, &io, &pos) : -EINVAL;
}

long file_write_kernel(struct file *file, uint64_t *pos, const void *buf, size_t n)
{
    struct segment one;
    struct io io;
    io_init_kernel(&io, &one, (void *)buf, n);
    return file->ops->write ? file->ops->write(file, &io, pos) : -EINVAL;
}
