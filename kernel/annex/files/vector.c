/* readv, writev, preadv and pwritev: several buffers, perhaps at an offset, with flags; and advice
 * about reading. */
/* SPDX-License-Identifier: MIT */
#include "abi/uio.h"
#include "syscall_calls.h"
#include "vfs/local.h"

#define SMALL_SEGMENTS 8 /* a readv of so many needs no allocation */

_Static_assert(sizeof(struct kvec) == sizeof(struct iovec), "a segment is a copy of an iovec");

/* Fetches and checks the user's list. It is shortened to MAX_TRANSFER bytes. 0 or -errno. */
static int fetch_vecs(struct kvec *vecs, uaddr_t iov, size_t n, struct uio *uio)
{
    size_t left = MAX_TRANSFER;
    int err = user_copy_in(vecs, iov, n * sizeof(struct kvec));
    for (size_t i = 0; !err && i < n; i++)
        if ((int64_t)vecs[i].n_bytes < 0)
            err = -EINVAL;
    for (size_t i = 0; !err && i < n; i++) {
        if (!uaddr_range_ok(uaddr(vecs[i].base), vecs[i].n_bytes))
            err = -EFAULT;
        vecs[i].n_bytes = min(vecs[i].n_bytes, left);
        left -= vecs[i].n_bytes;
    }
    *uio = (struct uio){.vecs = vecs, .user = true, .left = MAX_TRANSFER - left};
    return err;
}

#define RWF_KNOWN (RWF_HIPRI | RWF_DSYNC | RWF_SYNC | RWF_NOWAIT | RWF_APPEND | RWF_NOAPPEND)

/* Applies RWF_* flags to one transfer. 0, -EOPNOTSUPP, -EINVAL. */
static int set_flags(struct uio *uio, int flags)
{
    uio->append = flags & RWF_APPEND;
    uio->no_append = flags & RWF_NOAPPEND;
    uio->nonblocking = flags & RWF_NOWAIT;
    if (flags & ~RWF_KNOWN)
        return -EOPNOTSUPP;
    return uio->append && uio->no_append ? -EINVAL : 0;
}

static long transfer_vector(struct fs_context *fs, int fd, uaddr_t iov, int n, bool write,
                            uint64_t *at, int flags)
{
    struct kvec small[SMALL_SEGMENTS], *vecs = small;
    struct file *file;
    struct uio uio;
    int err = file_get_for(fs, fd, write, at, &file);
    if (err)
        return err;
    long result = n < 0 || n > UIO_MAXIOV ? -EINVAL : 0;
    if (!result && n > SMALL_SEGMENTS) {
        vecs = kmalloc((size_t)n * sizeof(*vecs));
        result = vecs ? 0 : -ENOMEM;
    }
    if (!result)
        result = fetch_vecs(vecs, iov, (size_t)n, &uio);
    if (!result && uio.left > 0)
        result = set_flags(&uio, flags);
    if (!result)
        result = file_transfer(fs, file, &uio, write, at);
    if (vecs != small)
        kfree(vecs);
    file_unref(file);
    return result;
}

long sys_readv(struct fs_context *fs, int fd, uaddr_t iov, int iovcnt)
{
    return transfer_vector(fs, fd, iov, iovcnt, false, NULL, 0);
}

long sys_writev(struct fs_context *fs, int fd, uaddr_t iov, int iovcnt)
{
    return transfer_vector(fs, fd, iov, iovcnt, true, NULL, 0);
}

/* A transfer at an offset. For preadv2 and pwritev2 (`knows_own`) -1 means the file's position. */
static long transfer_at(struct fs_context *fs, int fd, uaddr_t iov, int n, bool write, off_t offset,
                        int flags, bool knows_own)
{
    uint64_t pos = (uint64_t)offset;
    if (offset == -1 && knows_own)
        return transfer_vector(fs, fd, iov, n, write, NULL, flags);
    return offset < 0 ? -EINVAL : transfer_vector(fs, fd, iov, n, write, &pos, flags);
}

/* The high half of the offset is for machines with shorter registers. */
long sys_preadv(struct fs_context *fs, int fd, uaddr_t iov, int iovcnt, off_t offset,
                unsigned long offset_high)
{
    (void)offset_high;
    return transfer_at(fs, fd, iov, iovcnt, false, offset, 0, false);
}

long sys_pwritev(struct fs_context *fs, int fd, uaddr_t iov, int iovcnt, off_t offset,
                 unsigned long offset_high)
{
    (void)offset_high;
    return transfer_at(fs, fd, iov, iovcnt, true, offset, 0, false);
}

long sys_preadv2(struct fs_context *fs, int fd, uaddr_t iov, int iovcnt, off_t offset,
                 unsigned long offset_high, int flags)
{
    (void)offset_high;
    return transfer_at(fs, fd, iov, iovcnt, false, offset, flags, true);
}

long sys_pwritev2(struct fs_context *fs, int fd, uaddr_t iov, int iovcnt, off_t offset,
                  unsigned long offset_high, int flags)
{
    (void)offset_high;
    return transfer_at(fs, fd, iov, iovcnt, true, offset, flags, true);
}

long sys_fadvise64(struct fs_context *fs, int fd, off_t offset, size_t length, int advice)
{
    (void)offset;
    struct file *file;
    int err = fd_get(fs, fd, &file);
    if (err)
        return err;
    if (inode_is(file->inode, S_IFIFO))
        err = -ESPIPE;
    else if ((int64_t)length < 0 || advice < POSIX_FADV_NORMAL || advice > POSIX_FADV_NOREUSE)
        err = -EINVAL;
    file_unref(file);
    return err;
}
