/* Files without a name in ramfs, and O_TMPFILE, whose file may get a name later. */
/* SPDX-License-Identifier: MIT */
#include "unnamed.h"

#include "annex.h"
#include "vfs/local.h"

struct inode *ramfs_unnamed_file(struct filesystem *fs, uint32_t mode, uint32_t uid, uint32_t gid)
{
    struct new_inode what = {.mode = S_IFREG | (mode & 07777), .uid = uid, .gid = gid};
    struct ramfs_inode *file = ramfs_inode_create(fs, &what);
    if (!file)
        return NULL;
    file->inode.nlink = 0;
    return &file->inode;
}

/* Makes an inode that may get a name, unlike others without one. NULL: out of memory. */
static struct inode *make_linkable(struct fs_context *fs, struct inode *dir, uint32_t mode)
{
    struct new_inode what;
    new_inode_init(&what, fs, dir, S_IFREG | (mode & 07777));
    struct inode *inode = ramfs_unnamed_file(dir->fs, what.mode, what.uid, what.gid);
    if (inode)
        ramfs_inode(inode)->file.linkable = true;
    return inode;
}

static int ramfs_unnamed(struct fs_context *fs, struct dentry *dir, int flags, uint32_t mode,
                         struct file **file)
{
    char name[24];
    struct inode *inode = make_linkable(fs, dir->inode, mode);
    if (!inode)
        return -ENOSPC;
    int len = format(name, sizeof(name), "#%lu", inode->ino);
    struct dentry *dentry = dentry_create(dir, inode, name, (size_t)len);
    if (!dentry) {
        inode_unref(inode);
        return -ENOMEM;
    }
    dentry->dead = true;
    int err = file_open_dentry(fs, dentry, flags, file);
    dentry_unref(dentry);
    return err;
}

/* O_TMPFILE: the file system of the directory that the path names makes a file without a name. */
int file_open_unnamed(struct fs_context *fs, int dirfd, const char *path, int flags, uint32_t mode,
                      struct file **file)
{
    struct dentry *dir;
    unsigned follow = flags & O_NOFOLLOW ? 0 : WALK_FOLLOW;
    int err = path_walk(fs, dirfd, path, follow | WALK_DIRECTORY, &dir);
    if (err)
        return err;
    err = fs_permission(fs, dir->inode, MAY_WRITE | MAY_EXEC);
    if (!err)
        err = dir->inode->ops == &ramfs_dir_ops ? ramfs_unnamed(fs, dir, flags, mode, file)
                                                : -EOPNOTSUPP;
    dentry_unref(dir);
    return err;
}

static void start(struct fs_context *fs, const char *command_line)
{
    (void)fs, (void)command_line;
    annex_hooks.open_unnamed = file_open_unnamed;
}

ANNEX(memfd, ANNEX_DEVICES, start);
