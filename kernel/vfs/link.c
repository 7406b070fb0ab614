/* Links: link, symlink, readlink, and removing names with unlink and rmdir.
 *
 * A file may have several names, and none is the main one: all dentries refer to one inode, which
 * counts its names in nlink. unlink removes one name. The contents remain as long as the inode is
 * referenced, by another name or by an open file; so a program may remove a file that it has open,
 * and goes on using it.
 *
 * To remove a name means to look up its dentry, to check permissions for that dentry, and to remove
 * it. Another thread may replace the dentry between these steps, and then the checks were made for
 * the wrong one. So the file system removes the dentry only if it still has the name. Otherwise it
 * answers -ESTALE, and the name is looked up and checked again (remove_name). */
/* SPDX-License-Identifier: MIT */
#include "local.h"
#include "syscall_calls.h"

/* ---- link ---- */

/* Can the inode get another name in the directory? 0, -EXDEV or -EPERM. */
static int check_source(struct fs_context *fs, struct inode *inode, struct inode *dir)
{
    if (inode->fs != dir->fs)
        return -EXDEV;
    return !vfs_guard || vfs_guard->link(fs, inode) ? 0 : -EPERM;
}

/* Gives the inode the name. EEXIST comes before other errors, so the name is looked up if there is
 * one. */
static int link_to(struct fs_context *fs, struct inode *inode, const struct last_name *last)
{
    struct inode *dir = last->dir->inode;
    int source = check_source(fs, inode, dir);
    int err = make_check(fs, last, false);
    if (!source && !err && dir->ops->link && !inode_is(inode, S_IFDIR))
        return dir->ops->link(last->dir, last->name, last->len, inode);
    struct dentry *there;
    int looked = dentry_lookup(last->dir, last->name, last->len, &there);
    if (!looked)
        dentry_unref(there);
    if (looked != -ENOENT)
        return looked ? looked : -EEXIST;
    return err == -ENOENT ? err : source ? source : err ? err : -EPERM;
}

/* AT_EMPTY_PATH, which gives an open file a name, is for root. 0 or -errno. */
static int may_link_open(struct fs_context *fs, int dirfd, const char *path)
{
    struct file *file;
    if (*path == '/' || dirfd == AT_FDCWD || fs_is_root(fs))
        return 0;
    int err = fd_get_any(fs, dirfd, &file);
    if (err)
        return err;
    file_unref(file);
    return -ENOENT;
}

long sys_linkat(struct fs_context *fs, int olddir, const char *old, int newdir, const char *new,
                unsigned flags)
{
    struct dentry *dentry;
    struct last_name last;
    if (flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
        return -EINVAL;
    int err = flags & AT_EMPTY_PATH ? may_link_open(fs, olddir, old) : 0;
    if (err)
        return err;
    err = path_walk(fs, olddir, old,
                    (flags & AT_SYMLINK_FOLLOW ? WALK_FOLLOW : 0) |
                        (flags & AT_EMPTY_PATH ? WALK_EMPTY : 0),
                    &dentry);
    if (err)
        return err;
    err = make_begin(fs, newdir, new, &last);
    if (!err) {
        err = link_to(fs, dentry->inode, &last);
        last_name_release(&last);
    }
    dentry_unref(dentry);
    return err;
}

long sys_link(struct fs_context *fs, const char *old, const char *new)
{
    return sys_linkat(fs, AT_FDCWD, old, AT_FDCWD, new, 0);
}

/* ---- Symbolic links ---- */

long sys_symlinkat(struct fs_context *fs, const char *target, int dirfd, const char *link)
{
    if (!*target)
        return -ENOENT;
    return make_node(fs, dirfd, link, S_IFLNK | 0777, 0, target);
}

long sys_symlink(struct fs_context *fs, const char *target, const char *link)
{
    return sys_symlinkat(fs, target, AT_FDCWD, link);
}

/* Copies the target of a link to the user, at most `size` bytes of it. How many, or -errno. */
static long give_target(struct inode *link, uaddr_t buf, size_t size)
{
    char *page = buffer_alloc();
    if (!page)
        return -ENOMEM;
    long len = link->ops->readlink(link, page, min(size, (size_t)PAGE_SIZE));
    if (len > 0 && user_copy_out(buf, page, (size_t)len))
        len = -EFAULT;
    buffer_free(page);
    return len;
}

long sys_readlinkat(struct fs_context *fs, int dirfd, const char *path, uaddr_t buf, size_t size)
{
    struct dentry *dentry;
    if ((int)size <= 0)
        return -EINVAL;
    int err = path_walk(fs, dirfd, path, WALK_EMPTY, &dentry);
    if (err)
        return err;
    /* An empty path means that dirfd itself is an open link. If it is not, that is ENOENT. */
    long result = *path ? -EINVAL : -ENOENT;
    if (dentry_is_link(dentry))
        result = give_target(dentry->inode, buf, size);
    if (result >= 0)
        inode_touch_atime(dentry->inode);
    dentry_unref(dentry);
    return result;
}

long sys_readlink(struct fs_context *fs, const char *path, uaddr_t buf, size_t size)
{
    return sys_readlinkat(fs, AT_FDCWD, path, buf, size);
}

/* ---- Removing names ---- */

/* A file in a sticky directory can be removed only by its owner, the directory's owner or root. */
static bool sticky_forbids(const struct cred *cred, const struct inode *dir,
                           const struct inode *victim)
{
    return dir->mode & S_ISVTX && !cred_is_root(cred) && cred->fsuid != victim->uid &&
           cred->fsuid != dir->uid;
}

int may_remove(struct fs_context *fs, struct dentry *dir, struct dentry *victim, bool as_dir)
{
    struct cred *cred = fs_cred(fs);
    int err = inode_permission(cred, dir->inode, MAY_WRITE | MAY_EXEC);
    if (!err && sticky_forbids(cred, dir->inode, victim->inode))
        err = -EPERM;
    cred_unref(cred);
    if (err)
        return err;
    if (as_dir != dentry_is_dir(victim))
        return as_dir ? -ENOTDIR : -EISDIR;
    return vfs_mount_point(victim) ? -EBUSY : 0;
}

/* The error of an attempt to remove "/", "." or ".."; 0 for other names. */
static int kind_error(const struct last_name *last, bool as_dir)
{
    if (last->kind == LAST_NORMAL)
        return 0;
    if (!as_dir)
        return -EISDIR;
    return last->kind == LAST_DOT ? -EINVAL : last->kind == LAST_ROOT ? -EBUSY : -ENOTEMPTY;
}

/* Removes the dentry that has the name now. -ESTALE if the name got another dentry meanwhile. */
static int remove_last(struct fs_context *fs, const struct last_name *last, bool as_dir)
{
    struct dentry *victim;
    int err = dentry_lookup(last->dir, last->name, last->len, &victim);
    if (err)
        return err;
    if (last->trailing_slash && !as_dir)
        err = dentry_is_dir(victim) ? -EISDIR : -ENOTDIR;
    else
        err = may_remove(fs, last->dir, victim, as_dir);
    if (!err && !last->dir->inode->ops->remove)
        err = -EPERM;
    if (!err)
        err = last->dir->inode->ops->remove(last->dir, last->name, last->len, victim);
    dentry_unref(victim);
    return err;
}

int remove_name(struct fs_context *fs, int dirfd, const char *path, bool as_dir)
{
    struct last_name last;
    int err = path_walk_parent(fs, dirfd, path, &last);
    if (err)
        return err;
    err = kind_error(&last, as_dir);
    if (!err) {
        do
            err = remove_last(fs, &last, as_dir);
        while (err == -ESTALE);
    }
    last_name_release(&last);
    return err;
}

long sys_unlinkat(struct fs_context *fs, int dirfd, const char *path, unsigned flags)
{
    if (flags & ~AT_REMOVEDIR)
        return -EINVAL;
    return remove_name(fs, dirfd, path, flags & AT_REMOVEDIR);
}

long sys_unlink(struct fs_context *fs, const char *path)
{
    return remove_name(fs, AT_FDCWD, path, false);
}
