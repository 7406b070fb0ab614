/* preadv and pwritev: several buffers at an offset, with flags; and advice about reading. */
/* SPDX-License-Identifier: MIT */
#include "abi/uio.h"
#include "syscall_calls.h"
#include "vfs/local.h"

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

/* A transfer at an offset. For preadv2 and pwritev2 (`knows_own`) -1 means the file's position. */
static long transfer_at(struct fs_context *fs, int fd, uaddr_t iov, int n, bool write, off_t offset,
                        int flags, bool knows_own)
{
    uint64_t pos = (uint64_t)offset;
    if (offset == -1 && knows_own)
        return transfer_vector(fs, fd, iov, n, write, NULL, set_flags, flags);
    return offset < 0 ? -EINVAL : transfer_vector(fs, fd, iov, n, write, &pos, set_flags, flags);
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
