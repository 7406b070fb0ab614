/* chroot: all lookups begin below it and do not leave it; who may; each errno.
 * needs: procfs users files */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"

static void check_errors(void)
{
    make_file("f", "");
    CHECK_ERR(chroot("none"), ENOENT);
    CHECK_ERR(chroot("f"), ENOTDIR);
    CHECK_ERR(chroot(""), ENOENT);
    CHECK_ERR(syscall(SYS_chroot, NULL), EFAULT);
    CHECK_ERR(syscall(SYS_chroot, BAD_KERNEL), EFAULT);
    CHECK_OK(mkdir("closed", 0700));
    become(USER);
    CHECK_ERR(chroot("."), EPERM);
    CHECK_ERR(chroot("closed"), EACCES);
    CHECK_ERR(chroot("none"), ENOENT);
    become_root();
}

static void check_inside(void)
{
    CHECK_OK(mkdir("root", 0777));
    CHECK_OK(mkdir("root/dir", 0777));
    CHECK_OK(symlink("/dir", "root/absolute"));
    CHECK_OK(symlink("../../../f", "root/dir/out"));
    make_file("root/f", "inside");
    CHECK_CHILD("in a root of its own", {
        char cwd[300];
        struct stat root;
        struct stat up;
        CHILD_REQUIRE(chroot("root") == 0);
        CHILD_REQUIRE(access("/dir", F_OK) == 0);
        CHILD_REQUIRE(access("root/dir", F_OK) == 0); /* the working directory stays */
        CHILD_REQUIRE(chdir("/") == 0);
        CHILD_REQUIRE(getcwd(cwd, sizeof cwd) && !strcmp(cwd, "/"));
        CHILD_REQUIRE(stat("/", &root) == 0 && stat("/..", &up) == 0);
        CHILD_REQUIRE(root.st_ino == up.st_ino);
        CHILD_REQUIRE(stat("../../..", &up) == 0 && root.st_ino == up.st_ino);
        CHILD_REQUIRE(chdir("absolute") == 0);
        CHILD_REQUIRE(getcwd(cwd, sizeof cwd) && !strcmp(cwd, "/dir"));
        CHILD_REQUIRE(!strcmp(contents("/dir/out"), "inside"));
        CHILD_REQUIRE(access("/proc", F_OK) == -1 && errno == ENOENT);
        CHILD_REQUIRE(access("/bin", F_OK) == -1 && errno == ENOENT);
        CHILD_REQUIRE(chroot("/dir") == 0);
        CHILD_REQUIRE(chdir("/") == 0);
        CHILD_REQUIRE(access("/out", F_OK) == -1 && errno == ENOENT); /* ".." ends at the root */
        CHILD_REQUIRE(access("/../f", F_OK) == -1 && errno == ENOENT);
    });
    CHECK_OK(access("/proc", F_OK)); /* the parent's root is its own */
}

static void check_outside(void)
{
    CHECK_CHILD("a directory outside of the root", {
        char cwd[300];
        CHILD_REQUIRE(chroot("root/dir") == 0);
        CHILD_REQUIRE(access("root/f", F_OK) == 0);
        CHILD_REQUIRE(syscall(SYS_getcwd, cwd, sizeof cwd) > 0);
        CHILD_REQUIRE(!strncmp(cwd, "(unreachable)/", 14));
    });
    CHECK_CHILD("a root is inherited", {
        CHILD_REQUIRE(chroot("root") == 0);
        CHILD_REQUIRE(chdir("/") == 0);
        pid_t pid = fork();
        if (pid == 0)
            _exit(access("/dir/out", F_OK) != 0);
        CHILD_REQUIRE(status_of(pid) == 0);
    });
}

int main(void)
{
    if (!as_root("chroot"))
        return check_done();
    check_errors();
    check_inside();
    check_outside();
    return check_done();
}
