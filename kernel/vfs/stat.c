/* stat: the attributes of a file. It needs no permission for the file itself, only to
 * search the directories of its path. */
/* SPDX-License-Identifier: MIT */
#include "local.h"
#include "syscall_calls.h"

static long give_stat(struct inode *inode, uaddr_t buf)
{
    struct stat st;
    inode_stat(inode, &st);
    return user_copy_out(buf, &st, sizeof(st));
}

static long stat_path(struct fs_context *fs, int dirfd, const char *path, uaddr_t buf,
                      unsigned walk_flags)
{
    struct dentry *dentry;
    int err = path_walk(fs, dirfd, path, walk_flags, &dentry);
    if (err)
        return err;
    long result = give_stat(dentry->inode, buf);
    dentry_unref(dentry);
    return result;
}

long sys_stat(struct fs_context *fs, const char *path, uaddr_t buf)
{
    return stat_path(fs, AT_FDCWD, path, buf, WALK_FOLLOW);
}

long sys_lstat(struct fs_context *fs, const char *path, uaddr_t buf)
{
    return stat_path(fs, AT_FDCWD, path, buf, 0);
}

long sys_fstat(struct fs_context *fs, int fd, uaddr_t buf)
{
    struct file *file;
    int err = fd_get_any(fs, fd, &file);
    if (err)
        return err;
    long result = give_stat(file->inode, buf);
    file_unref(file);
    return result;
}

int stat_walk_flags(unsigned flags)
{
    const unsigned known =
        AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE;
    if (flags & ~known)
        return -EINVAL;
    return (int)walk_flags_of(flags);
}

long sys_newfstatat(struct fs_context *fs, int dirfd, const char *path, uaddr_t buf, unsigned flags)
{
    int walk_flags = stat_walk_flags(flags);
    return walk_flags < 0 ? walk_flags : stat_path(fs, dirfd, path, buf, (unsigned)walk_flags);
}
