/* os.makedirs and os.removedirs: what Python's do, among it two processes that make the same tree
 * at once. */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include <os.h>

static mode_t mode_of(const char *path)
{
    struct stat st;
    return stat(path, &st) < 0 ? (mode_t)-1 : st.st_mode & 07777;
}

static void check_makedirs(void)
{
    os.umask(027);
    CHECK_OK(os.makedirs("a/b/c", 0700, false));
    CHECK_EQ(mode_of("a"), 0750);
    CHECK_EQ(mode_of("a/b"), 0750);
    CHECK_EQ(mode_of("a/b/c"), 0700);
    os.umask(022);

    CHECK_ERR(os.makedirs("a/b/c", 0777, false), EEXIST);
    CHECK_OK(os.makedirs("a/b/c", 0777, true));
    CHECK_EQ(mode_of("a/b/c"), 0700);
    CHECK_OK(os.makedirs("a/b/d/", 0777, false));
    CHECK(os.path.isdir("a/b/d"));
    CHECK_ERR(os.makedirs("file", 0777, false), EEXIST);
    CHECK_ERR(os.makedirs("file", 0777, true), EEXIST);
    CHECK_ERR(os.makedirs("file/x", 0777, false), ENOTDIR);
    CHECK_ERR(os.makedirs("file/x/y", 0777, true), ENOTDIR);
    CHECK_ERR(os.makedirs("", 0777, false), ENOENT);
    CHECK_ERR(os.makedirs("", 0777, true), ENOENT);
    CHECK_OK(os.makedirs(".", 0777, true));
    CHECK_ERR(os.makedirs(".", 0777, false), EEXIST);
    CHECK_OK(os.makedirs("p/q/.", 0777, false));
    CHECK(os.path.isdir("p/q"));
    CHECK_OK(os.makedirs("x//y///z", 0777, false));
    CHECK(os.path.isdir("x/y/z"));
    CHECK_OK(os.symlink("a", "link"));
    CHECK_OK(os.makedirs("link/via/link", 0777, false));
    CHECK(os.path.isdir("a/via/link"));
}

/* Both succeed with exist_ok, whoever comes first. */
static void check_race(void)
{
    enum { ROUNDS = 100 };
    int failures = 0;
    for (int i = 0; i < ROUNDS; i++) {
        char path[64];
        snprintf(path, sizeof path, "race/%d/b/c/d/e", i);
        pid_t child = os.fork();
        if (child == 0)
            os._exit(os.makedirs(path, 0777, true) < 0);
        failures += os.makedirs(path, 0777, true) < 0;
        failures += os.waitpid(child, 0).status != 0;
    }
    CHECK_EQ(failures, 0);
}

static void check_removedirs(void)
{
    CHECK_OK(os.makedirs("r/s/t", 0777, false));
    CHECK_OK(os.removedirs("r/s/t"));
    CHECK(!os.path.exists("r"));

    CHECK_OK(os.makedirs("r/s/t", 0777, false));
    CHECK_OK(os.mkdir("r/stays", 0777));
    CHECK_OK(os.removedirs("r/s/t/"));
    CHECK(!os.path.exists("r/s"));
    CHECK(os.path.isdir("r/stays"));

    CHECK_ERR(os.removedirs("r"), ENOTEMPTY);
    CHECK_ERR(os.removedirs("missing"), ENOENT);
    CHECK_ERR(os.removedirs("file"), ENOTDIR);
    CHECK_ERR(os.removedirs(""), ENOENT);
    CHECK(os.path.exists("file"));
}

int main(void)
{
    CHECK_OK(os.close(os.open("file", O_WRONLY | O_CREAT, 0666)));
    check_makedirs();
    check_race();
    check_removedirs();
    return check_done();
}
