/* open: finds or makes a file by its path, checks what is allowed, and gives a descriptor.
 *
 * Open walks to the last component like other calls, and then decides. The name exists: the file is
 * opened if flags, type and permissions agree (open_found). It does not exist and O_CREAT is set:
 * it is made (open_create). It is a symbolic link: the walk continues with its target (open_last
 * returns 1), so O_CREAT may make the file to which a dangling link points.
 *
 * Between the lookup and the creation another thread may make the same name. Then the file system
 * answers -EEXIST, and without O_EXCL the name is looked up again. With O_EXCL that is the result:
 * exactly one of several threads makes the file.
 *
 * Resources come first: a free number, and memory for the open file. If an error occurs after a
 * file was made, a new file would remain that the caller does not know of. A file that open has
 * just made is opened whatever its permissions are: open(path, O_CREAT | O_RDWR, 0) works once. */
/* SPDX-License-Identifier: MIT */
#include "local.h"
#include "syscall_calls.h"

/* The permissions that open needs (MAY_* bits), by the access mode and O_TRUNC. */
static unsigned wanted(int flags)
{
    static const unsigned by_mode[] = {MAY_READ, MAY_WRITE, MAY_READ | MAY_WRITE,
                                       MAY_READ | MAY_WRITE};
    if (flags & O_PATH)
        return 0;
    return by_mode[flags & O_ACCMODE] | (flags & O_TRUNC ? MAY_WRITE : 0);
}

/* Adjusts the flags: with O_PATH most are ignored. -EINVAL if they contradict each other. */
static int check_flags(int *flags)
{
    const int tmpfile_bit = O_TMPFILE & ~O_DIRECTORY;
    if (*flags & O_PATH)
        *flags &= O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    else
        *flags |= O_LARGEFILE;
    if ((*flags & (O_CREAT | O_DIRECTORY)) == (O_CREAT | O_DIRECTORY))
        return -EINVAL;
    if (*flags & tmpfile_bit && (!(*flags & O_DIRECTORY) || (*flags & O_ACCMODE) == O_RDONLY))
        return -EINVAL;
    return 0;
}

/* May an existing file be opened with these flags? Checks its type, permissions and owner. */
static int may_open(struct fs_context *fs, struct inode *inode, int flags)
{
    unsigned want = wanted(flags);
    if (flags & O_PATH)
        return 0;
    if (inode_is(inode, S_IFLNK))
        return -ELOOP;
    if (inode_is(inode, S_IFDIR) && want & MAY_WRITE)
        return -EISDIR;
    int err = fs_permission(fs, inode, want);
    if (!err && flags & O_NOATIME && !fs_owns(fs, inode))
        err = -EPERM;
    return err;
}

/* Empties a regular file that is opened with O_TRUNC. */
static int open_truncate(struct fs_context *fs, struct inode *inode)
{
    int err = inode_get_write(inode);
    if (err)
        return err;
    err = file_truncate(fs, inode, 0);
    inode_put_write(inode);
    return err;
}

/* Opens a file that exists. 0 or -errno. */
static int open_found(struct fs_context *fs, struct walk *walk, struct dentry *dentry, int flags,
                      struct file **file)
{
    struct inode *inode = dentry->inode;
    if (flags & O_CREAT && flags & O_EXCL)
        return -EEXIST;
    if (flags & O_CREAT && dentry_is_dir(dentry))
        return -EISDIR;
    bool asks = flags & O_CREAT && vfs_guard;
    int err = asks ? vfs_guard->open(fs, walk->at->inode, inode) : 0;
    if (err)
        return err;
    if ((flags & O_DIRECTORY || walk->must_be_dir) && !dentry_is_dir(dentry))
        return -ENOTDIR;
    err = may_open(fs, inode, flags);
    if (err)
        return err;
    err = file_open_dentry(fs, dentry, flags, file);
    if (!err && flags & O_TRUNC && inode_is(inode, S_IFREG)) {
        err = open_truncate(fs, inode);
        if (err)
            file_unref(*file);
    }
    return err;
}

/* Makes the last component as a regular file, and opens it. 0 or -errno. */
static int open_create(struct fs_context *fs, struct walk *walk, int flags, uint32_t mode,
                       struct file **opened)
{
    struct inode *dir = walk->at->inode;
    struct new_inode what;
    struct dentry *made;
    int err = dir->nlink == 0 ? -ENOENT : fs_permission(fs, dir, MAY_WRITE | MAY_EXEC);
    if (!err && !dir->ops->create)
        err = -EACCES;
    if (err)
        return err;
    struct file *file;
    err = file_create(fs, flags, &file);
    if (err)
        return err;
    new_inode_init(&what, fs, dir, S_IFREG | (mode & 07777));
    err = dir->ops->create(walk->at, walk->name, walk->len, &what, &made);
    if (!err) {
        err = file_start(fs, file, made);
        dentry_unref(made);
    }
    if (err)
        file_free(file);
    else
        *opened = file;
    return err;
}

/* Handles the last component of the path. 0, -errno, or 1: it was a link, and the walk continues.
 */
static int open_last(struct fs_context *fs, struct walk *walk, int flags, uint32_t mode,
                     struct file **file)
{
    struct dentry *dentry;
    bool create = flags & O_CREAT;
    if (create && walk->kind == LAST_NORMAL && walk->trailing_slash)
        return -EISDIR;
    int err;
    while ((err = walk_last(walk, &dentry)) == -ENOENT && create && walk->kind == LAST_NORMAL) {
        err = open_create(fs, walk, flags, mode, file);
        if (err != -EEXIST || flags & O_EXCL)
            return err; /* otherwise another thread has just made the name: look it up again */
    }
    if (err)
        return err;
    bool stay = flags & O_NOFOLLOW || (create && flags & O_EXCL);
    if (dentry_is_link(dentry) && walk->kind == LAST_NORMAL && (!stay || walk->must_be_dir)) {
        err = vfs_guard ? vfs_guard->follow(walk, dentry->inode) : 0;
        if (err)
            dentry_unref(dentry);
        else
            err = walk_follow(walk, dentry);
        return err ? err : 1;
    }
    err = open_found(fs, walk, dentry, flags, file);
    dentry_unref(dentry);
    return err;
}

int file_open(struct fs_context *fs, int dirfd, const char *path, int flags, uint32_t mode,
              struct file **file)
{
    struct walk walk;
    int err = check_flags(&flags);
    if (err)
        return err;
    if ((flags & O_TMPFILE) == O_TMPFILE)
        return annex_hooks.open_unnamed
                   ? annex_hooks.open_unnamed(fs, dirfd, path, flags, mode, file)
                   : -EOPNOTSUPP;
    err = walk_begin(&walk, fs, dirfd, path, false);
    if (err)
        return err;
    do {
        err = walk_to_last(&walk);
        if (!err)
            err = open_last(fs, &walk, flags, mode, file);
    } while (err == 1);
    walk_end(&walk);
    return err;
}

/* fd_room comes first, so that no file is made if there is no free number for it. */
long sys_openat(struct fs_context *fs, int dirfd, const char *path, unsigned flags, mode_t mode)
{
    struct file *file;
    int checked = (int)flags;
    int err = check_flags(&checked);
    if (!err)
        err = *path ? fd_room(fs) : -ENOENT;
    if (!err)
        err = file_open(fs, dirfd, path, (int)flags, mode, &file);
    if (err)
        return err;
    int fd = fd_install(fs, file, 0, flags & O_CLOEXEC);
    if (fd < 0)
        file_unref(file);
    return fd;
}

long sys_open(struct fs_context *fs, const char *path, unsigned flags, mode_t mode)
{
    return sys_openat(fs, AT_FDCWD, path, flags, mode);
}

long sys_creat(struct fs_context *fs, const char *path, mode_t mode)
{
    return sys_openat(fs, AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}
