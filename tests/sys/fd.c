/* close, dup, dup2, dup3, fcntl: descriptors, and their flags; errors. */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sys/resource.h>

static void check_dup(void)
{
    int fd = open("f", O_RDWR | O_CREAT, 0666);
    CHECK_EQ(write(fd, "0123456789", 10), 10);
    int copy = dup(fd);
    CHECK_EQ(copy, fd + 1);
    CHECK_EQ(lseek(copy, 3, SEEK_SET), 3);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 3); /* one open file, one position */
    CHECK_OK(fcntl(fd, F_SETFD, FD_CLOEXEC));
    CHECK_EQ(fcntl(copy, F_GETFD), 0); /* but flags of their own */
    int third = dup(fd);
    CHECK_EQ(fcntl(third, F_GETFD), 0);
    CHECK_OK(close(third));
    CHECK_ERR(close(third), EBADF);
    CHECK_ERR(close(-1), EBADF);
    CHECK_ERR(close(1 << 30), EBADF);
    CHECK_ERR(dup(third), EBADF);
    CHECK_ERR(dup(-1), EBADF);

    int other = open("/dev/null", O_RDWR);
    CHECK_EQ(dup2(fd, other), other);
    CHECK_EQ(lseek(other, 0, SEEK_CUR), 3);
    CHECK_EQ(dup2(fd, 100), 100);
    CHECK_EQ(fcntl(100, F_GETFD), 0);
    CHECK_EQ(dup2(fd, fd), fd);
    CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
    CHECK_ERR(dup2(77, 77), EBADF);
    CHECK_ERR(dup2(77, fd), EBADF);
    CHECK_ERR(dup2(fd, -1), EBADF);
    CHECK_ERR(dup2(fd, 1 << 30), EBADF);
    CHECK_EQ(dup3(fd, 101, O_CLOEXEC), 101);
    CHECK_EQ(fcntl(101, F_GETFD), FD_CLOEXEC);
    CHECK_EQ(dup3(fd, 101, 0), 101);
    CHECK_EQ(fcntl(101, F_GETFD), 0);
    CHECK_ERR(dup3(fd, fd, 0), EINVAL);
    CHECK_ERR(dup3(fd, 102, O_NONBLOCK), EINVAL);
    CHECK_ERR(dup3(77, 102, 0), EBADF);

    CHECK_EQ(fcntl(fd, F_DUPFD, 50), 50);
    CHECK_EQ(fcntl(fd, F_DUPFD, 50), 51);
    CHECK_EQ(fcntl(fd, F_DUPFD_CLOEXEC, 50), 52);
    CHECK_EQ(fcntl(52, F_GETFD), FD_CLOEXEC);
    CHECK_EQ(fcntl(51, F_GETFD), 0);
    CHECK_ERR(fcntl(fd, F_DUPFD, -1), EINVAL);
    CHECK_ERR(fcntl(fd, F_DUPFD, 1 << 30), EINVAL);
    CHECK_ERR(fcntl(77, F_DUPFD, 0), EBADF);
}

static void check_flags(void)
{
    int fd = open("f", O_RDWR | O_APPEND), copy = dup(fd);
    CHECK_EQ(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK), O_RDWR | O_APPEND);
    CHECK_OK(fcntl(fd, F_SETFL, O_NONBLOCK));
    CHECK_EQ(fcntl(copy, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK), O_RDWR | O_NONBLOCK);
    CHECK_OK(fcntl(fd, F_SETFL, O_WRONLY | O_TRUNC | O_CREAT | O_APPEND)); /* only some change */
    CHECK_EQ(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK), O_RDWR | O_APPEND);
    CHECK_OK(fcntl(fd, F_SETFD, ~0));
    CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
    CHECK_OK(fcntl(fd, F_SETFD, 0));
    CHECK_ERR(fcntl(77, F_GETFL), EBADF);
    CHECK_ERR(fcntl(fd, 9999, 0), EINVAL);
    close(fd);
    close(copy);
}

static void check_inherited(void)
{
    int fd = open("f", O_RDONLY);
    CHECK_CHILD("the position is shared with a child", {
        char buf[4];
        CHILD_REQUIRE(read(fd, buf, 4) == 4);
        CHILD_REQUIRE(close(fd) == 0);
    });
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 4);
    close(fd);
}

int main(void)
{
    check_dup();
    check_flags();
    check_inherited();
    return check_done();
}
