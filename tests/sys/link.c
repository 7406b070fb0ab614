/* link, linkat: a second name for the same file, and each errno.
 * needs: procfs users files */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"

static nlink_t links_of(const char *path)
{
    struct stat st;
    return lstat(path, &st) < 0 ? 0 : st.st_nlink;
}

static bool same(const char *a, const char *b)
{
    struct stat x, y;
    return lstat(a, &x) == 0 && lstat(b, &y) == 0 && x.st_ino == y.st_ino && x.st_dev == y.st_dev;
}

static void check_names(void)
{
    make_file("a", "one");
    CHECK_OK(link("a", "b"));
    CHECK(same("a", "b"));
    CHECK_EQ(links_of("a"), 2);
    make_file("b", "two");
    CHECK_STR(contents("a"), "two");
    CHECK_OK(chmod("b", 0600));
    struct stat st;
    CHECK_OK(stat("a", &st));
    CHECK_EQ(st.st_mode & 07777, 0600);
    CHECK_OK(unlink("a"));
    CHECK_EQ(links_of("b"), 1);
    CHECK_STR(contents("b"), "two");
    CHECK_OK(link("b", "a"));

    int failed = 0;
    char name[16];
    for (int i = 0; i < 500; i++) {
        snprintf(name, sizeof name, "many%d", i);
        failed += link("a", name) != 0;
    }
    CHECK_EQ(failed, 0);
    CHECK_EQ(links_of("a"), 502);
    for (int i = 0; i < 500; i++) {
        snprintf(name, sizeof name, "many%d", i);
        failed += unlink(name) != 0;
    }
    CHECK_EQ(failed, 0);
    CHECK_EQ(links_of("a"), 2);
}

static void check_errors(void)
{
    char long_name[300];
    memset(long_name, 'n', sizeof long_name);
    long_name[256] = 0;
    CHECK_OK(mkdir("dir", 0777));
    CHECK_ERR(link("a", "b"), EEXIST);
    CHECK_ERR(link("a", "a"), EEXIST);
    CHECK_ERR(link("a", "dir"), EEXIST);
    CHECK_ERR(link("dir", "dir2"), EPERM);
    CHECK_ERR(link(".", "dir2"), EPERM);
    CHECK_ERR(link("missing", "c"), ENOENT);
    CHECK_ERR(link("a", "missing/c"), ENOENT);
    CHECK_ERR(link("a", ""), ENOENT);
    CHECK_ERR(link("", "c"), ENOENT);
    CHECK_ERR(link("a/x", "c"), ENOTDIR);
    CHECK_ERR(link("a", "b/c"), ENOTDIR);
    CHECK_ERR(link("a/", "c"), ENOTDIR);
    CHECK_ERR(link("a", "c/"), ENOENT);
    CHECK_ERR(link("a", long_name), ENAMETOOLONG);
    long_name[255] = 0;
    CHECK_OK(link("a", long_name));
    CHECK_OK(unlink(long_name));
    CHECK_ERR(link("a", "/dev/c"), EXDEV);
    CHECK_ERR(link("/proc/self/status", "c"), EXDEV);
    CHECK_ERR(syscall(SYS_link, "a", NULL), EFAULT);
    CHECK_ERR(syscall(SYS_link, BAD_KERNEL, "c"), EFAULT);
    CHECK_ERR(syscall(SYS_linkat, AT_FDCWD, "a", AT_FDCWD, BAD_HOLE, 0), EFAULT);
}

static void check_at(void)
{
    CHECK_OK(symlink("a", "s"));
    CHECK_OK(link("s", "s2")); /* the link itself */
    CHECK(same("s", "s2"));
    CHECK_OK(linkat(AT_FDCWD, "s", AT_FDCWD, "s3", AT_SYMLINK_FOLLOW));
    CHECK(same("s3", "a"));
    CHECK_OK(symlink("missing", "dangling"));
    CHECK_ERR(linkat(AT_FDCWD, "dangling", AT_FDCWD, "c", AT_SYMLINK_FOLLOW), ENOENT);
    CHECK_ERR(link("a", "dangling"), EEXIST);
    int dir = open("dir", O_RDONLY), file = open("a", O_RDONLY);
    CHECK_OK(linkat(AT_FDCWD, "a", dir, "inside", 0));
    CHECK(same("a", "dir/inside"));
    CHECK_OK(linkat(dir, "inside", AT_FDCWD, "outside", 0));
    CHECK_ERR(linkat(file, "x", AT_FDCWD, "c", 0), ENOTDIR);
    CHECK_ERR(linkat(AT_FDCWD, "a", file, "x", 0), ENOTDIR);
    CHECK_ERR(linkat(999, "x", AT_FDCWD, "c", 0), EBADF);
    CHECK_ERR(linkat(AT_FDCWD, "a", AT_FDCWD, "c", 1), EINVAL);
    CHECK_ERR(linkat(AT_FDCWD, "", AT_FDCWD, "c", 0), ENOENT);
    unlink("dir/inside");
    rmdir("dir");
    CHECK_ERR(linkat(AT_FDCWD, "a", dir, "x", 0), ENOENT); /* into a removed directory */
    close(dir);
    close(file);
}

static void check_rights(void)
{
    if (!as_root("rights of link"))
        return;
    CHECK_OK(mkdir("theirs", 0755));
    CHECK_OK(mkdir("mine", 0777));
    CHECK_OK(chown("mine", USER, USER));
    CHECK_OK(mkdir("closed", 0700));
    make_file("closed/f", "");
    make_file("mine/f", "");
    CHECK_OK(chown("mine/f", USER, USER));
    become(USER);
    CHECK_ERR(link("mine/f", "theirs/f"), EACCES);
    CHECK_ERR(link("closed/f", "mine/g"), EACCES);
    CHECK_OK(link("mine/f", "mine/g"));
    become_root();
}

int main(void)
{
    check_names();
    check_errors();
    check_at();
    check_rights();
    return check_done();
}
