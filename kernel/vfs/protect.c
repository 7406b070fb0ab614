/* Protection from names that another user has planted, in /tmp above all: /proc/sys/fs/protected_*.
 */
#include "local.h"

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

/* Root is bound by it, too: it is root that such a link is planted for. */
int may_follow(struct walk *walk, const struct inode *link)
{
    const struct inode *dir = walk->at->inode;
    const uint32_t for_all = S_ISVTX | S_IWOTH;
    if (likely((dir->mode & for_all) != for_all) || !level_of(&vfs_protection.symlinks))
        return 0;
    uint32_t fsuid = walk->cred ? walk->cred->fsuid : caller_fsuid(walk->fs);
    return link->uid == fsuid || link->uid == dir->uid ? 0 : -EACCES;
}

/* What is neither a regular file nor a FIFO has no setting: as on Linux it is protected always, but
 * not where only the group may write. */
int may_open_found(struct fs_context *fs, const struct inode *dir, const struct inode *found)
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

/* What one could not otherwise keep (another's set-user-id program, say) gets no link. */
bool may_link(struct fs_context *fs, struct inode *inode)
{
    if (!level_of(&vfs_protection.hardlinks) || fs_owns(fs, inode))
        return true;
    bool set_ids =
        inode->mode & S_ISUID || (inode->mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP);
    return inode_is(inode, S_IFREG) && !set_ids &&
           fs_permission(fs, inode, MAY_READ | MAY_WRITE) == 0;
}
