/* Directories: mkdir, rmdir, and listing with getdents64. */
#include "abi/dirent.h"
#include "local.h"
#include "syscall_calls.h"

long sys_mkdirat(struct fs_context *fs, int dirfd, const char *path, mode_t mode)
{
    return make_node(fs, dirfd, path, S_IFDIR | (mode & 01777), 0, NULL);
}

long sys_mkdir(struct fs_context *fs, const char *path, mode_t mode)
{
    return sys_mkdirat(fs, AT_FDCWD, path, mode);
}

long sys_rmdir(struct fs_context *fs, const char *path)
{
    return remove_name(fs, AT_FDCWD, path, true);
}

/* ---- Listing ---- */

/* A batch of entries in getdents64's layout, made without touching user memory. */
struct batch {
    char *bytes;
    size_t used, room;
    bool full;
};

static bool batch_add(void *arg, const char *name, size_t len, uint64_t ino, uint32_t type,
                      uint64_t next_pos)
{
    struct batch *batch = arg;
    size_t size = align_up(offsetof(struct linux_dirent64, d_name) + len + 1, 8);
    if (size > batch->room - batch->used) {
        batch->full = true;
        return false;
    }
    struct linux_dirent64 *entry = (struct linux_dirent64 *)(batch->bytes + batch->used);
    *(uint64_t *)(batch->bytes + batch->used + size - 8) = 0; /* the padding behind the name */
    entry->d_ino = ino;
    entry->d_off = (int64_t)next_pos;
    entry->d_reclen = (unsigned short)size;
    entry->d_type = (unsigned char)type;
    memcpy(entry->d_name, name, len);
    batch->used += size;
    return true;
}

/* "." and "..", which stand at positions 0 and 1. */
static bool batch_dots(struct batch *batch, struct entry *dir, uint64_t *pos)
{
    if (*pos == 0) {
        if (!batch_add(batch, ".", 1, dir->inode->ino, DT_DIR, 1))
            return false;
        *pos = 1;
    }
    if (*pos == 1) {
        struct entry *parent = entry_parent(dir);
        bool fits = batch_add(batch, "..", 2, parent->inode->ino, DT_DIR, 2);
        entry_unref(parent);
        if (!fits)
            return false;
        *pos = 2;
    }
    return true;
}

/* The next batch, at most a page; 0 or -errno. */
static int batch_fill(struct batch *batch, struct file *file, uint64_t *pos)
{
    batch->used = 0;
    batch->full = false;
    if (file->inode->nlink == 0)
        return -ENOENT;
    if (!batch_dots(batch, file->entry, pos))
        return 0;
    return file->inode->ops->list(file->inode, file->entry, pos, batch_add, batch);
}

/* Lists into the user's memory from the file's position on; bytes or -errno. */
static long list_some(struct file *file, char *page, uaddr_t to, size_t count)
{
    struct batch batch = {.bytes = page};
    size_t total = 0;
    do {
        uint64_t pos = file->pos;
        batch.room = min(count - total, (size_t)PAGE_SIZE);
        int err = batch_fill(&batch, file, &pos);
        if (!err && batch.used == 0 && batch.full)
            err = -EINVAL;
        if (!err && batch.used > 0 && user_copy_out(uaddr_add(to, total), page, batch.used))
            err = -EFAULT;
        if (err)
            return total > 0 ? (long)total : err;
        file->pos = pos;
        total += batch.used;
    } while (batch.full && total < count);
    return (long)total;
}

long sys_getdents64(struct fs_context *fs, int fd, uaddr_t entries, size_t count)
{
    struct file *file;
    int err = fd_get(fs, fd, &file);
    if (err)
        return err;
    char *page = NULL;
    long result = -ENOTDIR;
    if (entry_is_dir(file->entry) && file->inode->ops->list) {
        page = buffer_alloc();
        result = -ENOMEM;
    }
    if (page) {
        bool locked = file_lock_pos(fs, file);
        result = list_some(file, page, entries, min(count, (size_t)INT32_MAX));
        if (locked)
            mutex_unlock(&file->pos_lock);
        if (result >= 0)
            inode_touch_atime(file->inode);
    }
    buffer_free(page);
    file_unref(file);
    return result;
}

static long dir_read(struct file *file, struct io *io, uint64_t *pos)
{
    (void)file, (void)io, (void)pos;
    return -EISDIR;
}

/* Positions are getdents64's: any that was seen may be gone back to. */
static long dir_seek(struct file *file, int64_t offset, int whence)
{
    if (whence != SEEK_SET && whence != SEEK_CUR)
        return -EINVAL;
    return file_seek(file, offset, whence);
}

const struct file_ops dir_file_ops = {.read = dir_read, .seek = dir_seek};
