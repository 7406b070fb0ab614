/* Setting the times of a file: the functions besides utimensat. */
/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <utime.h>
#include "syscall.h"

static int set(int fd, const char *path, const struct timeval times[2], int flags)
{
    struct timespec fine[2];

    for (int i = 0; times && i < 2; i++) {
        if (times[i].tv_usec < 0 || times[i].tv_usec >= 1000000)
            return fail(EINVAL);
        fine[i] = (struct timespec){times[i].tv_sec, times[i].tv_usec * 1000};
    }
    return (int)syscall_ret(sys_utimensat(fd, path, times ? fine : NULL, flags));
}

int futimens(int fd, const struct timespec times[2])
{
    return (int)syscall_ret(sys_utimensat(fd, NULL, times, 0));
}

int utimes(const char *path, const struct timeval times[2])
{
    return set(AT_FDCWD, path, times, 0);
}

int lutimes(const char *path, const struct timeval times[2])
{
    return set(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW);
}

int futimes(int fd, const struct timeval times[2])
{
    return set(fd, NULL, times, 0);
}

int utime(const char *path, const struct utimbuf *times)
{
    struct timeval pair[2];

    if (!times)
        return set(AT_FDCWD, path, NULL, 0);
    pair[0] = (struct timeval){times->actime, 0};
    pair[1] = (struct timeval){times->modtime, 0};
    return set(AT_FDCWD, path, pair, 0);
}
