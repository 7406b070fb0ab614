/* Extended attributes, which no file system here has. The calls check their arguments as Linux
 * does; then the result is ENOTSUP, or an empty list, as on a Linux file system without them. */
/* SPDX-License-Identifier: MIT */
#include "abi/xattr.h"
#include "syscall_calls.h"
#include "vfs/local.h"

/* The file of a call, by path or by descriptor. */
struct target {
    struct fs_context *fs;
    const char *path; /* NULL: the file is given by fd */
    bool follow;
    int fd;
};

/* Gets the file's dentry, referenced. 0 or -errno. */
static int target_get(const struct target *target, struct dentry **dentry)
{
    if (target->path)
        return path_walk(target->fs, AT_FDCWD, target->path, target->follow ? WALK_FOLLOW : 0,
                         dentry);
    struct file *file;
    int err = fd_get(target->fs, target->fd, &file);
    if (err)
        return err;
    *dentry = file->dentry;
    dentry_ref(*dentry);
    file_unref(file);
    return 0;
}

/* Fetches the name of an attribute. 0, -EFAULT, or -ERANGE if it is too long or empty. */
static int fetch_name(char name[XATTR_NAME_MAX + 1], uaddr_t from)
{
    long n = user_copy_string(name, from, XATTR_NAME_MAX + 1);
    if (n == -EFAULT)
        return -EFAULT;
    return n <= 0 || name[0] == '\0' ? -ERANGE : 0;
}

static bool begins(const char *name, const char *with)
{
    return strncmp(name, with, strlen(with)) == 0;
}

/* May the caller read (MAY_READ) or change (MAY_WRITE) an attribute of that name? 0 or -errno. */
static int name_permission(struct fs_context *fs, struct inode *inode, const char *name,
                           unsigned want)
{
    int refused = want == MAY_WRITE ? -EPERM : -ENODATA;
    if (begins(name, "security.") || begins(name, "system."))
        return 0;
    if (begins(name, "trusted."))
        return fs_is_root(fs) ? 0 : refused;
    if (begins(name, "user.")) {
        if (!inode_is(inode, S_IFREG) && !inode_is(inode, S_IFDIR))
            return refused;
        if (inode_is(inode, S_IFDIR) && inode->mode & S_ISVTX && want == MAY_WRITE &&
            !fs_owns(fs, inode))
            return -EPERM;
    }
    return fs_permission(fs, inode, want);
}

/* The result of a call on one attribute: an error of the file or of permissions, or -ENOTSUP. */
static long answer(const struct target *target, const char *name, unsigned want)
{
    struct dentry *dentry;
    int err = target_get(target, &dentry);
    if (err)
        return err;
    err = name_permission(target->fs, dentry->inode, name, want);
    dentry_unref(dentry);
    return err ? err : -ENOTSUP;
}

/* Checks that the whole value can be read. 0, -E2BIG, -EFAULT, -ENOMEM. */
static int check_value(uaddr_t value, size_t size)
{
    if (size > XATTR_SIZE_MAX)
        return -E2BIG;
    char *page = size ? buffer_alloc() : NULL;
    int err = size && !page ? -ENOMEM : 0;
    for (size_t at = 0; !err && at < size; at += PAGE_SIZE)
        err = user_copy_in(page, uaddr_add(value, at), min(size - at, (size_t)PAGE_SIZE));
    buffer_free(page);
    return err;
}

static long set_value(const struct target *target, uaddr_t name, uaddr_t value, size_t size,
                      int flags)
{
    char text[XATTR_NAME_MAX + 1];
    if (flags & ~(XATTR_CREATE | XATTR_REPLACE))
        return -EINVAL;
    int err = fetch_name(text, name);
    if (!err)
        err = check_value(value, size);
    return err ? err : answer(target, text, MAY_WRITE);
}

static long on_name(const struct target *target, uaddr_t name, unsigned want)
{
    char text[XATTR_NAME_MAX + 1];
    int err = fetch_name(text, name);
    return err ? err : answer(target, text, want);
}

static long list(const struct target *target)
{
    struct dentry *dentry;
    int err = target_get(target, &dentry);
    if (!err)
        dentry_unref(dentry);
    return err;
}

/* ---- Calls ---- */

#define BY_PATH(path_, follow_)                        \
    &(struct target)                                   \
    {                                                  \
        .fs = fs, .path = (path_), .follow = (follow_) \
    }
#define BY_FD(fd_)            \
    &(struct target)          \
    {                         \
        .fs = fs, .fd = (fd_) \
    }

long sys_setxattr(struct fs_context *fs, const char *path, uaddr_t name, uaddr_t value, size_t size,
                  int flags)
{
    return set_value(BY_PATH(path, true), name, value, size, flags);
}

long sys_lsetxattr(struct fs_context *fs, const char *path, uaddr_t name, uaddr_t value,
                   size_t size, int flags)
{
    return set_value(BY_PATH(path, false), name, value, size, flags);
}

long sys_fsetxattr(struct fs_context *fs, int fd, uaddr_t name, uaddr_t value, size_t size,
                   int flags)
{
    return set_value(BY_FD(fd), name, value, size, flags);
}

long sys_getxattr(struct fs_context *fs, const char *path, uaddr_t name, uaddr_t value, size_t size)
{
    (void)value, (void)size;
    return on_name(BY_PATH(path, true), name, MAY_READ);
}

long sys_lgetxattr(struct fs_context *fs, const char *path, uaddr_t name, uaddr_t value,
                   size_t size)
{
    (void)value, (void)size;
    return on_name(BY_PATH(path, false), name, MAY_READ);
}

long sys_fgetxattr(struct fs_context *fs, int fd, uaddr_t name, uaddr_t value, size_t size)
{
    (void)value, (void)size;
    return on_name(BY_FD(fd), name, MAY_READ);
}

long sys_listxattr(struct fs_context *fs, const char *path, uaddr_t names, size_t size)
{
    (void)names, (void)size;
    return list(BY_PATH(path, true));
}

long sys_llistxattr(struct fs_context *fs, const char *path, uaddr_t names, size_t size)
{
    (void)names, (void)size;
    return list(BY_PATH(path, false));
}

long sys_flistxattr(struct fs_context *fs, int fd, uaddr_t names, size_t size)
{
    (void)names, (void)size;
    return list(BY_FD(fd));
}

long sys_removexattr(struct fs_context *fs, const char *path, uaddr_t name)
{
    return on_name(BY_PATH(path, true), name, MAY_WRITE);
}

long sys_lremovexattr(struct fs_context *fs, const char *path, uaddr_t name)
{
    return on_name(BY_PATH(path, false), name, MAY_WRITE);
}

long sys_fremovexattr(struct fs_context *fs, int fd, uaddr_t name)
{
    return on_name(BY_FD(fd), name, MAY_WRITE);
}
