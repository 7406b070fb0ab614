/* open, openat, creat: flags, modes, which descriptor, and each errno.
 * needs: users files settings */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sys/resource.h>

static void check_create(void)
{
    struct stat st;
    umask(022);
    int fd = open("new", O_RDWR | O_CREAT | O_EXCL, 0666);
    CHECK(fd >= 0);
    CHECK_OK(fstat(fd, &st));
    CHECK_EQ(st.st_mode, S_IFREG | 0644);
    CHECK_EQ(st.st_size, 0);
    CHECK_EQ(st.st_nlink, 1);
    CHECK_EQ(st.st_uid, geteuid());
    CHECK_EQ(write(fd, "text", 4), 4);
    close(fd);
    CHECK_ERR(open("new", O_RDWR | O_CREAT | O_EXCL, 0666), EEXIST);
    fd = open("new", O_RDONLY | O_CREAT, 0600); /* it exists: the mode says nothing */
    CHECK_OK(fstat(fd, &st));
    CHECK_EQ(st.st_mode, S_IFREG | 0644);
    CHECK_EQ(st.st_size, 4);
    CHECK_ERR(write(fd, "x", 1), EBADF);
    close(fd);
    fd = open("new", O_WRONLY | O_TRUNC);
    CHECK_OK(fstat(fd, &st));
    CHECK_EQ(st.st_size, 0);
    char byte;
    CHECK_ERR(read(fd, &byte, 1), EBADF);
    close(fd);
    fd = creat("created", 07777);
    CHECK_OK(fstat(fd, &st));
    CHECK_EQ(st.st_mode, S_IFREG | 07755);
    CHECK_EQ(fcntl(fd, F_GETFL) & O_ACCMODE, O_WRONLY);
    close(fd);
    fd = open("unreadable", O_RDWR | O_CREAT, 0); /* the mode does not bind who creates */
    CHECK_EQ(write(fd, "x", 1), 1);
    close(fd);
}

static void check_lowest(void)
{
    int a = open("new", O_RDONLY), b = open("new", O_RDONLY | O_CLOEXEC);
    CHECK_EQ(b, a + 1);
    CHECK_EQ(fcntl(a, F_GETFD), 0);
    CHECK_EQ(fcntl(b, F_GETFD), FD_CLOEXEC);
    close(a);
    CHECK_EQ(open("new", O_RDONLY), a);
    close(a);
    close(b);
    struct rlimit old, low = {(rlim_t)a + 1, 0};
    getrlimit(RLIMIT_NOFILE, &old);
    low.rlim_max = old.rlim_max;
    CHECK_OK(setrlimit(RLIMIT_NOFILE, &low));
    CHECK_EQ(open("new", O_RDONLY), a);
    CHECK_ERR(open("new", O_RDONLY), EMFILE);
    CHECK_ERR(open("never", O_RDONLY | O_CREAT, 0666), EMFILE);
    CHECK_ERR(dup(a), EMFILE);
    CHECK_ERR(dup2(a, a + 1), EBADF);
    CHECK_ERR(fcntl(a, F_DUPFD, a + 1), EINVAL);
    CHECK_OK(setrlimit(RLIMIT_NOFILE, &old));
    CHECK_ERR(access("never", F_OK), ENOENT);
    close(a);
}

static void check_links(void)
{
    make_file("target", "t");
    CHECK_OK(symlink("target", "link"));
    CHECK_OK(symlink("missing", "dangling"));
    CHECK_OK(symlink("self", "self"));
    CHECK_ERR(open("link", O_RDONLY | O_NOFOLLOW), ELOOP);
    CHECK_ERR(open("self", O_RDONLY), ELOOP);
    CHECK_ERR(open("dangling", O_RDONLY), ENOENT);
    CHECK_ERR(open("dangling", O_RDWR | O_CREAT | O_EXCL, 0666), EEXIST);
    int fd = open("dangling", O_RDWR | O_CREAT, 0666); /* creates what the link names */
    CHECK(fd >= 0);
    close(fd);
    CHECK_OK(access("missing", F_OK));
    fd = open("link", O_RDONLY);
    struct stat a, b;
    CHECK_OK(fstat(fd, &a));
    CHECK_OK(stat("target", &b));
    CHECK(a.st_ino == b.st_ino);
    close(fd);
}

static void check_directories(void)
{
    char byte;
    CHECK_OK(mkdir("dir", 0777));
    CHECK_ERR(open("dir", O_WRONLY), EISDIR);
    CHECK_ERR(open("dir", O_RDWR), EISDIR);
    CHECK_ERR(open("dir", O_RDONLY | O_CREAT, 0666), EISDIR);
    CHECK_ERR(open("dir", O_RDONLY | O_CREAT | O_EXCL, 0666), EEXIST);
    CHECK_ERR(open("dir", O_RDONLY | O_TRUNC), EISDIR);
    CHECK_ERR(open("fresh/", O_RDWR | O_CREAT, 0666), EISDIR);
    CHECK_ERR(open("target/", O_RDONLY), ENOTDIR);
    CHECK_ERR(open("target", O_RDONLY | O_DIRECTORY), ENOTDIR);
    CHECK_ERR(open("target/x", O_RDONLY), ENOTDIR);
    CHECK_ERR(open("none/x", O_RDWR | O_CREAT, 0666), ENOENT);
    CHECK_ERR(open("", O_RDONLY), ENOENT);
    int dir = open("dir", O_RDONLY | O_DIRECTORY);
    CHECK(dir >= 0);
    CHECK_ERR(read(dir, &byte, 1), EISDIR);
    CHECK_ERR(write(dir, "x", 1), EBADF);
    CHECK_EQ(lseek(dir, 0, SEEK_SET), 0);
    int fd = openat(dir, "inside", O_WRONLY | O_CREAT, 0666);
    CHECK(fd >= 0);
    CHECK_ERR(openat(fd, "x", O_RDONLY), ENOTDIR);
    CHECK_ERR(openat(999, "x", O_RDONLY), EBADF);
    CHECK_ERR(openat(-1, "x", O_RDONLY), EBADF);
    int zero = openat(999, "/dev/zero", O_RDONLY); /* absolute: the directory is not looked at */
    CHECK(zero >= 0);
    close(zero);
    close(fd);
    CHECK_OK(access("dir/inside", F_OK));
    unlink("dir/inside");
    CHECK_OK(rmdir("dir"));
    CHECK_ERR(openat(dir, "x", O_WRONLY | O_CREAT, 0666), ENOENT); /* in a removed directory */
    fd = openat(dir, ".", O_RDONLY);
    CHECK(fd >= 0);
    close(fd);
    close(dir);
}

/* A descriptor that only stands for a place. */
static void check_path_only(void)
{
    struct stat st;
    char text[16] = "";
    int fd = open("unreadable", O_PATH);
    CHECK(fd >= 0);
    CHECK_OK(fstat(fd, &st));
    CHECK_EQ(st.st_size, 1);
    CHECK_ERR(read(fd, text, 1), EBADF);
    CHECK_ERR(write(fd, text, 1), EBADF);
    CHECK_ERR(lseek(fd, 0, SEEK_CUR), EBADF);
    CHECK_ERR(fchmod(fd, 0666), EBADF);
    CHECK_ERR(ftruncate(fd, 0), EBADF);
    CHECK(fcntl(fd, F_GETFL) & O_PATH);
    close(fd);
    fd = open("link", O_PATH | O_NOFOLLOW);
    CHECK_OK(fstat(fd, &st));
    CHECK(S_ISLNK(st.st_mode));
    CHECK_EQ(readlinkat(fd, "", text, sizeof text), 6);
    CHECK_STR(text, "target");
    close(fd);
    fd = open(".", O_PATH | O_DIRECTORY);
    CHECK_OK(fchdir(fd));
    CHECK_OK(fstatat(fd, "target", &st, 0));
    close(fd);
    CHECK_ERR(open("target", O_PATH | O_DIRECTORY), ENOTDIR);
}

static void check_rights(void)
{
    if (!as_root("rights of open"))
        return;
    CHECK_OK(mkdir("closed", 0700));
    make_file("closed/file", "x");
    CHECK_OK(mkdir("listable", 0744));
    make_file("listable/file", "x");
    CHECK_OK(mkdir("passable", 0711));
    make_file("passable/file", "x");
    make_file("mine", "x");
    CHECK_OK(chown("mine", USER, USER));
    CHECK_OK(chmod("mine", 0077)); /* the owner's bits bind the owner, whatever the others may */
    CHECK_OK(chmod("unreadable", 0));
    become(USER);
    CHECK_ERR(open("closed/file", O_RDONLY), EACCES);
    CHECK_ERR(open("closed", O_RDONLY), EACCES);
    CHECK_ERR(open("listable/file", O_RDONLY), EACCES);
    CHECK_ERR(open("listable/none", O_RDONLY), EACCES);
    CHECK_OK(close(open("listable", O_RDONLY)));
    CHECK_OK(close(open("passable/file", O_RDONLY)));
    CHECK_ERR(open("passable/file", O_WRONLY), EACCES);
    CHECK_ERR(open("passable", O_RDONLY), EACCES);
    CHECK_ERR(open("passable/new", O_WRONLY | O_CREAT, 0666), EACCES);
    CHECK_ERR(open("passable/file", O_RDONLY | O_TRUNC), EACCES);
    CHECK_ERR(open("unreadable", O_RDONLY), EACCES);
    CHECK_ERR(open("mine", O_RDONLY), EACCES);
    CHECK_ERR(open("mine", O_RDWR), EACCES);
    become_root();
    CHECK_OK(close(open("unreadable", O_RDWR)));
}

int main(void)
{
    check_create();
    check_lowest();
    check_links();
    check_directories();
    check_path_only();
    check_rights();
    CHECK_ERR(syscall(SYS_open, NULL, O_RDONLY, 0), EFAULT);
    CHECK_ERR(syscall(SYS_open, BAD_KERNEL, O_RDONLY, 0), EFAULT);
    CHECK_ERR(syscall(SYS_openat, AT_FDCWD, BAD_HOLE, O_RDONLY, 0), EFAULT);
    CHECK_ERR(syscall(SYS_creat, BAD_LOW, 0666), EFAULT);
    return check_done();
}
