/* access, faccessat, faccessat2: by the real user, or the effective; and each errno.
 * needs: users files */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"

static long access2(int dir, const char *path, int mode, int flags)
{
    return syscall(SYS_faccessat2, dir, path, mode, flags);
}

static void check_errors(void)
{
    make_file("f", "");
    CHECK_OK(symlink("none", "dangling"));
    CHECK_OK(access("f", F_OK));
    CHECK_OK(access(".", X_OK));
    CHECK_ERR(access("none", F_OK), ENOENT);
    CHECK_ERR(access("", F_OK), ENOENT);
    CHECK_ERR(access("dangling", F_OK), ENOENT);
    CHECK_ERR(access("f/x", F_OK), ENOTDIR);
    CHECK_ERR(access("f", 8), EINVAL);
    CHECK_ERR(access("f", -1), EINVAL);
    CHECK_ERR(syscall(SYS_access, NULL, F_OK), EFAULT);
    CHECK_ERR(syscall(SYS_access, BAD_KERNEL, F_OK), EFAULT);
    int fd = open("f", O_RDONLY), dir = open(".", O_RDONLY);
    CHECK_OK(syscall(SYS_faccessat, dir, "f", R_OK));
    CHECK_ERR(syscall(SYS_faccessat, fd, "f", R_OK), ENOTDIR);
    CHECK_ERR(syscall(SYS_faccessat, 77, "f", R_OK), EBADF);
    CHECK_OK(access2(fd, "", R_OK, AT_EMPTY_PATH));
    CHECK_OK(access2(AT_FDCWD, "dangling", F_OK, AT_SYMLINK_NOFOLLOW));
    CHECK_ERR(access2(AT_FDCWD, "dangling", F_OK, 0), ENOENT);
    CHECK_ERR(access2(AT_FDCWD, "f", F_OK, 1), EINVAL);
    close(fd);
    close(dir);
}

/* What of read, write and execute the caller may, as bits of an access mode. */
static int allowed(const char *path)
{
    int bits = 0;
    for (int bit = 1; bit <= 4; bit <<= 1)
        if (access2(AT_FDCWD, path, bit, AT_EACCESS) == 0)
            bits |= bit;
    return bits;
}

static void check_users(void)
{
    if (!as_root("users of access"))
        return;
    CHECK_OK(chmod("f", 0));
    CHECK_OK(access("f", R_OK | W_OK)); /* root may all, but execute what nobody may */
    CHECK_ERR(access("f", X_OK), EACCES);
    CHECK_OK(chmod("f", 0001));
    CHECK_OK(access("f", X_OK));
    CHECK_OK(mkdir("d", 0));
    CHECK_OK(access("d", X_OK));
    CHECK_OK(chown("f", USER, OTHER));
    CHECK_OK(chmod("f", 0654));
    become(USER);
    CHECK_EQ(allowed("f"), 6);
    CHECK_OK(access("f", X_OK)); /* the real user is root still */
    become_root();
    become(OTHER);
    CHECK_EQ(allowed("f"), 5);
    become_root();
    become(3000);
    CHECK_EQ(allowed("f"), 4);
    become_root();
    gid_t groups[2] = {4000, OTHER};
    CHECK_OK(setgroups(2, groups));
    CHECK_OK(setegid(3000));
    CHECK_OK(seteuid(3000));
    CHECK_EQ(allowed("f"), 5); /* one of the other groups */
    become_root();
    CHECK_OK(setgroups(0, NULL));
    CHECK_OK(setreuid(USER, 0)); /* the real user counts */
    CHECK_OK(chmod("f", 0200));
    CHECK_ERR(access("f", R_OK), EACCES);
    CHECK_OK(access("f", W_OK));
    CHECK_ERR(access("d/x", F_OK), EACCES);
    CHECK_OK(access2(AT_FDCWD, "f", R_OK, AT_EACCESS));
    CHECK_OK(setreuid(0, 0));
}

int main(void)
{
    check_errors();
    check_users();
    return check_done();
}
