/* os.statvfs, os.fstatvfs. */
/* SPDX-License-Identifier: MIT */
#include "os_internal.h"

static struct os_statvfs_result convert(int result, const struct statvfs *fs)
{
    if (result < 0)
        return (struct os_statvfs_result){0};
    return (struct os_statvfs_result){
        .f_bsize = fs->f_bsize,
        .f_frsize = fs->f_frsize,
        .f_blocks = fs->f_blocks,
        .f_bfree = fs->f_bfree,
        .f_bavail = fs->f_bavail,
        .f_files = fs->f_files,
        .f_ffree = fs->f_ffree,
        .f_favail = fs->f_favail,
        .f_flag = fs->f_flag,
        .f_namemax = fs->f_namemax,
        .f_fsid = fs->f_fsid,
    };
}

struct os_statvfs_result os_statvfs(const char *path)
{
    struct statvfs fs;

    return convert((int)RETRY(statvfs(path, &fs)), &fs);
}

struct os_statvfs_result os_fstatvfs(int fd)
{
    struct statvfs fs;

    return convert((int)RETRY(fstatvfs(fd, &fs)), &fs);
}
