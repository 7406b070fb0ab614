/* utimensat: a file gets other times of access and of change. */
/* SPDX-License-Identifier: MIT */
#include "abi/time.h"
#include "syscall_calls.h"
#include "vfs/local.h"

struct new_times {
    struct file_time atime, mtime;
    bool keep_atime, keep_mtime;
    bool given;   /* not just "now" for both */
    bool invalid; /* one is out of range: an error, but only if the file is found */
};

/* Only the owner may set explicit times; "now" may be set by all that may write. */
static int apply_times(const struct cred *cred, struct inode *inode, const struct change *change)
{
    const struct new_times *times = change->more;
    if (times->invalid)
        return -EINVAL;
    if (!cred_owns(cred, inode)) {
        if (times->given)
            return -EPERM;
        int err = inode_permission(cred, inode, MAY_WRITE);
        if (err)
            return err;
    }
    int64_t now = (int64_t)realtime_ns();
    spin_lock(&inode->lock);
    if (!times->keep_atime)
        inode->atime = times->atime;
    if (!times->keep_mtime)
        inode->mtime = times->mtime;
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
static bool decode_times(const struct timespec pair[2], struct new_times *times)
{
    struct file_time now = file_time_of((int64_t)realtime_ns());
    times->given = pair[0].tv_nsec != UTIME_NOW || pair[1].tv_nsec != UTIME_NOW;
    times->invalid = !time_of(&pair[0], now, &times->atime, &times->keep_atime) ||
                     !time_of(&pair[1], now, &times->mtime, &times->keep_mtime);
    return times->invalid || !times->keep_atime || !times->keep_mtime;
}

long sys_utimensat(struct fs_context *fs, int dirfd, const char *path, uaddr_t times,
                   unsigned flags)
{
    struct new_times new;
    struct change change = {.apply = apply_times, .more = &new};
    struct timespec pair[2] = {{.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_NOW}};
    if (!uaddr_is_null(times) && user_copy_in(pair, times, sizeof(pair)))
        return -EFAULT;
    if (!decode_times(pair, &new))
        return 0;
    if (!path && dirfd != AT_FDCWD)
        return flags ? -EINVAL : change_fd(fs, dirfd, &change);
    if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
        return -EINVAL;
    if (!path)
        return -EFAULT;
    return change_path(fs, dirfd, path, walk_flags_of(flags), &change);
}
