/* statfs, chroot, and sync and its like, which have nothing to write back. */
/* SPDX-License-Identifier: MIT */
#include "abi/statfs.h"
#include "syscall_calls.h"
#include "vfs/local.h"

static long give_statfs(struct filesystem *filesystem, uaddr_t buf)
{
    struct statfs st = {
        .f_bsize = PAGE_SIZE,
        .f_frsize = PAGE_SIZE,
        .f_namelen = NAME_MAX,
        .f_flags = ST_VALID | ST_RELATIME,
        .f_fsid = {{(int)filesystem->dev, 0}},
    };
    if (filesystem->statfs)
        filesystem->statfs(filesystem, &st);
    return user_copy_out(buf, &st, sizeof(st));
}

long sys_statfs(struct fs_context *fs, const char *path, uaddr_t buf)
{
    struct dentry *dentry;
    int err = path_walk(fs, AT_FDCWD, path, WALK_FOLLOW, &dentry);
    if (err)
        return err;
    long result = give_statfs(dentry->inode->fs, buf);
    dentry_unref(dentry);
    return result;
}

long sys_fstatfs(struct fs_context *fs, int fd, uaddr_t buf)
{
    struct file *file;
    int err = fd_get_any(fs, fd, &file);
    if (err)
        return err;
    long result = give_statfs(file->inode->fs, buf);
    file_unref(file);
    return result;
}

/* Files are in memory, so there is nothing to write back. */
long sys_sync(struct fs_context *fs)
{
    (void)fs;
    return 0;
}

long sys_syncfs(struct fs_context *fs, int fd)
{
    struct file *file;
    int err = fd_get(fs, fd, &file);
    if (!err)
        file_unref(file);
    return err;
}

long sys_chroot(struct fs_context *fs, const char *path)
{
    struct dentry *dentry;
    int err = path_walk(fs, AT_FDCWD, path, WALK_FOLLOW | WALK_DIRECTORY, &dentry);
    if (err)
        return err;
    err = fs_permission(fs, dentry->inode, MAY_EXEC);
    struct cred *cred = fs_cred(fs);
    if (!err && cred->euid != 0)
        err = -EPERM;
    cred_unref(cred);
    if (err) {
        dentry_unref(dentry);
        return err;
    }
    fs_set_names(fs, dentry, NULL);
    return 0;
}

long sys_fsync(struct fs_context *fs, int fd)
{
    struct file *file;
    int err = fd_get(fs, fd, &file);
    if (err)
        return err;
    bool stored = inode_is(file->inode, S_IFREG) || inode_is(file->inode, S_IFDIR);
    file_unref(file);
    return stored ? 0 : -EINVAL;
}

long sys_fdatasync(struct fs_context *fs, int fd)
{
    return sys_fsync(fs, fd);
}
