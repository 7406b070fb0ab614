/* chown, lchown, fchown and fchownat: a file gets another owner or group. */
/* SPDX-License-Identifier: MIT */
#include "annex.h"
#include "files.h"
#include "syscall_calls.h"
#include "vfs/local.h"

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
    return change_path(fs, dirfd, path, walk_flags_of(flags), &change);
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

/* ---- Files whose contents change ---- */

/* The bits of the mode that are cleared when a process without root's rights changes the contents:
 * set-user-id, and set-group-id if it has a meaning or the process is not in the group. */
static uint32_t privileges(const struct cred *cred, const struct inode *inode)
{
    uint32_t mode = inode->mode, drop = mode & S_ISUID;
    if (mode & S_ISGID && (mode & S_IXGRP || !cred_in_group(cred, inode->gid)))
        drop |= S_ISGID;
    return drop;
}

void files_drop_privileges(struct fs_context *fs, struct inode *inode)
{
    struct cred *cred = fs_cred(fs);
    uint32_t drop = cred_is_root(cred) ? 0 : privileges(cred, inode);
    cred_unref(cred);
    spin_lock(&inode->lock);
    inode->mode &= ~drop;
    spin_unlock(&inode->lock);
}

static void start(struct fs_context *fs, const char *command_line)
{
    (void)fs, (void)command_line;
    annex_hooks.drop_privileges = files_drop_privileges;
}

ANNEX(files, ANNEX_DEVICES, start);
