/* Protection from names that another user has planted, mainly in /tmp: /proc/sys/fs/protected_*.
 *
 * In a directory like /tmp every user may make names. If a program opens a name there that it
 * expects to be new or its own, another user may have made it a link to a file which only the
 * program may change, or a FIFO, or a file that the other user reads along. The settings refuse
 * that in sticky directories, where removing such a name is refused, too (may_remove). They have
 * the meaning that proc(5) gives for Linux. */
/* SPDX-License-Identifier: MIT */
#include "annex.h"
#include "protect.h"

struct vfs_protection vfs_protection = {.hardlinks = 1};

static uint64_t level_of(const uint64_t *setting)
{
    return __atomic_load_n(setting, __ATOMIC_RELAXED);
}

static uint32_t caller_fsuid(struct fs_context *fs)
{
    struct cred *cred = fs_cred(fs);
    uint32_t fsuid = cred->fsuid;
    cred_unref(cred);
    return fsuid;
}

/* This applies to root, too: such links are planted for root to follow. */
static int may_follow(struct walk *walk, const struct inode *link)
{
    const struct inode *dir = walk->at->inode;
    const uint32_t for_all = S_ISVTX | S_IWOTH;
    if (likely((dir->mode & for_all) != for_all) || !level_of(&vfs_protection.symlinks))
        return 0;
    uint32_t fsuid = walk->cred ? walk->cred->fsuid : caller_fsuid(walk->fs);
    return link->uid == fsuid || link->uid == dir->uid ? 0 : -EACCES;
}

/* There is no setting for files that are neither regular nor FIFOs. As on Linux they are always
 * protected where others may write, and never where only the group may. */
static int may_open_found(struct fs_context *fs, const struct inode *dir, const struct inode *found)
{
    uint64_t level = 1;
    if (likely(!(dir->mode & S_ISVTX)))
        return 0;
    if (inode_is(found, S_IFREG))
        level = level_of(&vfs_protection.regular);
    else if (inode_is(found, S_IFIFO))
        level = level_of(&vfs_protection.fifos);
    bool guarded = (level >= 1 && dir->mode & S_IWOTH) || (level >= 2 && dir->mode & S_IWGRP);
    if (!guarded || found->uid == dir->uid)
        return 0;
    return found->uid == caller_fsuid(fs) ? 0 : -EACCES;
}

/* A link would keep a file that its owner wants to delete, for example a set-user-id program with a
 * known mistake. So the caller may link only what it owns, or what it may read and write anyway. */
static bool may_link(struct fs_context *fs, struct inode *inode)
{
    if (!level_of(&vfs_protection.hardlinks) || fs_owns(fs, inode))
        return true;
    bool set_ids =
        inode->mode & S_ISUID || (inode->mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP);
    return inode_is(inode, S_IFREG) && !set_ids &&
           fs_permission(fs, inode, MAY_READ | MAY_WRITE) == 0;
}

const struct guard_ops protect_guard = {may_follow, may_open_found, may_link};

static void start(struct fs_context *fs, const char *command_line)
{
    (void)fs, (void)command_line;
    vfs_guard = &protect_guard;
}

ANNEX(protect, ANNEX_DEVICES, start);
