/* sendfile and copy_file_range: from one open file to another through a page of the kernel's. */
#include "local.h"
#include "syscall_calls.h"

struct copy {
    struct fs_context *fs;
    struct file *in, *out;
    uint64_t *in_pos, *out_pos;
};

/* Writes what was read, moving the reader's position back over the bytes that found no place. */
static long copy_chunk(const struct copy *copy, char *page, size_t n)
{
    struct segment one;
    struct io io;
    uint64_t start = *copy->in_pos;
    io_init_kernel(&io, &one, page, n);
    io.nonblocking = copy->in->flags & O_NONBLOCK;
    long got = file_read(copy->in, &io, copy->in_pos);
    if (got <= 0)
        return got;
    io_init_kernel(&io, &one, page, (size_t)got);
    io.nonblocking = copy->out->flags & O_NONBLOCK;
    long put = file_write(copy->fs, copy->out, &io, copy->out_pos);
    if (put < got)
        *copy->in_pos = start + (uint64_t)max(put, 0L);
    return put;
}

/* Bytes copied, or the error that stopped the first of them. */
static long copy_loop(const struct copy *copy, size_t count)
{
    char *page = buffer_alloc();
    size_t total = 0;
    long n = -ENOMEM;
    while (page && total < count) {
        size_t want = min(count - total, (size_t)PAGE_SIZE);
        n = copy_chunk(copy, page, want);
        if (n > 0)
            total += (size_t)n;
        if (n < (long)want)
            break;
    }
    buffer_free(page);
    return total > 0 ? (long)total : count == 0 && page ? 0 : n;
}

/* Fetches an offset that the caller gave instead of the file's own; 0 or -errno. */
static int fetch_offset(struct file *file, uaddr_t at, uint64_t *offset, uint64_t **pos)
{
    *pos = &file->pos;
    if (uaddr_is_null(at))
        return 0;
    if (file->ops->stream)
        return -ESPIPE;
    *pos = offset;
    int err = user_copy_in(offset, at, sizeof(*offset));
    return err ? err : (int64_t)*offset < 0 ? -EINVAL : 0;
}

/* Gives moved offsets back to whoever passed them. */
static long return_offset(long result, uaddr_t at, const uint64_t *offset)
{
    if (!uaddr_is_null(at) && user_copy_out(at, offset, sizeof(*offset)))
        return -EFAULT;
    return result;
}

/* Both files, each open for its direction. */
static int get_pair(struct fs_context *fs, int in_fd, int out_fd, struct copy *copy)
{
    *copy = (struct copy){.fs = fs};
    int err = fd_get(fs, in_fd, &copy->in);
    if (err)
        return err;
    err = fd_get(fs, out_fd, &copy->out);
    if (err)
        file_unref(copy->in);
    return err;
}

static void release_pair(const struct copy *copy)
{
    file_unref(copy->in);
    file_unref(copy->out);
}

static int check_sendfile(const struct copy *copy)
{
    if (!file_readable(copy->in) || !file_writable(copy->out))
        return -EBADF;
    if (copy->out->flags & O_APPEND || !copy->in->ops->read || !copy->out->ops->write)
        return -EINVAL;
    return entry_is_dir(copy->in->entry) || copy->in->ops->stream ? -EINVAL : 0;
}

long sys_sendfile(struct fs_context *fs, int out_fd, int in_fd, uaddr_t offset, size_t count)
{
    struct copy copy;
    uint64_t in_offset;
    int err = get_pair(fs, in_fd, out_fd, &copy);
    if (err)
        return err;
    err = fetch_offset(copy.in, offset, &in_offset, &copy.in_pos);
    if (!err)
        err = check_sendfile(&copy);
    long result = err;
    if (!err) {
        copy.out_pos = &copy.out->pos;
        result = copy_loop(&copy, min(count, (size_t)MAX_TRANSFER));
        result = return_offset(result, offset, &in_offset);
    }
    release_pair(&copy);
    return result;
}

static int check_range(const struct copy *copy, size_t count)
{
    struct inode *in = copy->in->inode, *out = copy->out->inode;
    if (inode_is(in, S_IFDIR) || inode_is(out, S_IFDIR))
        return -EISDIR;
    if (!inode_is(in, S_IFREG) || !inode_is(out, S_IFREG))
        return -EINVAL;
    if (!file_readable(copy->in) || !file_writable(copy->out) || copy->out->flags & O_APPEND)
        return -EBADF;
    uint64_t from = *copy->in_pos, to = *copy->out_pos;
    if (from + count < from || to + count < to)
        return -EOVERFLOW;
    bool overlap = in == out && to + count > from && to < from + count;
    return overlap || !copy->in->ops->read || !copy->out->ops->write ? -EINVAL : 0;
}

long sys_copy_file_range(struct fs_context *fs, int in_fd, uaddr_t in_offset, int out_fd,
                         uaddr_t out_offset, size_t count, unsigned flags)
{
    struct copy copy;
    uint64_t in_at, out_at;
    int err = get_pair(fs, in_fd, out_fd, &copy);
    if (err)
        return err;
    err = fetch_offset(copy.in, in_offset, &in_at, &copy.in_pos);
    if (!err)
        err = fetch_offset(copy.out, out_offset, &out_at, &copy.out_pos);
    if (!err)
        err = flags ? -EINVAL : check_range(&copy, count);
    long result = err;
    if (!err) {
        result = copy_loop(&copy, min(count, (size_t)MAX_TRANSFER));
        result = return_offset(result, in_offset, &in_at);
        result = return_offset(result, out_offset, &out_at);
    }
    release_pair(&copy);
    return result;
}
