/* statvfs: the result of statfs in POSIX's structure. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include "syscall.h"

static int convert(long result, const struct statfs *from, struct statvfs *to)
{
    if (result < 0)
        return (int)syscall_ret(result);
    *to = (struct statvfs){
        .f_bsize = (unsigned long)from->f_bsize,
        .f_frsize = (unsigned long)(from->f_frsize ? from->f_frsize : from->f_bsize),
        .f_blocks = from->f_blocks,
        .f_bfree = from->f_bfree,
        .f_bavail = from->f_bavail,
        .f_files = from->f_files,
        .f_ffree = from->f_ffree,
        .f_favail = from->f_ffree,
        .f_flag = (unsigned long)from->f_flags & ~(unsigned long)ST_VALID,
        .f_namemax = (unsigned long)from->f_namelen,
    };
    memcpy(&to->f_fsid, &from->f_fsid, sizeof(to->f_fsid));
    return 0;
}

int statvfs(const char *restrict path, struct statvfs *restrict fs)
{
    struct statfs from;

    return convert(sys_statfs(path, &from), &from, fs);
}

int fstatvfs(int fd, struct statvfs *fs)
{
    struct statfs from;

    return convert(sys_fstatfs(fd, &from), &from, fs);
}
