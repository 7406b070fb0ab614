/* chown, lchown, fchown, fchownat: who may give what to whom, set-id bits; and each errno.
 * needs: users files */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"

static struct stat stat_of(const char *path)
{
    struct stat st = {.st_uid = 12345};
    if (lstat(path, &st) < 0)
        NOTE("no %s", path);
    return st;
}

static void check_owner(void)
{
    make_file("f", "");
    CHECK_OK(chown("f", USER, OTHER));
    CHECK_EQ(stat_of("f").st_uid, USER);
    CHECK_EQ(stat_of("f").st_gid, OTHER);
    CHECK_OK(chown("f", -1, 5));
    CHECK_EQ(stat_of("f").st_uid, USER);
    CHECK_EQ(stat_of("f").st_gid, 5);
    CHECK_OK(chown("f", 6, -1));
    CHECK_EQ(stat_of("f").st_uid, 6);
    CHECK_EQ(stat_of("f").st_gid, 5);
    CHECK_OK(chown("f", -1, -1));
    CHECK_EQ(stat_of("f").st_uid, 6);
    CHECK_OK(chown("f", 0xfffffffe, 0x80000000));
    CHECK_EQ(stat_of("f").st_uid, 0xfffffffe);
    CHECK_EQ(stat_of("f").st_gid, 0x80000000);
    CHECK_OK(symlink("f", "s"));
    CHECK_OK(chown("s", 7, 7));
    CHECK_EQ(stat_of("f").st_uid, 7);
    CHECK_EQ(stat_of("s").st_uid, 0);
    CHECK_OK(lchown("s", 8, 8));
    CHECK_EQ(stat_of("f").st_uid, 7);
    CHECK_EQ(stat_of("s").st_uid, 8);
    int fd = open("f", O_RDONLY);
    CHECK_OK(fchown(fd, 9, 9));
    CHECK_EQ(stat_of("f").st_uid, 9);
    CHECK_OK(fchownat(AT_FDCWD, "s", 10, 10, AT_SYMLINK_NOFOLLOW));
    CHECK_EQ(stat_of("s").st_uid, 10);
    CHECK_OK(fchownat(AT_FDCWD, "s", 11, 11, 0));
    CHECK_EQ(stat_of("f").st_uid, 11);
    CHECK_OK(fchownat(fd, "", 12, 12, AT_EMPTY_PATH));
    CHECK_EQ(stat_of("f").st_uid, 12);
    CHECK_ERR(fchownat(fd, "x", 1, 1, 0), ENOTDIR);
    CHECK_ERR(fchownat(AT_FDCWD, "f", 1, 1, 1), EINVAL);
    CHECK_ERR(fchownat(77, "f", 1, 1, 0), EBADF);
    CHECK_ERR(fchownat(fd, "", 1, 1, 0), ENOENT);
    close(fd);
}

static void check_errors(void)
{
    CHECK_ERR(chown("none", 0, 0), ENOENT);
    CHECK_ERR(chown("", 0, 0), ENOENT);
    CHECK_ERR(chown("f/x", 0, 0), ENOTDIR);
    CHECK_ERR(lchown("none", 0, 0), ENOENT);
    CHECK_ERR(fchown(77, 0, 0), EBADF);
    CHECK_ERR(syscall(SYS_chown, NULL, 0, 0), EFAULT);
    CHECK_ERR(syscall(SYS_lchown, BAD_KERNEL, 0, 0), EFAULT);
    CHECK_ERR(syscall(SYS_fchownat, AT_FDCWD, BAD_HOLE, 0, 0, 0), EFAULT);
}

static void check_rights(void)
{
    gid_t groups[1] = {OTHER};
    make_file("mine", "");
    CHECK_OK(chown("mine", USER, USER));
    CHECK_OK(setgroups(1, groups));
    CHECK_OK(setegid(USER));
    CHECK_OK(seteuid(USER));
    CHECK_ERR(chown("mine", OTHER, -1), EPERM); /* no giving away */
    CHECK_ERR(chown("mine", -1, 5), EPERM);     /* not to a group one is not in */
    CHECK_OK(chown("mine", USER, OTHER));
    CHECK_EQ(stat_of("mine").st_gid, OTHER);
    CHECK_OK(chown("mine", -1, USER));
    CHECK_ERR(chown("f", -1, USER), EPERM);
    CHECK_OK(chown("f", -1, -1));
    become_root();
    CHECK_OK(setgroups(0, NULL));
}

/* A change of owner takes set-user-id, and set-group-id where the group may execute; Linux does so
 * for root too. */
static void check_set_id(void)
{
    CHECK_OK(chmod("f", 06755));
    CHECK_OK(chown("f", 1, 1));
    CHECK_EQ(stat_of("f").st_mode & 07777, 0755);
    CHECK_OK(chmod("f", 06745));
    CHECK_OK(chown("f", 2, -1));
    CHECK_EQ(stat_of("f").st_mode & 07777, 02745);
    CHECK_OK(chmod("f", 06755));
    CHECK_OK(chown("f", -1, -1));
    CHECK_EQ(stat_of("f").st_mode & 07777, 0755);
    CHECK_OK(mkdir("d", 0755));
    CHECK_OK(chmod("d", 06755));
    CHECK_OK(chown("d", 1, 1));
    CHECK_EQ(stat_of("d").st_mode & 07777, 06755);
    CHECK_OK(chmod("mine", 06755));
    become(USER);
    CHECK_OK(chown("mine", -1, USER));
    CHECK_EQ(stat_of("mine").st_mode & 07777, 0755);
    become_root();
}

/* Of a new file: the effective user and group of who made it. */
static void check_new(void)
{
    CHECK_OK(mkdir("open", 0777));
    CHECK_OK(chmod("open", 0777));
    become(USER);
    make_file("open/f", "");
    CHECK_EQ(stat_of("open/f").st_uid, USER);
    CHECK_EQ(stat_of("open/f").st_gid, USER);
    CHECK_OK(mkdir("open/d", 0755));
    CHECK_EQ(stat_of("open/d").st_uid, USER);
    CHECK_OK(symlink("x", "open/s"));
    CHECK_EQ(stat_of("open/s").st_uid, USER);
    become_root();
}

int main(void)
{
    umask(022);
    if (!as_root("chown"))
        return check_done();
    check_owner();
    check_errors();
    check_rights();
    check_set_id();
    check_new();
    return check_done();
}
