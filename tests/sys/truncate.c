/* truncate, ftruncate: longer, shorter, times, and each errno.
 * needs: users files */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"

static off_t size_of(const char *path)
{
    struct stat st;
    return stat(path, &st) < 0 ? -1 : st.st_size;
}

static void check_sizes(void)
{
    char buf[16];
    make_file("f", "0123456789");
    CHECK_OK(truncate("f", 4));
    CHECK_STR(contents("f"), "0123");
    CHECK_OK(truncate("f", 8)); /* what was cut off does not come back */
    int fd = open("f", O_RDWR);
    CHECK_EQ(read(fd, buf, sizeof buf), 8);
    CHECK_EQ(memcmp(buf, "0123\0\0\0\0", 8), 0);
    CHECK_OK(ftruncate(fd, 0));
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 8); /* the position stays */
    CHECK_EQ(write(fd, "x", 1), 1);
    CHECK_EQ(size_of("f"), 9);
    CHECK_OK(ftruncate(fd, 1l << 40)); /* a hole costs nothing */
    CHECK_EQ(size_of("f"), 1l << 40);
    struct stat st;
    CHECK_OK(fstat(fd, &st));
    CHECK(st.st_blocks <= 8);
    CHECK_EQ(pread(fd, buf, 4, (1l << 40) - 2), 2);
    CHECK_OK(ftruncate(fd, 5000));
    CHECK_EQ(pwrite(fd, "tail", 4, 4996), 4);
    CHECK_OK(ftruncate(fd, 4998));
    CHECK_OK(ftruncate(fd, 8192));
    CHECK_EQ(pread(fd, buf, 6, 4995), 6);
    CHECK_EQ(memcmp(buf, "\0ta\0\0\0", 6), 0);
    CHECK_OK(ftruncate(fd, 0));
    CHECK_OK(fstat(fd, &st));
    CHECK_EQ(st.st_blocks, 0);
    close(fd);
}

static void check_errors(void)
{
    int p[2];
    CHECK_OK(mkdir("dir", 0777));
    CHECK_OK(pipe(p));
    CHECK_ERR(truncate("f", -1), EINVAL);
    CHECK_ERR(truncate("dir", 0), EISDIR);
    CHECK_ERR(truncate("none", 0), ENOENT);
    CHECK_ERR(truncate("f/x", 0), ENOTDIR);
    CHECK_ERR(truncate("", 0), ENOENT);
    CHECK_ERR(truncate("/dev/null", 0), EINVAL);
    int fd = open("f", O_RDONLY), dir = open("dir", O_RDONLY);
    CHECK_ERR(ftruncate(fd, 0), EINVAL);
    CHECK_ERR(ftruncate(dir, 0), EINVAL);
    CHECK_ERR(ftruncate(p[1], 0), EINVAL);
    CHECK_ERR(ftruncate(77, 0), EBADF);
    close(fd);
    fd = open("f", O_RDWR);
    CHECK_ERR(ftruncate(fd, -1), EINVAL);
    CHECK_ERR(syscall(SYS_truncate, NULL, 0), EFAULT);
    CHECK_ERR(syscall(SYS_truncate, BAD_KERNEL, 0), EFAULT);
    close(fd);
}

static void check_times_and_rights(void)
{
    struct stat st;
    make_file("t", "text");
    struct timespec old[2] = {{1, 0}, {1, 0}};
    CHECK_OK(utimensat(AT_FDCWD, "t", old, 0));
    CHECK_OK(truncate("t", 2));
    CHECK_OK(stat("t", &st));
    CHECK_EQ(st.st_atime, 1);
    CHECK(st.st_mtime > 1);
    CHECK_OK(utimensat(AT_FDCWD, "t", old, 0));
    CHECK_OK(close(open("t", O_WRONLY | O_TRUNC)));
    CHECK_OK(stat("t", &st));
    CHECK(st.st_mtime > 1);
    if (!as_root("rights of truncate"))
        return;
    CHECK_OK(chmod("t", 0644));
    become(USER);
    CHECK_ERR(truncate("t", 0), EACCES);
    become_root();
    CHECK_OK(chmod("t", 06777));
    CHECK_OK(chown("t", USER, USER));
    CHECK_OK(chmod("t", 06777));
    become(OTHER);
    CHECK_OK(truncate("t", 1)); /* a change by another takes the set-id bits */
    become_root();
    CHECK_OK(stat("t", &st));
    CHECK_EQ(st.st_mode & 07777, 0777);
}

int main(void)
{
    check_sizes();
    check_errors();
    check_times_and_rights();
    return check_done();
}
