/* os.getcwd: what the contract says must hold. */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include <os.h>

static char start[PATH_MAX];

/* Goes down `levels` directories with long names; the path's length afterwards. */
static size_t go_down(int levels)
{
    char name[201];
    memset(name, 'd', 200);
    name[200] = 0;
    for (int i = 0; i < levels; i++)
        if (os.mkdir(name, 0777) < 0 || os.chdir(name) < 0)
            return 0;
    char *cwd = os.getcwd();
    size_t length = cwd ? strlen(cwd) : 0;
    free(cwd);
    return length;
}

static void check_below(const char *below)
{
    char wanted[2 * PATH_MAX];
    snprintf(wanted, sizeof wanted, "%s/%s", start, below);
    char *cwd = os.getcwd();
    CHECK_STR(cwd, wanted);
    free(cwd);
}

int main(void)
{
    char *cwd = os.getcwd();
    CHECK(cwd && cwd[0] == '/');
    snprintf(start, sizeof start, "%s", cwd);
    free(cwd);

    CHECK_OK(os.mkdir("a", 0777));
    CHECK_OK(os.mkdir("a/b", 0777));
    CHECK_OK(os.chdir("a/b"));
    check_below("a/b");

    /* It follows a rename of the directory, and of a parent. */
    char from[2 * PATH_MAX], to[2 * PATH_MAX];
    snprintf(from, sizeof from, "%s/a/b", start);
    snprintf(to, sizeof to, "%s/a/c", start);
    CHECK_OK(rename(from, to));
    check_below("a/c");
    snprintf(from, sizeof from, "%s/a", start);
    snprintf(to, sizeof to, "%s/longer-than-before", start);
    CHECK_OK(rename(from, to));
    check_below("longer-than-before/c");

    /* A symbolic link on the way does not show. */
    CHECK_OK(os.chdir(start));
    CHECK_OK(os.symlink("longer-than-before", "link"));
    CHECK_OK(os.chdir("link/c"));
    check_below("longer-than-before/c");

    /* Once the directory is removed there is no answer, but there is a way back. */
    CHECK_OK(os.rmdir("../c"));
    CHECK_NULL_ERR(os.getcwd(), ENOENT);
    CHECK_OK(os.chdir(".."));
    check_below("longer-than-before");

    /* Long paths: 10 levels of 200 bytes are answered whole. */
    CHECK_OK(os.chdir(start));
    CHECK_EQ(go_down(10), strlen(start) + 10 * 201);

    CHECK_OK(os.chdir("/"));
    cwd = os.getcwd();
    CHECK_STR(cwd, "/");
    free(cwd);
    return check_done();
}
