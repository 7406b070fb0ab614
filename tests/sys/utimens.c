/* utimensat: both times, now, omitted, of links; who may; and each errno.
 * needs: users memfd files */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"

static struct stat stat_of(const char *path)
{
    struct stat st = {0};
    if (lstat(path, &st) < 0)
        NOTE("no %s", path);
    return st;
}

static void check_times(void)
{
    make_file("f", "");
    struct timespec t[2] = {{100, 1}, {200, 999999999}};
    CHECK_OK(utimensat(AT_FDCWD, "f", t, 0));
    CHECK_EQ(stat_of("f").st_atim.tv_sec, 100);
    CHECK_EQ(stat_of("f").st_atim.tv_nsec, 1);
    CHECK_EQ(stat_of("f").st_mtim.tv_sec, 200);
    CHECK_EQ(stat_of("f").st_mtim.tv_nsec, 999999999);
    CHECK(stat_of("f").st_ctim.tv_sec > 1000000);
    t[0].tv_nsec = UTIME_OMIT;
    t[1] = (struct timespec){300, 0};
    CHECK_OK(utimensat(AT_FDCWD, "f", t, 0));
    CHECK_EQ(stat_of("f").st_atim.tv_sec, 100);
    CHECK_EQ(stat_of("f").st_mtim.tv_sec, 300);
    t[0].tv_nsec = UTIME_NOW;
    t[1].tv_nsec = UTIME_OMIT;
    CHECK_OK(utimensat(AT_FDCWD, "f", t, 0));
    CHECK(stat_of("f").st_atim.tv_sec > 1000000);
    CHECK_EQ(stat_of("f").st_mtim.tv_sec, 300);
    CHECK_OK(utimensat(AT_FDCWD, "f", NULL, 0));
    CHECK(stat_of("f").st_mtim.tv_sec > 1000000);
    t[0] = t[1] = (struct timespec){-5, 0}; /* before 1970 */
    CHECK_OK(utimensat(AT_FDCWD, "f", t, 0));
    CHECK_EQ(stat_of("f").st_mtim.tv_sec, -5);
    t[0] = t[1] = (struct timespec){1l << 33, 7};
    CHECK_OK(utimensat(AT_FDCWD, "f", t, 0));
    CHECK_EQ(stat_of("f").st_mtim.tv_sec, 1l << 33);
    CHECK_OK(symlink("f", "s"));
    t[0] = t[1] = (struct timespec){400, 0};
    CHECK_OK(utimensat(AT_FDCWD, "s", t, AT_SYMLINK_NOFOLLOW));
    CHECK_EQ(stat_of("s").st_mtim.tv_sec, 400);
    CHECK_EQ(stat_of("f").st_mtim.tv_sec, 1l << 33);
    CHECK_OK(utimensat(AT_FDCWD, "s", t, 0));
    CHECK_EQ(stat_of("f").st_mtim.tv_sec, 400);
    int fd = open("f", O_RDONLY);
    t[0] = t[1] = (struct timespec){500, 0};
    CHECK_OK(syscall(SYS_utimensat, fd, NULL, t, 0)); /* the open file itself */
    CHECK_EQ(stat_of("f").st_mtim.tv_sec, 500);
    char byte;
    CHECK_EQ(read(fd, &byte, 1), 0);
    close(fd);
    CHECK_OK(mkdir("d", 0777));
    CHECK_OK(utimensat(AT_FDCWD, "d", t, 0));
    CHECK_EQ(stat_of("d").st_mtim.tv_sec, 500);
}

static void check_errors(void)
{
    struct timespec t[2] = {{0, 1000000000}, {0, 0}};
    int fd = open("f", O_RDONLY);
    CHECK_ERR(utimensat(AT_FDCWD, "f", t, 0), EINVAL);
    t[0].tv_nsec = -1;
    CHECK_ERR(utimensat(AT_FDCWD, "f", t, 0), EINVAL);
    t[0].tv_nsec = 0;
    CHECK_ERR(utimensat(AT_FDCWD, "f", t, 1), EINVAL);
    CHECK_ERR(utimensat(AT_FDCWD, "none", t, 0), ENOENT);
    CHECK_ERR(utimensat(AT_FDCWD, "", t, 0), ENOENT);
    CHECK_ERR(utimensat(AT_FDCWD, "f/x", t, 0), ENOTDIR);
    CHECK_ERR(utimensat(fd, "x", t, 0), ENOTDIR);
    CHECK_ERR(utimensat(77, "x", t, 0), EBADF);
    CHECK_ERR(syscall(SYS_utimensat, 77, NULL, t, 0), EBADF);
    CHECK_ERR(syscall(SYS_utimensat, AT_FDCWD, NULL, t, 0), EFAULT);
    CHECK_ERR(syscall(SYS_utimensat, AT_FDCWD, "f", BAD_LOW, 0), EFAULT);
    CHECK_ERR(syscall(SYS_utimensat, AT_FDCWD, BAD_KERNEL, t, 0), EFAULT);
    CHECK_EQ(stat_of("f").st_mtim.tv_sec, 500);
    t[0].tv_nsec = t[1].tv_nsec = UTIME_OMIT;
    CHECK_OK(utimensat(AT_FDCWD, "f", t, 0));
    CHECK_EQ(stat_of("f").st_mtim.tv_sec, 500);
    close(fd);
}

static void check_rights(void)
{
    struct timespec t[2] = {{1, 0}, {1, 0}}, now[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
    if (!as_root("rights of utimensat"))
        return;
    CHECK_OK(chmod("f", 0666));
    make_file("fixed", "");
    CHECK_OK(chmod("fixed", 0444));
    make_file("mine", "");
    CHECK_OK(chown("mine", USER, USER));
    CHECK_OK(chmod("mine", 0));
    become(USER);
    CHECK_ERR(utimensat(AT_FDCWD, "f", t, 0), EPERM);
    CHECK_OK(utimensat(AT_FDCWD, "f", NULL, 0)); /* now: whoever may write */
    CHECK_OK(utimensat(AT_FDCWD, "f", now, 0));
    now[0].tv_nsec = UTIME_OMIT;
    CHECK_ERR(utimensat(AT_FDCWD, "f", now, 0), EPERM);
    CHECK_ERR(utimensat(AT_FDCWD, "fixed", NULL, 0), EACCES);
    CHECK_OK(utimensat(AT_FDCWD, "mine", t, 0)); /* the owner may all */
    CHECK_OK(utimensat(AT_FDCWD, "mine", NULL, 0));
    become_root();
}

/* A file in memory keeps any time that 64 bits of seconds can say; stat and statx agree. */
static void check_far_times(void)
{
    static const long seconds[] = {1l << 40, -(1l << 40), LONG_MAX - 1, LONG_MIN + 1,
                                   LONG_MAX, LONG_MIN,    9223372037,   -9223372037};
    int fd = memfd_create("times", 0);
    for (size_t i = 0; i < sizeof seconds / sizeof seconds[0]; i++) {
        bool is_limit = seconds[i] == LONG_MAX || seconds[i] == LONG_MIN;
        struct timespec t[2] = {{seconds[i], 123456789}, {seconds[i], 999999999}};
        struct stat st;
        struct statx stx;
        CHECK_OK(futimens(fd, t));
        CHECK_OK(fstat(fd, &st));
        CHECK_OK(syscall(SYS_statx, fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &stx));
        CHECK_EQ(st.st_atim.tv_sec, seconds[i]);
        CHECK_EQ(st.st_atim.tv_nsec, is_limit ? 0 : 123456789);
        CHECK_EQ(st.st_mtim.tv_sec, seconds[i]);
        CHECK_EQ(st.st_mtim.tv_nsec, is_limit ? 0 : 999999999);
        CHECK_EQ(stx.stx_mtime.tv_sec, seconds[i]);
        CHECK_EQ(stx.stx_mtime.tv_nsec, st.st_mtim.tv_nsec);
        CHECK_EQ(stx.stx_atime.tv_nsec, st.st_atim.tv_nsec);
    }
    struct timespec t[2] = {{LONG_MAX, 1000000000}, {0, 0}};
    CHECK_ERR(futimens(fd, t), EINVAL);
    close(fd);
}

int main(void)
{
    check_times();
    check_far_times();
    check_errors();
    check_rights();
    return check_done();
}
