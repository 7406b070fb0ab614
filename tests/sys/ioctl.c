/* ioctl on what is no terminal: the requests that every descriptor knows, and those that none does.
 */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sys/ioctl.h>

static void check_flags(int fd)
{
    int on = 1, off = 0;
    CHECK_EQ(fcntl(fd, F_GETFD), 0);
    CHECK_OK(ioctl(fd, FIOCLEX));
    CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
    CHECK_OK(ioctl(fd, FIONCLEX));
    CHECK_EQ(fcntl(fd, F_GETFD), 0);
    CHECK_OK(ioctl(fd, FIONBIO, &on));
    CHECK(fcntl(fd, F_GETFL) & O_NONBLOCK);
    CHECK_OK(ioctl(fd, FIONBIO, &off));
    CHECK((fcntl(fd, F_GETFL) & O_NONBLOCK) == 0);
    CHECK_ERR(ioctl(fd, FIONBIO, BAD_LOW), EFAULT);
    CHECK_ERR(ioctl(fd, FIONBIO, BAD_KERNEL), EFAULT);
}

static void check_bytes_left(int fd)
{
    int left = -1;
    CHECK_OK(ioctl(fd, FIONREAD, &left));
    CHECK_EQ(left, 5);
    CHECK_EQ(lseek(fd, 3, SEEK_SET), 3);
    CHECK_OK(ioctl(fd, FIONREAD, &left));
    CHECK_EQ(left, 2);
    CHECK_EQ(lseek(fd, 8, SEEK_SET), 8);
    CHECK_OK(ioctl(fd, FIONREAD, &left));
    CHECK_EQ(left, -3);
    CHECK_ERR(ioctl(fd, FIONREAD, BAD_LOW), EFAULT);
}

static void check_errors(int fd)
{
    struct winsize size;
    int left, path = open("file", O_PATH);
    CHECK_ERR(ioctl(fd, TIOCGWINSZ, &size), ENOTTY);
    CHECK_ERR(ioctl(fd, 0x12345678, &size), ENOTTY);
    CHECK_ERR(ioctl(-1, FIOCLEX), EBADF);
    CHECK_ERR(ioctl(99, FIONREAD, &left), EBADF);
    CHECK_ERR(ioctl(path, FIOCLEX), EBADF);
    close(path);
    int folder = open(".", O_RDONLY | O_DIRECTORY);
    CHECK_ERR(ioctl(folder, FIONREAD, &left), ENOTTY);
    CHECK_OK(ioctl(folder, FIOCLEX));
    CHECK_EQ(fcntl(folder, F_GETFD), FD_CLOEXEC);
    close(folder);
}

int main(void)
{
    make_file("file", "hello");
    int fd = open("file", O_RDWR);
    CHECK(fd >= 0);
    check_flags(fd);
    check_bytes_left(fd);
    check_errors(fd);
    return check_done();
}
