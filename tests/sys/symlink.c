/* symlink, symlinkat, readlink, readlinkat: what a link holds, how it is followed; errors.
 * needs: users */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"

static void check_holds(void)
{
    char buf[32], page[PAGE + 1];
    struct stat st;
    memset(buf, 'x', sizeof buf);
    CHECK_OK(symlink("some/target", "s"));
    CHECK_EQ(readlink("s", buf, sizeof buf), 11);
    CHECK_EQ(buf[11], 'x'); /* no NUL is written */
    CHECK_EQ(memcmp(buf, "some/target", 11), 0);
    CHECK_EQ(readlink("s", buf, 4), 4);
    CHECK_OK(lstat("s", &st));
    CHECK_EQ(st.st_mode, S_IFLNK | 0777);
    CHECK_EQ(st.st_size, 11);
    CHECK_EQ(st.st_nlink, 1);
    CHECK_ERR(stat("s", &st), ENOENT);
    memset(page, 't', sizeof page);
    page[PAGE - 1] = 0;
    CHECK_OK(symlink(page, "longest"));
    char *back = malloc(PAGE);
    CHECK_EQ(readlink("longest", back, PAGE), PAGE - 1);
    CHECK_EQ(memcmp(back, page, PAGE - 1), 0);
    free(back);
    CHECK_ERR(open("longest", O_RDONLY), ENAMETOOLONG);
    page[PAGE - 1] = 't';
    page[PAGE] = 0;
    CHECK_ERR(symlink(page, "longer"), ENAMETOOLONG);
}

static void check_errors(void)
{
    char buf[16];
    make_file("file", "f");
    CHECK_OK(mkdir("dir", 0777));
    CHECK_ERR(symlink("x", "s"), EEXIST);
    CHECK_ERR(symlink("x", "dir"), EEXIST);
    CHECK_ERR(symlink("", "n"), ENOENT);
    CHECK_ERR(symlink("x", ""), ENOENT);
    CHECK_ERR(symlink("x", "missing/n"), ENOENT);
    CHECK_ERR(symlink("x", "file/n"), ENOTDIR);
    CHECK_ERR(symlink("x", "n/"), ENOENT);
    CHECK_ERR(symlinkat("x", 999, "n"), EBADF);
    CHECK_ERR(readlink("file", buf, sizeof buf), EINVAL);
    CHECK_ERR(readlink("dir", buf, sizeof buf), EINVAL);
    CHECK_ERR(readlink("missing", buf, sizeof buf), ENOENT);
    CHECK_ERR(readlink("file/x", buf, sizeof buf), ENOTDIR);
    CHECK_ERR(readlink("", buf, sizeof buf), ENOENT);
    CHECK_ERR(syscall(SYS_readlink, "s", buf, 0), EINVAL);
    CHECK_ERR(syscall(SYS_readlink, "s", buf, -1), EINVAL);
    CHECK_ERR(syscall(SYS_readlink, "s", BAD_KERNEL, 8), EFAULT);
    CHECK_ERR(syscall(SYS_readlink, NULL, buf, 8), EFAULT);
    CHECK_ERR(syscall(SYS_symlink, NULL, "n"), EFAULT);
    CHECK_ERR(syscall(SYS_symlink, "x", BAD_LOW), EFAULT);
    CHECK_ERR(syscall(SYS_readlink, "s", page_with(PROT_READ), 8), EFAULT);
}

static void check_following(void)
{
    struct stat st, other;
    CHECK_OK(symlink("dir", "to_dir"));
    CHECK_OK(symlink("../file", "dir/up")); /* relative to where the link is */
    CHECK_STR(contents("dir/up"), "f");
    CHECK_STR(contents("to_dir/up"), "f");
    CHECK_OK(stat("to_dir/..", &st)); /* '..' of the target, not of the link's place */
    CHECK_OK(stat(".", &other));
    CHECK(st.st_ino == other.st_ino);
    CHECK_OK(lstat("to_dir", &st));
    CHECK(S_ISLNK(st.st_mode));
    CHECK_OK(lstat("to_dir/", &st)); /* a slash at the end follows */
    CHECK(S_ISDIR(st.st_mode));
    CHECK_ERR(mkdir("to_dir", 0777), EEXIST);
    CHECK_ERR(rmdir("to_dir"), ENOTDIR);
    CHECK_ERR(rmdir("to_dir/"), ENOTDIR);
    CHECK_ERR(unlink("to_dir/"), ENOTDIR);
    CHECK_OK(chdir("to_dir"));
    char cwd[300];
    CHECK(getcwd(cwd, sizeof cwd) && !strcmp(strrchr(cwd, '/'), "/dir"));
    CHECK_OK(chdir(".."));
    CHECK_OK(symlink("new_dir", "to_new"));
    CHECK_ERR(mkdir("to_new", 0777), EEXIST);
    CHECK_ERR(mkdir("to_new/", 0777), EEXIST);
    CHECK_OK(symlink("/dev/null", "absolute"));
    CHECK_OK(stat("absolute", &st));
    CHECK(S_ISCHR(st.st_mode));
    CHECK_OK(unlink("to_dir")); /* the link goes, not its target */
    CHECK_OK(access("dir/up", F_OK));
}

static void check_at(void)
{
    char buf[16] = "";
    int dir = open("dir", O_RDONLY), file = open("file", O_RDONLY);
    CHECK_OK(symlinkat("target", dir, "at"));
    CHECK_EQ(readlinkat(dir, "at", buf, sizeof buf), 6);
    CHECK_STR(buf, "target");
    CHECK_ERR(symlinkat("x", file, "n"), ENOTDIR);
    CHECK_ERR(readlinkat(file, "n", buf, sizeof buf), ENOTDIR);
    CHECK_ERR(readlinkat(999, "n", buf, sizeof buf), EBADF);
    CHECK_ERR(readlinkat(dir, "", buf, sizeof buf), ENOENT);
    close(dir);
    close(file);
    if (!as_root("rights of symlink"))
        return;
    CHECK_OK(mkdir("closed", 0700));
    CHECK_OK(symlink("x", "closed/s"));
    CHECK_OK(mkdir("fixed", 0755));
    become(USER);
    CHECK_ERR(readlink("closed/s", buf, sizeof buf), EACCES);
    CHECK_ERR(symlink("x", "fixed/s"), EACCES);
    become_root();
}

int main(void)
{
    check_holds();
    check_errors();
    check_following();
    check_at();
    return check_done();
}
