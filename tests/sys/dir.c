/* mkdir, rmdir, their at forms, chdir, fchdir: modes, link counts, removed directories; errors.
 * needs: procfs users */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"

static struct stat stat_of(const char *path)
{
    struct stat st = {0};
    if (lstat(path, &st) < 0)
        NOTE("no %s", path);
    return st;
}

static void check_mkdir(void)
{
    umask(022);
    CHECK_OK(mkdir("d", 0777));
    CHECK_EQ(stat_of("d").st_mode, S_IFDIR | 0755);
    CHECK_EQ(stat_of("d").st_nlink, 2);
    CHECK_OK(mkdir("d/sub/", 0700)); /* a slash at the end is fine */
    CHECK_EQ(stat_of("d").st_nlink, 3);
    CHECK(stat_of("d/sub/..").st_ino == stat_of("d").st_ino);
    CHECK(stat_of("d/sub/.").st_ino == stat_of("d/sub").st_ino);
    make_file("f", "");
    CHECK_ERR(mkdir("d", 0777), EEXIST);
    CHECK_ERR(mkdir("f", 0777), EEXIST);
    CHECK_ERR(mkdir(".", 0777), EEXIST);
    CHECK_ERR(mkdir("d/..", 0777), EEXIST);
    CHECK_ERR(mkdir("/", 0777), EEXIST);
    CHECK_ERR(mkdir("", 0777), ENOENT);
    CHECK_ERR(mkdir("none/d", 0777), ENOENT);
    CHECK_ERR(mkdir("none/.", 0777), ENOENT);
    CHECK_ERR(mkdir("f/d", 0777), ENOTDIR);
    char name[300];
    memset(name, 'n', sizeof name);
    name[256] = 0;
    CHECK_ERR(mkdir(name, 0777), ENAMETOOLONG);
    name[255] = 0;
    CHECK_OK(mkdir(name, 0777));
    CHECK_OK(rmdir(name));
    CHECK_ERR(syscall(SYS_mkdir, NULL, 0777), EFAULT);
    CHECK_ERR(syscall(SYS_mkdirat, AT_FDCWD, BAD_KERNEL, 0777), EFAULT);
    CHECK_ERR(mkdir("/proc/new", 0777), ENOENT);
}

static void check_rmdir(void)
{
    CHECK_ERR(rmdir("d"), ENOTEMPTY);
    CHECK_ERR(rmdir("f"), ENOTDIR);
    CHECK_ERR(rmdir("none"), ENOENT);
    CHECK_ERR(rmdir(""), ENOENT);
    CHECK_ERR(rmdir("f/x"), ENOTDIR);
    CHECK_ERR(rmdir("d/sub/."), EINVAL);
    CHECK_ERR(rmdir("d/sub/.."), ENOTEMPTY);
    CHECK_ERR(rmdir("."), EINVAL);
    CHECK_ERR(rmdir("/"), EBUSY);
    CHECK_ERR(syscall(SYS_rmdir, BAD_HOLE), EFAULT);
    CHECK_OK(rmdir("d/sub/"));
    CHECK_EQ(stat_of("d").st_nlink, 2);
    CHECK_OK(rmdir("d"));
    CHECK_ERR(rmdir("d"), ENOENT);
}

static void check_at(void)
{
    CHECK_OK(mkdir("base", 0777));
    int dir = open("base", O_RDONLY), file = open("f", O_RDONLY);
    CHECK_OK(mkdirat(dir, "x", 0700));
    CHECK_OK(access("base/x", F_OK));
    CHECK_ERR(mkdirat(file, "x", 0700), ENOTDIR);
    CHECK_ERR(mkdirat(77, "x", 0700), EBADF);
    CHECK_OK(unlinkat(dir, "x", AT_REMOVEDIR));
    CHECK_OK(rmdir("base"));
    CHECK_ERR(mkdirat(dir, "x", 0700), ENOENT);
    struct stat st;
    CHECK_OK(fstat(dir, &st)); /* it is there while it is open */
    CHECK_EQ(st.st_nlink, 0);
    close(dir);
    close(file);
}

/* Standing in a directory that goes away. */
static void check_removed(void)
{
    char cwd[300];
    struct stat st;
    int home = open(".", O_RDONLY);
    CHECK_OK(mkdir("gone", 0777));
    CHECK_OK(chdir("gone"));
    CHECK_OK(rmdir("../gone"));
    CHECK_NULL_ERR(getcwd(cwd, sizeof cwd), ENOENT);
    CHECK_OK(stat(".", &st));
    CHECK_EQ(st.st_nlink, 0);
    CHECK_ERR(open("f", O_CREAT | O_WRONLY, 0666), ENOENT);
    CHECK_ERR(mkdir("d", 0777), ENOENT);
    CHECK_ERR(symlink("x", "s"), ENOENT);
    CHECK_ERR(stat("none", &st), ENOENT);
    CHECK_OK(stat("..", &st));
    struct stat other;
    CHECK_OK(fstat(home, &other));
    CHECK(st.st_ino == other.st_ino);
    CHECK(readlink("/proc/self/cwd", cwd, sizeof cwd) > 10);
    CHECK_OK(chdir(".."));
    CHECK(getcwd(cwd, sizeof cwd) != NULL);
    close(home);
}

static void check_chdir(void)
{
    char cwd[300], home[300];
    CHECK_OK(mkdir("c", 0777));
    CHECK(getcwd(home, sizeof home) != NULL);
    CHECK_ERR(chdir("f"), ENOTDIR);
    CHECK_ERR(chdir("none"), ENOENT);
    CHECK_ERR(chdir(""), ENOENT);
    CHECK_ERR(syscall(SYS_chdir, NULL), EFAULT);
    CHECK_ERR(syscall(SYS_chdir, BAD_KERNEL), EFAULT);
    int file = open("f", O_RDONLY), dir = open(".", O_RDONLY);
    CHECK_ERR(fchdir(file), ENOTDIR);
    CHECK_ERR(fchdir(77), EBADF);
    CHECK_STR(getcwd(cwd, sizeof cwd), home);
    CHECK_CHILD("a child's directory is its own", {
        CHILD_REQUIRE(chdir("c") == 0);
        CHILD_REQUIRE(access("../f", F_OK) == 0);
    });
    CHECK_STR(getcwd(cwd, sizeof cwd), home);
    CHECK_OK(chdir("c"));
    CHECK_OK(rename("../c", "../c2")); /* the path follows a rename */
    CHECK(getcwd(cwd, sizeof cwd) && !strcmp(strrchr(cwd, '/'), "/c2"));
    CHECK_OK(fchdir(dir));
    CHECK_STR(getcwd(cwd, sizeof cwd), home);
    close(file);
    close(dir);
}

static void check_rights(void)
{
    if (!as_root("rights of directories"))
        return;
    CHECK_OK(mkdir("closed", 0700));
    CHECK_OK(mkdir("closed/in", 0777));
    CHECK_OK(mkdir("listable", 0744));
    CHECK_OK(mkdir("listable/in", 0777));
    int in = open("closed/in", O_RDONLY), listable = open("listable", O_RDONLY);
    become(USER);
    CHECK_ERR(chdir("closed"), EACCES);
    CHECK_ERR(chdir("closed/in"), EACCES);
    CHECK_ERR(mkdir("listable/d", 0777), EACCES);
    CHECK_ERR(rmdir("listable/in"), EACCES);
    CHECK_ERR(rmdir("closed/in"), EACCES);
    CHECK_ERR(fchdir(listable), EACCES);
    CHECK_ERR(rmdir("/proc"), EACCES);
    int here = open(".", O_RDONLY);
    CHECK_OK(fchdir(in)); /* who has it open may go there */
    CHECK_OK(fchdir(here));
    become_root();
    CHECK_ERR(rmdir("/proc"), EBUSY);
    close(here);
    close(in);
    close(listable);
}

int main(void)
{
    check_mkdir();
    check_rmdir();
    check_at();
    check_removed();
    check_chdir();
    check_rights();
    return check_done();
}
