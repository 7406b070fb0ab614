/* os.stat, os.lstat, os.fstat. */
/* SPDX-License-Identifier: MIT */
#include "os_internal.h"

static long nanoseconds(struct timespec time)
{
    return time.tv_sec * 1000000000 + time.tv_nsec;
}

static struct os_stat_result convert(long result, const struct stat *st)
{
    if (syscall_ret(result) < 0)
        return (struct os_stat_result){0};
    return (struct os_stat_result){
        .st_mode = st->st_mode,
        .st_ino = st->st_ino,
        .st_dev = st->st_dev,
        .st_nlink = st->st_nlink,
        .st_uid = st->st_uid,
        .st_gid = st->st_gid,
        .st_size = st->st_size,
        .st_atim = st->st_atim,
        .st_mtim = st->st_mtim,
        .st_ctim = st->st_ctim,
        .st_atime_ns = nanoseconds(st->st_atim),
        .st_mtime_ns = nanoseconds(st->st_mtim),
        .st_ctime_ns = nanoseconds(st->st_ctim),
        .st_blksize = st->st_blksize,
        .st_blocks = st->st_blocks,
        .st_rdev = st->st_rdev,
    };
}

struct os_stat_result os_stat(const char *path)
{
    struct stat st;

    return convert(RETRY(sys_stat(path, &st)), &st);
}

struct os_stat_result os_lstat(const char *path)
{
    struct stat st;

    return convert(RETRY(sys_lstat(path, &st)), &st);
}

struct os_stat_result os_fstat(int fd)
{
    struct stat st;

    return convert(RETRY(sys_fstat(fd, &st)), &st);
}
