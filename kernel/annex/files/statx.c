/* statx: the attributes of a file with the time of its birth and the mount. */
/* SPDX-License-Identifier: MIT */
#include "abi/sysmacros.h"
#include "syscall_calls.h"
#include "vfs/local.h"

static struct statx_timestamp statx_time(struct timespec t)
{
    return (struct statx_timestamp){.tv_sec = t.tv_sec, .tv_nsec = (uint32_t)t.tv_nsec};
}

static struct statx statx_of(struct dentry *dentry)
{
    struct stat st;
    struct inode *inode = dentry->inode;
    inode_stat(inode, &st);
    struct file_time btime = file_time_of(inode->btime_ns);
    return (struct statx){
        .stx_mask = STATX_BASIC_STATS | STATX_BTIME | STATX_MNT_ID,
        .stx_blksize = (uint32_t)st.st_blksize,
        .stx_attributes = dentry == inode->fs->root ? STATX_ATTR_MOUNT_ROOT : 0,
        .stx_attributes_mask = STATX_ATTR_MOUNT_ROOT,
        .stx_nlink = (uint32_t)st.st_nlink,
        .stx_uid = st.st_uid,
        .stx_gid = st.st_gid,
        .stx_mode = (uint16_t)st.st_mode,
        .stx_ino = st.st_ino,
        .stx_size = (uint64_t)st.st_size,
        .stx_blocks = (uint64_t)st.st_blocks,
        .stx_atime = statx_time(st.st_atim),
        .stx_btime = {.tv_sec = btime.seconds, .tv_nsec = btime.ns},
        .stx_ctime = statx_time(st.st_ctim),
        .stx_mtime = statx_time(st.st_mtim),
        .stx_rdev_major = MAJOR_OF(st.st_rdev),
        .stx_rdev_minor = MINOR_OF(st.st_rdev),
        .stx_dev_major = MAJOR_OF(st.st_dev),
        .stx_dev_minor = MINOR_OF(st.st_dev),
        .stx_mnt_id = vfs_mount_id(inode->fs),
    };
}

long sys_statx(struct fs_context *fs, int dirfd, const char *path, unsigned flags, unsigned mask,
               uaddr_t buf)
{
    int walk_flags = stat_walk_flags(flags);
    if (walk_flags < 0 || mask & STATX__RESERVED ||
        (flags & AT_STATX_SYNC_TYPE) == AT_STATX_SYNC_TYPE)
        return -EINVAL;
    struct dentry *dentry;
    int err = path_walk(fs, dirfd, path, (unsigned)walk_flags, &dentry);
    if (err)
        return err;
    struct statx stx = statx_of(dentry);
    dentry_unref(dentry);
    return user_copy_out(buf, &stx, sizeof(stx));
}
