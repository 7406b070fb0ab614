/* os.mkdir and os.rmdir: modes, trailing slashes, and every errno of the contract.
 * needs: users */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include <os.h>

static char long_name[300], long_path[PATH_MAX + 10];

static mode_t mode_of(const char *path)
{
    struct stat st;
    return stat(path, &st) < 0 ? (mode_t)-1 : st.st_mode & 07777;
}

static void check_mkdir(void)
{
    os.umask(027);
    CHECK_OK(os.mkdir("m", 0777));
    CHECK_EQ(mode_of("m"), 0750);
    CHECK_OK(os.mkdir("m1", 0700));
    CHECK_EQ(mode_of("m1"), 0700);
    CHECK_OK(os.mkdir("m2", 01777));
    CHECK_EQ(mode_of("m2"), 01750);
    os.umask(022);
    CHECK_OK(os.mkdir("slash///", 0777));
    CHECK(os.path.isdir("slash"));

    CHECK_ERR(os.mkdir("m", 0777), EEXIST);
    CHECK_ERR(os.mkdir("file", 0777), EEXIST);
    CHECK_ERR(os.mkdir("file/", 0777), EEXIST);
    CHECK_ERR(os.mkdir(".", 0777), EEXIST);
    CHECK_ERR(os.mkdir("..", 0777), EEXIST);
    CHECK_ERR(os.mkdir("/", 0777), EEXIST);
    CHECK_ERR(os.mkdir("", 0777), ENOENT);
    CHECK_ERR(os.mkdir("missing/d", 0777), ENOENT);
    CHECK_ERR(os.mkdir("file/d", 0777), ENOTDIR);
    CHECK_ERR(os.mkdir(long_name, 0777), ENAMETOOLONG);
    CHECK_ERR(os.mkdir(long_path, 0777), ENAMETOOLONG);
    CHECK_OK(os.symlink("nowhere", "dangling"));
    CHECK_ERR(os.mkdir("dangling", 0777), EEXIST);
    CHECK_ERR(os.mkdir("dangling/x", 0777), ENOENT);
    CHECK_OK(os.symlink("loop", "loop"));
    CHECK_ERR(os.mkdir("loop/x", 0777), ELOOP);
    long_name[255] = 0;
    CHECK_OK(os.mkdir(long_name, 0777));
    CHECK_OK(os.rmdir(long_name));
}

static void check_rmdir(void)
{
    CHECK_OK(os.mkdir("d", 0777));
    CHECK_OK(os.mkdir("d/e", 0777));
    CHECK_ERR(os.rmdir("d"), ENOTEMPTY);
    CHECK_ERR(os.rmdir("d/."), EINVAL);
    CHECK_ERR(os.rmdir("."), EINVAL);
    CHECK_ERR(os.rmdir("d/e/.."), ENOTEMPTY);
    CHECK_ERR(os.rmdir(".."), ENOTEMPTY);
    CHECK_ERR(os.rmdir("file"), ENOTDIR);
    CHECK_ERR(os.rmdir("file/x"), ENOTDIR);
    CHECK_ERR(os.rmdir("missing"), ENOENT);
    CHECK_ERR(os.rmdir(""), ENOENT);
    CHECK_ERR(os.rmdir("/"), EBUSY);
    CHECK_ERR(os.rmdir("dangling"), ENOTDIR);
    CHECK_OK(os.rmdir("d/e/"));

    /* The working directory of this very process may go. */
    CHECK_OK(os.chdir("d"));
    CHECK_OK(os.rmdir("../d"));
    CHECK_ERR(os.mkdir("x", 0777), ENOENT);
    CHECK_ERR(os.open("x", O_CREAT | O_WRONLY, 0666), ENOENT);
    CHECK_OK(os.chdir(".."));
    CHECK(!os.path.exists("d"));
}

static void check_permission(void)
{
    if (!as_root("EACCES and EPERM"))
        return;
    CHECK_OK(os.mkdir("closed", 0755));
    CHECK_OK(os.mkdir("closed/in", 0755));
    CHECK_OK(os.mkdir("sticky", 01777));
    CHECK_OK(os.chmod("sticky", 01777));
    CHECK_OK(os.mkdir("sticky/roots", 0777));
    CHECK_CHILD("somebody else", {
        CHILD_REQUIRE(os.setuid(1000) == 0);
        CHILD_REQUIRE(os.mkdir("closed/x", 0777) == -1 && errno == EACCES);
        CHILD_REQUIRE(os.rmdir("closed/in") == -1 && errno == EACCES);
        CHILD_REQUIRE(os.rmdir("sticky/roots") == -1 && errno == EPERM);
        CHILD_REQUIRE(os.mkdir("sticky/mine", 0777) == 0);
        CHILD_REQUIRE(os.rmdir("sticky/mine") == 0);
    });
}

int main(void)
{
    memset(long_name, 'n', 256);
    memset(long_path, 'p', PATH_MAX);
    for (int i = 200; i < PATH_MAX; i += 200)
        long_path[i] = '/';
    CHECK_OK(os.close(os.open("file", O_WRONLY | O_CREAT, 0666)));
    check_mkdir();
    check_rmdir();
    check_permission();
    return check_done();
}
