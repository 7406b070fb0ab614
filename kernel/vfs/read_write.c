/* read, write and lseek in all forms: the checks that all files share, then the file's operation.
 *
 * Every call becomes one transfer: an open file, a struct io with the user's buffers, and the
 * position to use. pread and pwrite bring a position of their own; the others use that of the open
 * file, and hold pos_lock if another thread or process may use it at the same time. POSIX wants
 * that: if a parent and its child write lines to one open file, neither line may overwrite the
 * other. A file that only one thread uses needs no lock. */
/* SPDX-License-Identifier: MIT */
#include "abi/signal.h"
#include "local.h"
#include "syscall_calls.h"

/* A transfer that a signal interrupted before its first byte may be started again. */
static long restartable(long result)
{
    return result == -EINTR ? -ERESTARTSYS : result;
}

/* Would the transfer end beyond the largest position? */
static bool goes_too_far(const struct file *file, const struct uio *uio, uint64_t pos)
{
    return !file->ops->stream && uio->left > MAX_FILE_SIZE - pos;
}

long file_read(struct file *file, struct uio *uio, uint64_t *pos)
{
    if (goes_too_far(file, uio, *pos))
        return -EINVAL;
    if (uio->left == 0 && !dentry_is_dir(file->dentry))
        return 0;
    return restartable(file->ops->read(file, uio, pos));
}

/* Shortens a write to what the limit and the largest size allow. 0 or -EFBIG. */
static int limit_write(struct fs_context *fs, struct uio *uio, uint64_t pos)
{
    if (pos >= fs->process->limit_file_bytes) {
        hooks.raise(SIGXFSZ);
        return -EFBIG;
    }
    if (pos >= MAX_FILE_SIZE)
        return -EFBIG;
    uio->left = min(uio->left, min(fs->process->limit_file_bytes, (uint64_t)MAX_FILE_SIZE) - pos);
    return 0;
}

/* The file's own operation decides where an append begins, because only it can hold the end of the
 * file. The limit is checked before that, by the size at this moment. */
long file_write(struct fs_context *fs, struct file *file, struct uio *uio, uint64_t *pos)
{
    struct inode *inode = file->inode;
    if (goes_too_far(file, uio, *pos))
        return -EINVAL;
    if (uio->left == 0 && !file->ops->hears_nothing)
        return 0;
    uio->append |= (file->flags & O_APPEND) != 0 && !uio->no_append;
    if (inode_is(inode, S_IFREG)) {
        int err = limit_write(fs, uio, uio->append ? inode->size : *pos);
        if (err)
            return err;
        inode_drop_privileges(fs, inode);
    }
    long result = restartable(file->ops->write(file, uio, pos));
    if (result == -EPIPE || uio->broken)
        hooks.raise(SIGPIPE);
    return result;
}

/* The caller and its table have one reference each. More come from other tables or calls, and a
 * shared table means other threads. */
bool file_lock_pos(struct fs_context *fs, struct file *file)
{
    bool shared = __atomic_load_n(&file->refs, __ATOMIC_RELAXED) > 2 ||
                  __atomic_load_n(&fs->fds->refs, __ATOMIC_RELAXED) > 1;
    if (file->ops->stream || !shared)
        return false;
    mutex_lock(&file->pos_lock);
    return true;
}

static void count(struct io_counts *counts, bool write, long result)
{
    *(write ? &counts->n_writes : &counts->n_reads) += 1;
    if (result > 0)
        *(write ? &counts->written_bytes : &counts->read_bytes) += (uint64_t)result;
}

long file_transfer(struct fs_context *fs, struct file *file, struct uio *uio, bool write,
                   uint64_t *at)
{
    uio->nonblocking |= (file->flags & O_NONBLOCK) != 0;
    bool locked = !at && file_lock_pos(fs, file);
    uint64_t *pos = at ? at : &file->pos;
    long result = write ? file_write(fs, file, uio, pos) : file_read(file, uio, pos);
    if (locked)
        mutex_unlock(&file->pos_lock);
    count(&fs->io, write, result);
    return result;
}

int file_get_for(struct fs_context *fs, int fd, bool write, bool at, struct file **file)
{
    int err = fd_get(fs, fd, file);
    if (err)
        return err;
    if (at && (*file)->ops->stream)
        err = -ESPIPE;
    else if (!(write ? file_writable(*file) : file_readable(*file)))
        err = -EBADF;
    else if (write ? !(*file)->ops->write : !(*file)->ops->read)
        err = -EINVAL;
    if (err)
        file_unref(*file);
    return err;
}

/* ---- One buffer ---- */

static long transfer_one(struct fs_context *fs, int fd, uaddr_t buf, size_t count, bool write,
                         uint64_t *at)
{
    struct file *file;
    struct kvec one;
    struct uio uio;
    int err = file_get_for(fs, fd, write, at, &file);
    if (err)
        return err;
    long result = -EFAULT;
    if (uaddr_range_ok(buf, count)) {
        uio_init_user(&uio, &one, buf, min(count, (size_t)MAX_TRANSFER));
        result = file_transfer(fs, file, &uio, write, at);
    }
    file_unref(file);
    return result;
}

long sys_read(struct fs_context *fs, int fd, uaddr_t buf, size_t count)
{
    return transfer_one(fs, fd, buf, count, false, NULL);
}

long sys_write(struct fs_context *fs, int fd, uaddr_t buf, size_t count)
{
    return transfer_one(fs, fd, buf, count, true, NULL);
}

long sys_pread64(struct fs_context *fs, int fd, uaddr_t buf, size_t count, off_t offset)
{
    uint64_t pos = (uint64_t)offset;
    return offset < 0 ? -EINVAL : transfer_one(fs, fd, buf, count, false, &pos);
}

long sys_pwrite64(struct fs_context *fs, int fd, uaddr_t buf, size_t count, off_t offset)
{
    uint64_t pos = (uint64_t)offset;
    return offset < 0 ? -EINVAL : transfer_one(fs, fd, buf, count, true, &pos);
}

/* ---- Positions ---- */

/* The position after a seek, or -errno. */
static long seek_target(const struct file *file, int64_t offset, int whence)
{
    uint64_t size = file->inode->size;
    int64_t base = 0;
    switch (whence) {
    case SEEK_SET: break;
    case SEEK_CUR: base = (int64_t)file->pos; break;
    case SEEK_END: base = (int64_t)size; break;
    case SEEK_DATA: return offset < 0 || (uint64_t)offset >= size ? -ENXIO : offset;
    case SEEK_HOLE: return offset < 0 || (uint64_t)offset >= size ? -ENXIO : (long)size;
    default: return -EINVAL;
    }
    int64_t to;
    return __builtin_add_overflow(base, offset, &to) || to < 0 ? -EINVAL : to;
}

long file_seek(struct file *file, int64_t offset, int whence)
{
    if (file->ops->stream)
        return -ESPIPE;
    long to = seek_target(file, offset, whence);
    if (to >= 0)
        file->pos = (uint64_t)to;
    return to;
}

long sys_lseek(struct fs_context *fs, int fd, off_t offset, int whence)
{
    struct file *file;
    int err = fd_get(fs, fd, &file);
    if (err)
        return err;
    long result = -EINVAL;
    if (whence >= 0 && whence <= SEEK_HOLE) {
        bool locked = file_lock_pos(fs, file);
        result = file->ops->stream ? -ESPIPE
                 : file->ops->seek ? file->ops->seek(file, offset, whence)
                                   : file_seek(file, offset, whence);
        if (locked)
            mutex_unlock(&file->pos_lock);
    }
    file_unref(file);
    return result;
}
