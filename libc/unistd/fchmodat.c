/* fchmodat: a symbolic link's own mode cannot be changed. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include "syscall.h"

int fchmodat(int fd, const char *path, mode_t mode, int flags)
{
    struct stat st;

    if (flags & ~AT_SYMLINK_NOFOLLOW)
        return fail(EINVAL);
    if (flags) {
        long result = sys_newfstatat(fd, path, &st, AT_SYMLINK_NOFOLLOW);

        if (result < 0)
            return (int)syscall_ret(result);
        if (S_ISLNK(st.st_mode))
            return fail(EOPNOTSUPP);
    }
    return (int)syscall_ret(sys_fchmodat(fd, path, mode));
}

int lchmod(const char *path, mode_t mode)
{
    return fchmodat(AT_FDCWD, path, mode, AT_SYMLINK_NOFOLLOW);
}
