/* os.chdir and os.fchdir: relative and absolute, and every errno of the contract.
 * needs: users */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include <os.h>

static bool ends_with(const char *tail)
{
    char *cwd = os.getcwd();
    size_t n = cwd ? strlen(cwd) : 0, m = strlen(tail);
    bool yes = n >= m && strcmp(cwd + n - m, tail) == 0;
    free(cwd);
    return yes;
}

static void check_errors(void)
{
    static char name[300], path[PATH_MAX + 10];
    memset(name, 'n', 256);
    memset(path, '/', PATH_MAX);
    CHECK_ERR(os.chdir("missing"), ENOENT);
    CHECK_ERR(os.chdir(""), ENOENT);
    CHECK_ERR(os.chdir("file"), ENOTDIR);
    CHECK_ERR(os.chdir("file/x"), ENOTDIR);
    CHECK_ERR(os.chdir(name), ENAMETOOLONG);
    CHECK_ERR(os.chdir(path), ENAMETOOLONG);
    CHECK_OK(os.symlink("loop", "loop"));
    CHECK_ERR(os.chdir("loop"), ELOOP);
    CHECK_OK(os.symlink("nowhere", "dangling"));
    CHECK_ERR(os.chdir("dangling"), ENOENT);
    CHECK_ERR(os.fchdir(-1), EBADF);
    CHECK_ERR(os.fchdir(999), EBADF);
    int fd = os.open("file", O_RDONLY, 0);
    CHECK_ERR(os.fchdir(fd), ENOTDIR);
    os.close(fd);
}

int main(void)
{
    CHECK_OK(os.makedirs("a/b", 0777, false));
    int file = os.open("file", O_WRONLY | O_CREAT, 0666), here = os.open(".", O_RDONLY, 0);
    CHECK_OK(file);
    CHECK_OK(here);
    check_errors();

    CHECK_OK(os.chdir("a"));
    CHECK(ends_with("/a"));
    CHECK_OK(os.chdir("b/"));
    CHECK(ends_with("/a/b"));
    CHECK_OK(os.chdir(".././b/./.."));
    CHECK(ends_with("/a"));
    CHECK_OK(os.fchdir(here));
    CHECK(!ends_with("/a"));
    CHECK_OK(os.symlink("a/b", "link"));
    CHECK_OK(os.chdir("link"));
    CHECK(ends_with("/a/b"));
    CHECK_OK(os.chdir("/"));
    CHECK_OK(os.chdir("../../.."));
    char *cwd = os.getcwd();
    CHECK_STR(cwd, "/");
    free(cwd);

    /* A child's change is its own. */
    CHECK_OK(os.fchdir(here));
    CHECK_CHILD("chdir in a child", { CHILD_REQUIRE(os.chdir("a") == 0); });
    CHECK(!ends_with("/a"));

    /* Without search permission, as somebody who is not root. */
    if (as_root("EACCES")) {
        CHECK_OK(os.chmod("a", 0700));
        CHECK_CHILD("EACCES", {
            CHILD_REQUIRE(os.setuid(1000) == 0);
            CHILD_REQUIRE(os.chdir("a") == -1 && errno == EACCES);
            CHILD_REQUIRE(os.chdir("a/b") == -1 && errno == EACCES);
        });
    }
    return check_done();
}
