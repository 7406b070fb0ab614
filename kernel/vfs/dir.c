/* Directories: mkdir, rmdir, and listing with getdents64.
 *
 * A file system lists its dentries into a page of the kernel, with a lock held; the page is then
 * copied to the user. If the copy fails in the middle, only whole dentries count as listed, and the
 * position of the open file moves just past them. Positions are numbers that the file system
 * chooses, except 0 and 1, which are "." and "..". A program may seek to any position that it has
 * seen (telldir, seekdir). */
/* SPDX-License-Identifier: MIT */
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

/* Lists "." and "..". False: there was no room for both. */
static bool list_dots(struct listing *listing, struct dentry *dir, uint64_t *pos)
{
    static const char one[8] = ".", two[8] = "..";
    if (*pos == 0) {
        if (!listing_add(listing, one, 1, dir->inode->ino, DT_DIR, 1))
            return false;
        *pos = 1;
    }
    if (*pos == 1) {
        struct dentry *parent = dentry_parent(dir);
        bool fits = listing_add(listing, two, 2, parent->inode->ino, DT_DIR, 2);
        dentry_unref(parent);
        if (!fits)
            return false;
        *pos = 2;
    }
    return true;
}

/* Lists the directory from *pos on, as far as there is room. 0 or -errno. */
static int list_batch(struct listing *listing, struct file *file, uint64_t *pos)
{
    if (file->inode->nlink == 0)
        return -ENOENT;
    if (!list_dots(listing, file->dentry, pos))
        return 0;
    return file->inode->ops->list(file->inode, file->dentry, pos, listing);
}

/* The size of the whole dentries in the first n bytes of the page. *pos becomes the position after
 * them. */
static size_t whole_entries(const char *page, size_t n, uint64_t *pos)
{
    size_t at = 0;
    for (;;) {
        const struct linux_dirent64 *dentry = (const struct linux_dirent64 *)(page + at);
        if (at + offsetof(struct linux_dirent64, d_name) > n || at + dentry->d_reclen > n)
            return at;
        at += dentry->d_reclen;
        *pos = (uint64_t)dentry->d_off;
    }
}

/* Lists into user memory, from the position of the file on. Bytes or -errno. */
static long list_some(struct file *file, char *page, uaddr_t to, size_t count)
{
    struct listing listing;
    size_t total = 0;
    do {
        uint64_t pos = file->pos;
        size_t room = min(count - total, (size_t)PAGE_SIZE - LISTING_SLACK);
        listing = (struct listing){.at = page, .end = page + room};
        int err = list_batch(&listing, file, &pos);
        size_t used = (size_t)(listing.at - page);
        if (!err && used == 0 && listing.full)
            err = -EINVAL; /* the user's buffer is too small for the next dentry */
        if (err)
            return total > 0 ? (long)total : err;
        size_t copied = used ? user_copy_out_some(uaddr_add(to, total), page, used) : 0;
        if (copied < used) {
            total += whole_entries(page, copied, &file->pos);
            return total > 0 ? (long)total : -EFAULT;
        }
        file->pos = pos;
        total += used;
    } while (listing.full && total < count && thread_resched(PAGE_SIZE));
    return (long)total;
}

long sys_getdents64(struct fs_context *fs, int fd, uaddr_t dentries, size_t count)
{
    struct file *file;
    int err = fd_get(fs, fd, &file);
    if (err)
        return err;
    char *page = NULL;
    long result = -ENOTDIR;
    if (dentry_is_dir(file->dentry) && file->inode->ops->list) {
        page = buffer_alloc();
        result = -ENOMEM;
    }
    if (page) {
        bool locked = file_lock_pos(fs, file);
        result = list_some(file, page, dentries, min(count, (size_t)INT32_MAX));
        if (locked)
            mutex_unlock(&file->pos_lock);
        if (result >= 0)
            file_touch_atime(file);
    }
    buffer_free(page);
    file_unref(file);
    return result;
}

static long dir_read(struct file *file, struct uio *uio, uint64_t *pos)
{
    (void)file, (void)uio, (void)pos;
    return -EISDIR;
}

/* There is no SEEK_END: a directory has no size in positions. */
static long dir_seek(struct file *file, int64_t offset, int whence)
{
    if (whence != SEEK_SET && whence != SEEK_CUR)
        return -EINVAL;
    return file_seek(file, offset, whence);
}

const struct file_ops dir_file_ops = {.read = dir_read, .seek = dir_seek};
