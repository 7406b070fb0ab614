/* Calls on attributes: permissions, owner, times and size; also access and umask.
 *
 * The calls on mode, owner and times exist in forms for a path, a path below a directory, and a
 * descriptor. They all describe what they want by a struct change, with a function that applies it
 * to an inode. For mode and owner that function checks and changes with the inode's lock held, so
 * that the owner cannot change in between.
 *
 * access() checks with the real ids instead of the effective ones: a set-user-id program asks
 * whether the user that started it may open a file. */
/* SPDX-License-Identifier: MIT */
#include "abi/signal.h"
#include "abi/time.h"
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
    int err = path_walk_as(fs, cred, dirfd, path,
                           (flags & AT_SYMLINK_NOFOLLOW ? 0 : WALK_FOLLOW) |
                               (flags & AT_EMPTY_PATH ? WALK_EMPTY : 0),
                           &dentry);
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
        fs_raise(fs, SIGXFSZ);
        return -EFBIG;
    }
    if (!inode->ops->truncate)
        return -EINVAL;
    int err = inode->ops->truncate(inode, size);
    if (!err)
        inode_drop_privileges(fs, inode);
    return err;
}

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

struct change {
    /* Applies the change, if cred may make it. 0 or -errno. */
    int (*apply)(const struct cred *cred, struct inode *inode, const struct change *change);
    uint32_t mode, uid, gid;
    struct file_time atime, mtime;
    bool keep_atime, keep_mtime;
    bool times_given; /* not just "now" for both */
    bool invalid;     /* a time is out of range: an error, but only if the file is found */
};

static int change_inode(struct fs_context *fs, struct inode *inode, const struct change *change)
{
    struct cred *cred = fs_cred(fs);
    int err = inode_allow_change(inode);
    if (!err)
        err = change->apply(cred, inode, change);
    cred_unref(cred);
    return err;
}

static int change_path(struct fs_context *fs, int dirfd, const char *path, unsigned walk_flags,
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

static int change_fd(struct fs_context *fs, int fd, const struct change *change)
{
    struct file *file;
    int err = fd_get(fs, fd, &file);
    if (err)
        return err;
    err = change_inode(fs, file->inode, change);
    file_unref(file);
    return err;
}

static bool owns(const struct cred *cred, const struct inode *inode)
{
    return cred_is_root(cred) || cred->fsuid == inode->uid;
}

/* ---- chmod ---- */

static int apply_mode(const struct cred *cred, struct inode *inode, const struct change *change)
{
    uint32_t mode = change->mode & 07777;
    int64_t now = (int64_t)realtime_ns();
    spin_lock(&inode->lock);
    int err = owns(cred, inode) ? 0 : -EPERM;
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

/* ---- chown ---- */

#define KEEP_ID UINT32_MAX

/* The mode after a change of owner. Set-id bits are cleared: a program that runs with the rights of
 * its owner must not become a program that runs with the rights of another user. */
static uint32_t mode_after_chown(const struct cred *cred, const struct inode *inode)
{
    uint32_t mode = inode->mode;
    if (S_ISDIR(mode))
        return mode;
    bool trusted = cred_is_root(cred) || cred_in_group(cred, inode->gid);
    if (mode & S_IXGRP || !trusted)
        mode &= ~S_ISGID;
    return mode & ~S_ISUID;
}

/* May cred give the file away? 0 or -EPERM. Checked and done under one lock: otherwise the former
 * owner's chmod could set a bit again after chown has cleared it for the new owner. */
static int may_chown_locked(const struct cred *cred, const struct inode *inode,
                            const struct change *change, uint32_t mode)
{
    bool root = cred_is_root(cred), owner = cred->fsuid == inode->uid;
    uint32_t uid = change->uid, gid = change->gid;
    bool may_uid = root || (owner && uid == inode->uid);
    bool may_gid = root || (owner && (cred_in_group(cred, gid) || gid == inode->gid));
    if ((uid != KEEP_ID && !may_uid) || (gid != KEEP_ID && !may_gid))
        return -EPERM;
    return mode != inode->mode && !root && !owner ? -EPERM : 0;
}

static int apply_owner(const struct cred *cred, struct inode *inode, const struct change *change)
{
    int64_t now = (int64_t)realtime_ns();
    spin_lock(&inode->lock);
    uint32_t mode = mode_after_chown(cred, inode);
    int err = may_chown_locked(cred, inode, change, mode);
    if (!err) {
        inode->mode = mode;
        inode->uid = change->uid == KEEP_ID ? inode->uid : change->uid;
        inode->gid = change->gid == KEEP_ID ? inode->gid : change->gid;
        inode->ctime_ns = now;
    }
    spin_unlock(&inode->lock);
    return err;
}

long sys_fchownat(struct fs_context *fs, int dirfd, const char *path, uid_t uid, gid_t gid,
                  unsigned flags)
{
    struct change change = {.apply = apply_owner, .uid = uid, .gid = gid};
    if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
        return -EINVAL;
    return change_path(fs, dirfd, path,
                       (flags & AT_SYMLINK_NOFOLLOW ? 0 : WALK_FOLLOW) |
                           (flags & AT_EMPTY_PATH ? WALK_EMPTY : 0),
                       &change);
}

long sys_chown(struct fs_context *fs, const char *path, uid_t uid, gid_t gid)
{
    return sys_fchownat(fs, AT_FDCWD, path, uid, gid, 0);
}

long sys_lchown(struct fs_context *fs, const char *path, uid_t uid, gid_t gid)
{
    return sys_fchownat(fs, AT_FDCWD, path, uid, gid, AT_SYMLINK_NOFOLLOW);
}

long sys_fchown(struct fs_context *fs, int fd, uid_t uid, gid_t gid)
{
    struct change change = {.apply = apply_owner, .uid = uid, .gid = gid};
    return change_fd(fs, fd, &change);
}

/* ---- Times ---- */

/* Only the owner may set explicit times; "now" may be set by all that may write. */
static int apply_times(const struct cred *cred, struct inode *inode, const struct change *change)
{
    if (change->invalid)
        return -EINVAL;
    if (!owns(cred, inode)) {
        if (change->times_given)
            return -EPERM;
        int err = inode_permission(cred, inode, MAY_WRITE);
        if (err)
            return err;
    }
    int64_t now = (int64_t)realtime_ns();
    spin_lock(&inode->lock);
    if (!change->keep_atime)
        inode->atime = change->atime;
    if (!change->keep_mtime)
        inode->mtime = change->mtime;
    inode->ctime_ns = now;
    spin_unlock(&inode->lock);
    return 0;
}

/* Decodes a time of the user. False: it is out of range. As on Linux the earliest and the latest
 * second have no fraction. */
static bool time_of(const struct timespec *t, struct file_time now, struct file_time *time,
                    bool *keep)
{
    bool is_limit = t->tv_sec == INT64_MAX || t->tv_sec == INT64_MIN;
    *keep = t->tv_nsec == UTIME_OMIT;
    *time = now;
    if (t->tv_nsec == UTIME_NOW || *keep)
        return true;
    *time = (struct file_time){.seconds = t->tv_sec, .ns = is_limit ? 0 : (uint32_t)t->tv_nsec};
    return t->tv_nsec >= 0 && t->tv_nsec < 1000000000;
}

/* Decodes two times. False: neither is to be changed. */
static bool decode_times(const struct timespec times[2], struct change *change)
{
    struct file_time now = file_time_of((int64_t)realtime_ns());
    change->times_given = times[0].tv_nsec != UTIME_NOW || times[1].tv_nsec != UTIME_NOW;
    change->invalid = !time_of(&times[0], now, &change->atime, &change->keep_atime) ||
                      !time_of(&times[1], now, &change->mtime, &change->keep_mtime);
    return change->invalid || !change->keep_atime || !change->keep_mtime;
}

long sys_utimensat(struct fs_context *fs, int dirfd, const char *path, uaddr_t times,
                   unsigned flags)
{
    struct change change = {.apply = apply_times};
    struct timespec pair[2] = {{.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_NOW}};
    if (!uaddr_is_null(times) && user_copy_in(pair, times, sizeof(pair)))
        return -EFAULT;
    if (!decode_times(pair, &change))
        return 0;
    if (!path && dirfd != AT_FDCWD)
        return flags ? -EINVAL : change_fd(fs, dirfd, &change);
    if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
        return -EINVAL;
    if (!path)
        return -EFAULT;
    return change_path(fs, dirfd, path,
                       (flags & AT_SYMLINK_NOFOLLOW ? 0 : WALK_FOLLOW) |
                           (flags & AT_EMPTY_PATH ? WALK_EMPTY : 0),
                       &change);
}
