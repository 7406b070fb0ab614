/* sendfile and copy_file_range: copy from one open file to another through a page of the kernel.
 *
 * Bytes are read into the page and then written from it. The target may accept fewer bytes than
 * were read, for example a pipe that is full. No byte may be lost then, so the position of the
 * source is moved back to the first one that was not written. That is possible because the source
 * always has positions: a pipe or terminal as source gives EINVAL. */
/* SPDX-License-Identifier: MIT */
#include "syscall_calls.h"
#include "vfs/local.h"

struct copy {
    struct fs_context *fs;
    struct file *in, *out;
    uint64_t in_pos, out_pos; /* the positions of the copy; those of the files are set at the end */
};

/* Copies at most n bytes. How many, or -errno. If fewer bytes could be written than were read, the
 * source's position moves back over the rest, and *full is set. */
static long copy_chunk(struct copy *copy, char *page, size_t n, bool *full)
{
    struct kvec one;
    struct uio uio;
    uint64_t start = copy->in_pos;
    uio_init_kernel(&uio, &one, page, n);
    uio.nonblocking = copy->in->flags & O_NONBLOCK;
    long got = file_read(copy->in, &uio, &copy->in_pos);
    if (got <= 0)
        return got;
    uio_init_kernel(&uio, &one, page, (size_t)got);
    uio.nonblocking = copy->out->flags & O_NONBLOCK;
    long put = file_write(copy->fs, copy->out, &uio, &copy->out_pos);
    *full = put < got;
    if (*full)
        copy->in_pos = start + (uint64_t)max(put, 0L);
    return put;
}

/* How many bytes were copied, or -errno if there were none. A signal ends the copy, because the
 * source may have no end (/dev/zero). */
static long copy_loop(struct copy *copy, size_t count)
{
    char *page = buffer_alloc();
    size_t total = 0;
    long n = 1;
    bool full = false;
    if (!page)
        return -ENOMEM;
    while (n > 0 && !full && total < count && !(total && current_thread()->signal_due)) {
        n = copy_chunk(copy, page, min(count - total, (size_t)PAGE_SIZE), &full);
        total += n > 0 ? (size_t)n : 0;
    }
    buffer_free(page);
    return total > 0 || count == 0 ? (long)total : n;
}

/* Where a copy begins: at the offset that the caller gives, or at the file's position. 0 or -errno.
 */
static int fetch_offset(const struct file *file, uaddr_t at, uint64_t *pos)
{
    *pos = file->pos;
    if (uaddr_is_null(at))
        return 0;
    if (file->ops->stream)
        return -ESPIPE;
    int err = user_copy_in(pos, at, sizeof(*pos));
    return err ? err : (int64_t)*pos < 0 ? -EINVAL : 0;
}

/* Stores where a copy ended, in the caller's offset or as the file's position. 0 or -EFAULT. */
static int give_offset(struct file *file, uaddr_t at, uint64_t pos)
{
    if (!uaddr_is_null(at))
        return user_copy_out(at, &pos, sizeof(pos));
    file->pos = pos;
    return 0;
}

/* Does the range end beyond the largest position? */
static bool wraps(uint64_t pos, size_t count)
{
    return count > MAX_FILE_SIZE || pos > MAX_FILE_SIZE - count;
}

/* ---- sendfile ---- */

/* Gets and checks the source. `given` is where the copy begins; NULL: at the file's position. 0 or
 * -errno. */
static int sendfile_source(struct copy *copy, int fd, const uint64_t *given, size_t count)
{
    int err = fd_get(copy->fs, fd, &copy->in);
    if (err)
        return err;
    if (!file_readable(copy->in))
        err = -EBADF;
    else if (given && copy->in->ops->stream)
        err = -ESPIPE;
    copy->in_pos = given ? *given : copy->in->pos;
    if (!err && ((int64_t)copy->in_pos < 0 || wraps(copy->in_pos, count) || !copy->in->ops->read ||
                 copy->in->ops->stream))
        err = -EINVAL;
    if (err)
        file_unref(copy->in);
    return err;
}

static int sendfile_target(struct copy *copy, int fd, size_t count)
{
    int err = fd_get(copy->fs, fd, &copy->out);
    if (err)
        return err;
    copy->out_pos = copy->out->pos;
    if (!file_writable(copy->out))
        err = -EBADF;
    else if (!copy->out->ops->write || copy->out->flags & O_APPEND ||
             (count > 0 && dentry_is_dir(copy->in->dentry)))
        err = -EINVAL;
    else if (!copy->out->ops->stream && wraps(copy->out_pos, count))
        err = -EINVAL;
    if (err)
        file_unref(copy->out);
    return err;
}

/* sendfile. If `given` is not NULL the copy begins at *given, and *given becomes where it ended. */
static long send_file(struct fs_context *fs, int out_fd, int in_fd, uint64_t *given, size_t count)
{
    struct copy copy = {.fs = fs};
    int err = sendfile_source(&copy, in_fd, given, count);
    if (err)
        return err;
    err = sendfile_target(&copy, out_fd, count);
    if (err) {
        file_unref(copy.in);
        return err;
    }
    long result = copy_loop(&copy, min(count, (size_t)MAX_TRANSFER));
    if (result > 0) {
        copy.out->pos = copy.out_pos;
        *(given ? given : &copy.in->pos) = copy.in_pos;
    }
    file_unref(copy.out);
    file_unref(copy.in);
    return result;
}

/* As on Linux the offset is read first and written last, even after an error. */
long sys_sendfile(struct fs_context *fs, int out_fd, int in_fd, uaddr_t offset, size_t count)
{
    uint64_t pos;
    if (uaddr_is_null(offset))
        return send_file(fs, out_fd, in_fd, NULL, count);
    if (user_copy_in(&pos, offset, sizeof(pos)))
        return -EFAULT;
    long result = send_file(fs, out_fd, in_fd, &pos, count);
    return user_copy_out(offset, &pos, sizeof(pos)) ? -EFAULT : result;
}

/* ---- copy_file_range ---- */

/* Checks a copy between two files, and shortens *count to the end of the source. 0 or -errno. */
static int check_range(struct copy *copy, size_t *count)
{
    struct inode *in = copy->in->inode, *out = copy->out->inode;
    if (inode_is(in, S_IFDIR) || inode_is(out, S_IFDIR))
        return -EISDIR;
    if (!inode_is(in, S_IFREG) || !inode_is(out, S_IFREG))
        return -EINVAL;
    if (!file_readable(copy->in) || !file_writable(copy->out) || copy->out->flags & O_APPEND)
        return -EBADF;
    uint64_t from = copy->in_pos, to = copy->out_pos, size = in->size;
    if (from + *count < from || to + *count < to)
        return -EOVERFLOW;
    *count = from < size ? min(*count, size - from) : 0;
    if (to >= MAX_FILE_SIZE)
        return -EFBIG;
    *count = min(*count, MAX_FILE_SIZE - to);
    bool overlap = in == out && to + *count > from && to < from + *count;
    return overlap || !copy->in->ops->read || !copy->out->ops->write ? -EINVAL : 0;
}

/* Gets both files, referenced. 0 or -errno. */
static int get_pair(struct copy *copy, int in_fd, int out_fd)
{
    int err = fd_get(copy->fs, in_fd, &copy->in);
    if (err)
        return err;
    err = fd_get(copy->fs, out_fd, &copy->out);
    if (err)
        file_unref(copy->in);
    return err;
}

long sys_copy_file_range(struct fs_context *fs, int in_fd, uaddr_t in_offset, int out_fd,
                         uaddr_t out_offset, size_t count, unsigned flags)
{
    struct copy copy = {.fs = fs};
    int err = get_pair(&copy, in_fd, out_fd);
    if (err)
        return err;
    err = fetch_offset(copy.in, in_offset, &copy.in_pos);
    if (!err)
        err = fetch_offset(copy.out, out_offset, &copy.out_pos);
    if (!err)
        err = flags ? -EINVAL : check_range(&copy, &count);
    long result = err;
    if (!err)
        result = copy_loop(&copy, min(count, (size_t)MAX_TRANSFER));
    if (result > 0) {
        err = give_offset(copy.in, in_offset, copy.in_pos);
        int out_err = give_offset(copy.out, out_offset, copy.out_pos);
        result = err || out_err ? -EFAULT : result;
    }
    file_unref(copy.out);
    file_unref(copy.in);
    return result;
}
