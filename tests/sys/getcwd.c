/* getcwd (the call itself): its length, small buffers, depth, what lies outside; each errno. */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"

static long cwd(void *buf, unsigned long size)
{
    return syscall(SYS_getcwd, buf, size);
}

static void check_sizes(void)
{
    char buf[PATH_MAX], small[PATH_MAX];
    long length = cwd(buf, sizeof buf);
    CHECK(length > 1);
    CHECK_EQ(length, strlen(buf) + 1);
    CHECK_EQ(buf[0], '/');
    memset(small, 'x', sizeof small);
    CHECK_EQ(cwd(small, length), length);
    CHECK_STR(small, buf);
    CHECK_EQ(small[length], 'x');
    memset(small, 'x', sizeof small);
    CHECK_ERR(cwd(small, length - 1), ERANGE);
    CHECK_EQ(small[0], 'x');
    CHECK_ERR(cwd(small, 1), ERANGE);
    CHECK_ERR(cwd(small, 0), ERANGE);
    CHECK_ERR(cwd(NULL, 0), ERANGE);
    CHECK_ERR(cwd(NULL, PATH_MAX), EFAULT);
    CHECK_ERR(cwd(BAD_KERNEL, PATH_MAX), EFAULT);
    CHECK_ERR(cwd(BAD_HOLE, PATH_MAX), EFAULT);
    CHECK_ERR(cwd(page_with(PROT_READ), PATH_MAX), EFAULT);
    CHECK_OK(chdir("/"));
    CHECK_EQ(cwd(buf, 2), 2);
    CHECK_STR(buf, "/");
    CHECK_ERR(cwd(buf, 1), ERANGE);
    CHECK_OK(chdir("/dev"));
    CHECK_EQ(cwd(buf, sizeof buf), 5);
    CHECK_STR(buf, "/dev");
}

/* The deepest path that fits into PATH_MAX, and one below it that does not. */
static void check_depth(void)
{
    char buf[PATH_MAX], name[101];
    memset(name, 'd', 100);
    name[100] = 0;
    int failed = 0, levels = 0;
    while (cwd(buf, sizeof buf) > 0 && strlen(buf) + 101 < PATH_MAX && !failed) {
        failed += mkdir(name, 0777) != 0 || chdir(name) != 0;
        levels++;
    }
    CHECK_EQ(failed, 0);
    CHECK(levels > 30);
    CHECK_EQ(cwd(buf, sizeof buf), strlen(buf) + 1);
    CHECK_OK(mkdir(name, 0777));
    CHECK_OK(chdir(name));
    CHECK_ERR(cwd(buf, sizeof buf), ENAMETOOLONG);
    CHECK_OK(chdir(".."));
    CHECK_EQ(cwd(buf, sizeof buf), strlen(buf) + 1);
    while (levels-- >= 0)
        failed += rmdir(name) != 0 || chdir("..") != 0;
    CHECK_EQ(failed, 0);
}

int main(void)
{
    int home = open(".", O_RDONLY);
    check_sizes();
    CHECK_OK(fchdir(home));
    check_depth();
    CHECK_OK(fchdir(home));
    CHECK_OK(mkdir("odd name\n\xff", 0777));
    CHECK_OK(chdir("odd name\n\xff"));
    char buf[PATH_MAX];
    CHECK(cwd(buf, sizeof buf) > 0);
    CHECK_STR(strrchr(buf, '/'), "/odd name\n\xff");
    return check_done();
}
