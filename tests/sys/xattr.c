/* Extended attributes and sockets, of which there are none: what Linux says on file systems without
 * attributes (here /proc and pipes), and of families that it does not know.
 * needs: procfs files */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"

enum {
    SET = SYS_setxattr,
    LSET = SYS_lsetxattr,
    FSET = SYS_fsetxattr,
    GET = SYS_getxattr,
    LGET = SYS_lgetxattr,
    FGET = SYS_fgetxattr,
    LIST = SYS_listxattr,
    LLIST = SYS_llistxattr,
    FLIST = SYS_flistxattr,
    REMOVE = SYS_removexattr,
    LREMOVE = SYS_lremovexattr,
    FREMOVE = SYS_fremovexattr,
};

static char buf[300];

static void check_none(void)
{
    const char *file = "/proc/version", *link = "/proc/self";
    CHECK_ERR(syscall(GET, file, "user.a", buf, sizeof buf), EOPNOTSUPP);
    CHECK_ERR(syscall(GET, file, "user.a", NULL, 0), EOPNOTSUPP);
    CHECK_ERR(syscall(GET, file, "system.posix_acl_access", buf, sizeof buf), EOPNOTSUPP);
    CHECK_ERR(syscall(GET, file, "nothing", buf, sizeof buf), EOPNOTSUPP);
    CHECK_ERR(syscall(GET, file, "user.a", BAD_LOW, 10), EOPNOTSUPP);
    CHECK_ERR(syscall(LGET, link, "user.a", buf, sizeof buf), ENODATA);
    CHECK_ERR(syscall(LGET, link, "trusted.a", buf, sizeof buf),
              geteuid() == 0 ? EOPNOTSUPP : ENODATA);
    CHECK_EQ(syscall(LIST, file, buf, sizeof buf), 0);
    CHECK_EQ(syscall(LIST, file, NULL, 0), 0);
    CHECK_EQ(syscall(LLIST, link, buf, sizeof buf), 0);
    if (as_root("set attributes in /proc")) {
        CHECK_ERR(syscall(SET, "/proc/self/comm", "user.a", "v", 1, 0), EOPNOTSUPP);
        CHECK_ERR(syscall(LSET, link, "user.a", "v", 1, 0), EPERM);
        CHECK_ERR(syscall(SET, "/proc/self/comm", "trusted.a", "v", 1, 0), EOPNOTSUPP);
        CHECK_ERR(syscall(REMOVE, "/proc/self/comm", "user.a"), EOPNOTSUPP);
        CHECK_ERR(syscall(LREMOVE, link, "user.a"), EPERM);
    }
    int p[2];
    CHECK_OK(pipe(p));
    CHECK_ERR(syscall(FGET, p[0], "user.a", buf, sizeof buf), ENODATA);
    CHECK_ERR(syscall(FGET, p[0], "security.a", buf, sizeof buf), EOPNOTSUPP);
    CHECK_ERR(syscall(FSET, p[0], "user.a", "v", 1, 0), EPERM);
    CHECK_ERR(syscall(FREMOVE, p[0], "user.a"), EPERM);
    CHECK_EQ(syscall(FLIST, p[0], buf, sizeof buf), 0);
    close(p[0]);
    close(p[1]);
}

static void check_errors(void)
{
    char name[400];
    memset(name, 'n', sizeof name);
    memcpy(name, "user.", 5);
    name[256] = 0;
    make_file("file", "text");
    CHECK_ERR(syscall(GET, "nowhere", "user.a", buf, 1), ENOENT);
    CHECK_ERR(syscall(GET, "file/x", "user.a", buf, 1), ENOTDIR);
    CHECK_ERR(syscall(GET, "", "user.a", buf, 1), ENOENT);
    CHECK_ERR(syscall(GET, BAD_LOW, "user.a", buf, 1), EFAULT);
    CHECK_ERR(syscall(GET, "file", BAD_LOW, buf, 1), EFAULT);
    CHECK_ERR(syscall(GET, "file", "", buf, 1), ERANGE);
    CHECK_ERR(syscall(GET, "file", name, buf, 1), ERANGE);
    CHECK_ERR(syscall(FGET, 77, "user.a", buf, 1), EBADF);
    CHECK_ERR(syscall(SET, "nowhere", "user.a", "v", 1, 0), ENOENT);
    CHECK_ERR(syscall(SET, "file", "user.a", "v", 1, 4), EINVAL);
    CHECK_ERR(syscall(SET, "file", "user.a", BAD_LOW, 1, 0), EFAULT);
    CHECK_ERR(syscall(SET, "file", "user.a", buf, 65537, 0), E2BIG);
    CHECK_ERR(syscall(SET, "file", "", "v", 1, 0), ERANGE);
    CHECK_ERR(syscall(FSET, 77, "user.a", "v", 1, 0), EBADF);
    CHECK_ERR(syscall(LIST, "nowhere", buf, 1), ENOENT);
    CHECK_ERR(syscall(FLIST, 77, buf, 1), EBADF);
    CHECK_ERR(syscall(REMOVE, "nowhere", "user.a"), ENOENT);
    CHECK_ERR(syscall(REMOVE, "file", ""), ERANGE);
    CHECK_ERR(syscall(FREMOVE, 77, "user.a"), EBADF);
    int path = open("file", 010000000);
    CHECK_ERR(syscall(FGET, path, "user.a", buf, 1), EBADF);
    CHECK_ERR(syscall(FLIST, path, buf, 1), EBADF);
    close(path);
}

static void check_sockets(void)
{
    enum { NO_FAMILY = 14 }; /* kept for OSI routing, and never used */
    int fds[2];
    CHECK_ERR(syscall(SYS_socket, NO_FAMILY, 1, 0), EAFNOSUPPORT);
    CHECK_ERR(syscall(SYS_socket, -1, 1, 0), EAFNOSUPPORT);
    CHECK_ERR(syscall(SYS_socket, 46, 99 & 15, 0), EAFNOSUPPORT);
    CHECK_ERR(syscall(SYS_socket, NO_FAMILY, 11, 0), EINVAL);
    CHECK_ERR(syscall(SYS_socket, NO_FAMILY, 1 | 0x100, 0), EINVAL);
    CHECK_ERR(syscall(SYS_socket, NO_FAMILY, 1 | 02000000 | 04000, 0), EAFNOSUPPORT);
    CHECK_ERR(syscall(SYS_socketpair, NO_FAMILY, 1, 0, fds), EAFNOSUPPORT);
    CHECK_ERR(syscall(SYS_socketpair, NO_FAMILY, 1, 0, BAD_LOW), EFAULT);
    CHECK_ERR(syscall(SYS_socketpair, NO_FAMILY, 1 | 0x100, 0, fds), EINVAL);
    CHECK_ERR(syscall(SYS_socketpair, NO_FAMILY, 12, 0, fds), EINVAL);
    fds[0] = dup(0);
    CHECK_EQ(fds[0], 3); /* nothing is left open */
    close(fds[0]);
}

int main(void)
{
    check_none();
    check_errors();
    check_sockets();
    return check_done();
}
