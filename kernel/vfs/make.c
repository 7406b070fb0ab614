/* Making names: the common part of mkdir, mknod, symlink and link, and of names that the kernel
 * makes.
 *
 * The steps are: walk to the directory (make_begin), check the name and the permissions
 * (make_check), and let the file system make it. Only the file system can decide whether the name
 * exists, with the directory's lock held. The checks before have an order: Linux answers EEXIST for
 * a name that exists even if the caller may not write to the directory, and so do we. */
/* SPDX-License-Identifier: MIT */
#include "local.h"

int make_begin(struct fs_context *fs, int dirfd, const char *path, struct last_name *last)
{
    int err = path_walk_parent(fs, dirfd, path, last);
    if (!err && last->kind != LAST_NORMAL) {
        last_name_release(last);
        err = -EEXIST;
    }
    return err;
}

/* EEXIST comes before other errors. A slash may follow the name only if a directory is made. */
int make_check(struct fs_context *fs, const struct last_name *last, bool is_dir)
{
    bool stray_slash = last->trailing_slash && !is_dir;
    int err = last->dir->inode->nlink == 0 ? -ENOENT : 0;
    if (!err)
        err = fs_permission(fs, last->dir->inode, MAY_WRITE | MAY_EXEC);
    if (!err && !stray_slash && last->len <= NAME_MAX)
        return 0; /* the usual case: the file system will see whether the name exists */
    struct dentry *found;
    int looked = dentry_lookup(last->dir, last->name, last->len, &found);
    if (!looked)
        dentry_unref(found);
    if (looked != -ENOENT)
        return looked ? looked : -EEXIST;
    return stray_slash ? -ENOENT : err;
}

int make_node(struct fs_context *fs, int dirfd, const char *path, uint32_t mode, uint64_t rdev,
              const char *target)
{
    struct last_name last;
    int err = make_begin(fs, dirfd, path, &last);
    if (err)
        return err;
    struct inode *dir = last.dir->inode;
    err = make_check(fs, &last, S_ISDIR(mode));
    if (!err && !dir->ops->create)
        err = -EPERM;
    if (!err) {
        struct new_inode what;
        struct dentry *made;
        new_inode_init(&what, fs, dir, mode);
        what.rdev = rdev;
        what.target = target;
        err = dir->ops->create(last.dir, last.name, last.len, &what, &made);
        if (!err)
            dentry_unref(made);
    }
    last_name_release(&last);
    return err;
}

int vfs_make(struct fs_context *fs, const char *path, const struct new_inode *what)
{
    struct last_name last;
    struct dentry *made;
    int err = make_begin(fs, AT_FDCWD, path, &last);
    if (err)
        return err;
    struct inode *dir = last.dir->inode;
    err = -EPERM;
    if (dir->ops->create)
        err = dir->ops->create(last.dir, last.name, last.len, what, &made);
    if (!err)
        dentry_unref(made);
    last_name_release(&last);
    return err;
}
