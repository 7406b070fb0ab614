/* Open files: their making by the kind of what is opened, their end, and the kernel's own reads. */
#include "local.h"

static OBJECT_CACHE(file_cache, struct file);

/* Flags that only matter to open itself. */
#define OPEN_ONLY (O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC)

static const struct file_ops path_ops = {.stream = true};

struct file *file_create(int flags)
{
    struct file *file = object_alloc(&file_cache);
    if (!file)
        return NULL;
    file->refs = 1;
    file->flags = (uint32_t)flags;
    file->ops = &path_ops;
    file->entry = NULL;
    file->inode = NULL;
    mutex_init(&file->pos_lock, "file position", RANK_POSITION);
    file->pos = 0;
    file->private_data = NULL;
    file->owner_pid = 0;
    file->uncounted = false;
    return file;
}

/* O_DIRECT is for what could be read past a cache; and for pipe2, which does not come here. */
static bool refuses_direct(const struct file *file)
{
    return file->flags & O_DIRECT && !inode_is(file->inode, S_IFREG);
}

/* Lets the file find its operations: the vfs's by type, else the file system's. */
static int choose_ops(struct inode *inode, struct file *file)
{
    switch (inode->mode & S_IFMT) {
    case S_IFDIR:
        file->ops = &dir_file_ops;
        return inode->ops->open ? inode->ops->open(inode, file) : 0;
    case S_IFREG: return inode->ops->open ? inode->ops->open(inode, file) : -EINVAL;
    case S_IFCHR: return device_open(inode, file);
    case S_IFIFO: return vfs_fifo_open ? vfs_fifo_open(inode, file) : -ENXIO;
    default: return -ENXIO;
    }
}

/* Does the file count as a writer of a regular file's contents? */
static bool counts_as_writer(const struct file *file)
{
    return file_writable(file) && inode_is(file->inode, S_IFREG) && !file->uncounted;
}

void file_uncount_writer(struct file *file)
{
    inode_put_write(file->inode);
    file->uncounted = true;
}

void file_free(struct file *file)
{
    if (file->entry)
        entry_unref(file->entry);
    object_free(&file_cache, file);
}

static void set_entry(struct file *file, struct entry *entry)
{
    file->entry = entry;
    file->inode = entry->inode;
}

int file_start(struct file *file, struct entry *entry)
{
    entry_ref(entry);
    set_entry(file, entry);
    if (file->flags & O_PATH)
        return 0;
    if (refuses_direct(file))
        return -EINVAL;
    int err = counts_as_writer(file) ? inode_get_write(file->inode) : 0;
    if (err)
        return err;
    err = choose_ops(file->inode, file);
    if (err && counts_as_writer(file))
        inode_put_write(file->inode);
    file->flags &= ~(uint32_t)OPEN_ONLY;
    return err;
}

int file_open_entry(struct fs_context *fs, struct entry *entry, int flags, struct file **opened)
{
    (void)fs;
    struct file *file = file_create(flags);
    if (!file)
        return -ENOMEM;
    int err = file_start(file, entry);
    if (err)
        file_free(file);
    else
        *opened = file;
    return err;
}

int file_open_anonymous(struct inode *inode, const char *name, int flags,
                        const struct file_ops *ops, struct file **opened)
{
    char text[48];
    int len = format(text, sizeof(text), "%s:[%lu]", name, inode->ino);
    struct file *file = file_create(flags & ~OPEN_ONLY);
    if (!file)
        return -ENOMEM;
    struct entry *entry = entry_create(NULL, inode, text, (size_t)len);
    if (!entry) {
        file_free(file);
        return -ENOMEM;
    }
    set_entry(file, entry);
    file->ops = ops;
    *opened = file;
    return 0;
}

void file_end(struct file *file)
{
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
    int err =
        path_walk(fs, dirfd, path, flags | (at_flags & AT_EMPTY_PATH ? WALK_EMPTY : 0), &entry);
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
