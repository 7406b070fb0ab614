/* truncate: cuts or extends a file that is named by its path. */
/* SPDX-License-Identifier: MIT */
#include "syscall_calls.h"
#include "vfs/local.h"

static int truncate_entry(struct fs_context *fs, struct dentry *dentry, uint64_t size)
{
    struct inode *inode = dentry->inode;
    if (dentry_is_dir(dentry))
        return -EISDIR;
    if (!inode_is(inode, S_IFREG))
        return -EINVAL;
    int err = fs_permission(fs, inode, MAY_WRITE);
    if (!err)
        err = inode_get_write(inode);
    if (err)
        return err;
    err = lease_break(fs, inode, O_WRONLY);
    if (!err)
        err = file_truncate(fs, inode, size);
    inode_put_write(inode);
    return err;
}

long sys_truncate(struct fs_context *fs, const char *path, off_t length)
{
    struct dentry *dentry;
    if (length < 0)
        return -EINVAL;
    int err = path_walk(fs, AT_FDCWD, path, WALK_FOLLOW, &dentry);
    if (err)
        return err;
    err = truncate_entry(fs, dentry, (uint64_t)length);
    dentry_unref(dentry);
    return err;
}
