/* Calls on attributes: permissions and size; also access and umask.
 *
 * The calls on mode, and those of annexes on owner and times, exist in forms for a path, a path
 * below a directory, and a descriptor. They all describe what they want by a struct change, with a
 * function that applies it to an inode. For mode and owner that function checks and changes with
 * the inode's lock held, so that the owner cannot change in between.
 *
 * access() checks with the real ids instead of the effective ones: a set-user-id program asks
 * whether the user that started it may open a file. */
/* SPDX-License-Identifier: MIT */
#include "abi/signal.h"
#include "local.h"
#include "syscall_calls.h"

/* ---- umask and access ---- */

long sys_umask(struct fs_context *fs, mode_t mask)
{
    return __atomic_exchange_n(&fs->names->umask, mask & 0777, __ATOMIC_RELAXED);
}

/* The caller's credentials with the real ids as those for files; NULL: out of memory. */
static struct cred *real_cred(struct fs_context *fs)
{
    struct cred *cred = fs_cred(fs);
    if (cred->fsuid == cred->uid && cred->fsgid == cred->gid)
        return cred;
    struct cred *real = cred_copy(cred, cred->n_groups);
    cred_unref(cred);
    if (real) {
        real->fsuid = real->uid;
        real->fsgid = real->gid;
    }
    return real;
}

long sys_faccessat2(struct fs_context *fs, int dirfd, const char *path, int mode, unsigned flags)
{
    if (mode & ~(R_OK | W_OK | X_OK) || flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
        return -EINVAL;
    struct cred *cred = flags & AT_EACCESS ? fs_cred(fs) : real_cred(fs);
    if (!cred)
        return -ENOMEM;
    struct dentry *dentry;
    int err = path_walk_as(fs, cred, dirfd, path, walk_flags_of(flags), &dentry);
    if (!err) {
        err = inode_permission(cred, dentry->inode, (unsigned)mode);
        dentry_unref(dentry);
    }
    cred_unref(cred);
    return err;
}

long sys_faccessat(struct fs_context *fs, int dirfd, const char *path, int mode)
{
    return sys_faccessat2(fs, dirfd, path, mode, 0);
}

long sys_access(struct fs_context *fs, const char *path, int mode)
{
    return sys_faccessat2(fs, AT_FDCWD, path, mode, 0);
}

/* ---- Size ---- */

int file_truncate(struct fs_context *fs, struct inode *inode, uint64_t size)
{
    if (size > inode->size && size > fs->process->limit_file_bytes) {
        hooks.raise(SIGXFSZ);
        return -EFBIG;
    }
    if (!inode->ops->truncate)
        return -EINVAL;
    int err = inode->ops->truncate(inode, size);
    if (!err)
        inode_drop_privileges(fs, inode);
    return err;
}

long sys_ftruncate(struct fs_context *fs, int fd, off_t length)
{
    struct file *file;
    if (length < 0)
        return -EINVAL;
    int err = fd_get(fs, fd, &file);
    if (err)
        return err;
    if (!inode_is(file->inode, S_IFREG) || !file_writable(file))
        err = -EINVAL;
    else
        err = file_truncate(fs, file->inode, (uint64_t)length);
    if (!err)
        inode_touch_mtime(file->inode);
    file_unref(file);
    return err;
}

/* ---- One change, by path or by descriptor ---- */

static int change_inode(struct fs_context *fs, struct inode *inode, const struct change *change)
{
    struct cred *cred = fs_cred(fs);
    int err = inode_allow_change(inode);
    if (!err)
        err = change->apply(cred, inode, change);
    cred_unref(cred);
    return err;
}

int change_path(struct fs_context *fs, int dirfd, const char *path, unsigned walk_flags,
                const struct change *change)
{
    struct dentry *dentry;
    int err = path_walk(fs, dirfd, path, walk_flags, &dentry);
    if (err)
        return err;
    err = change_inode(fs, dentry->inode, change);
    dentry_unref(dentry);
    return err;
}

int change_fd(struct fs_context *fs, int fd, const struct change *change)
{
    struct file *file;
    int err = fd_get(fs, fd, &file);
    if (err)
        return err;
    err = change_inode(fs, file->inode, change);
    file_unref(file);
    return err;
}

/* ---- chmod ---- */

static int apply_mode(const struct cred *cred, struct inode *inode, const struct change *change)
{
    uint32_t mode = change->mode & 07777;
    int64_t now = (int64_t)realtime_ns();
    spin_lock(&inode->lock);
    int err = cred_owns(cred, inode) ? 0 : -EPERM;
    if (!cred_is_root(cred) && !cred_in_group(cred, inode->gid))
        mode &= ~S_ISGID;
    if (!err && inode->ops->allow_mode)
        err = inode->ops->allow_mode(inode, mode);
    if (!err) {
        inode->mode = (inode->mode & S_IFMT) | mode;
        inode->ctime_ns = now;
    }
    spin_unlock(&inode->lock);
    return err;
}

long sys_fchmodat(struct fs_context *fs, int dirfd, const char *path, mode_t mode)
{
    struct change change = {.apply = apply_mode, .mode = mode};
    return change_path(fs, dirfd, path, WALK_FOLLOW, &change);
}

long sys_chmod(struct fs_context *fs, const char *path, mode_t mode)
{
    return sys_fchmodat(fs, AT_FDCWD, path, mode);
}

long sys_fchmod(struct fs_context *fs, int fd, mode_t mode)
{
    struct change change = {.apply = apply_mode, .mode = mode};
    return change_fd(fs, fd, &change);
}
