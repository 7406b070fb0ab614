/* The working directory: getcwd, chdir, fchdir.
 *
 * The kernel keeps the working directory as a dentry, not as a path, so a rename of a directory
 * above it changes what getcwd returns, and cannot break relative paths. getcwd follows the parents
 * from the working directory up to the context's root and writes their names from the end of a
 * buffer towards its start (dentry_path). Most paths are short, so the first buffer is on the
 * stack; a longer one gets a page, which is Linux's limit, too.
 *
 * If the working directory has been removed the result is ENOENT. If it is not below the root, as
 * after a chroot, the path begins with "(unreachable)". A thread that shares its names with others
 * (CLONE_FS) holds their lock while it reads, because a chdir by another thread drops the reference
 * to the former directory. */
/* SPDX-License-Identifier: MIT */
#include "local.h"
#include "syscall_calls.h"

#define SHORT_PATH 256 /* bytes: a longer path needs a page */

/* Writes the path of the working directory to the end of text[size]. 0 or -errno. */
static int cwd_path(struct fs_context *fs, char *text, size_t size, char **start)
{
    struct fs_names *names = fs->names;
    bool locked = names_lock_if_shared(names);
    int err = dentry_path(names->root, names->cwd, true, text, size, start);
    names_unlock_if(names, locked);
    return err;
}

long sys_getcwd(struct fs_context *fs, uaddr_t buf, size_t size)
{
    char text[SHORT_PATH], *page = NULL, *start, *room = text;
    size_t room_size = sizeof(text);
    int err;
    while ((err = cwd_path(fs, room, room_size, &start)) == -ENAMETOOLONG && !page) {
        room = page = buffer_alloc();
        room_size = PAGE_SIZE;
        if (!page)
            return -ENOMEM;
    }
    size_t len = (size_t)(room + room_size - start);
    if (!err && len > size)
        err = -ERANGE;
    if (!err)
        err = user_copy_out(buf, start, len);
    buffer_free(page);
    return err ? err : (long)len;
}

/* Makes the directory the working directory, if it may be searched. Takes over the reference. */
static int set_cwd(struct fs_context *fs, struct dentry *dentry)
{
    const struct inode_ops *ops = dentry->inode->ops;
    int err = fs_permission(fs, dentry->inode, MAY_EXEC);
    if (!err && ops->enter)
        err = ops->enter(dentry->inode);
    if (err) {
        dentry_unref(dentry);
        return err;
    }
    fs_set_names(fs, NULL, dentry);
    return 0;
}

long sys_chdir(struct fs_context *fs, const char *path)
{
    struct dentry *dentry;
    int err = path_walk(fs, AT_FDCWD, path, WALK_FOLLOW | WALK_DIRECTORY, &dentry);
    return err ? err : set_cwd(fs, dentry);
}

long sys_fchdir(struct fs_context *fs, int fd)
{
    struct file *file;
    int err = fd_get_any(fs, fd, &file);
    if (err)
        return err;
    struct dentry *dentry = file->dentry;
    dentry_ref(dentry);
    file_unref(file);
    if (dentry_is_dir(dentry))
        return set_cwd(fs, dentry);
    dentry_unref(dentry);
    return -ENOTDIR;
}
