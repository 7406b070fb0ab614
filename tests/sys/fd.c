/* close, close_range, dup, dup2, dup3, fcntl: descriptors, their flags, record locks; errors.
 * needs: locks */
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

static void check_close_range(void)
{
    CHECK_OK(syscall(SYS_close_range, 50, 51, 0));
    CHECK_ERR(fcntl(50, F_GETFD), EBADF);
    CHECK_ERR(fcntl(51, F_GETFD), EBADF);
    CHECK_EQ(fcntl(52, F_GETFD), FD_CLOEXEC);
    CHECK_EQ(fcntl(100, F_GETFD), 0);
    CHECK_OK(syscall(SYS_close_range, 60, ~0u, 4)); /* CLOSE_RANGE_CLOEXEC */
    CHECK_EQ(fcntl(100, F_GETFD), FD_CLOEXEC);
    CHECK_EQ(fcntl(101, F_GETFD), FD_CLOEXEC);
    CHECK_OK(syscall(SYS_close_range, 50, ~0u, 0));
    CHECK_ERR(fcntl(100, F_GETFD), EBADF);
    CHECK_OK(syscall(SYS_close_range, 50, 60, 0)); /* nothing there is no error */
    CHECK_ERR(syscall(SYS_close_range, 5, 4, 0), EINVAL);
    CHECK_ERR(syscall(SYS_close_range, 50, 60, 64), EINVAL);
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

static void check_owner(void)
{
    int p[2];
    CHECK_OK(pipe(p));
    CHECK_EQ(fcntl(p[0], F_GETOWN), 0);
    CHECK_OK(fcntl(p[0], F_SETOWN, getpid()));
    CHECK_EQ(fcntl(p[0], F_GETOWN), getpid());
    CHECK_EQ(fcntl(p[1], F_GETOWN), 0);
    CHECK_OK(fcntl(p[0], F_SETOWN, 0));
    CHECK_EQ(fcntl(p[0], F_GETOWN), 0);
    CHECK_ERR(fcntl(p[0], F_SETOWN, 4000000), ESRCH);
    CHECK_ERR(fcntl(p[0], F_SETOWN, INT_MIN), EINVAL);
    close(p[0]);
    close(p[1]);
}

/* Whom a signal about a file is for, in both forms, and which signal. */
static void check_owner_ex(void)
{
    enum { SETSIG = 10, GETSIG = 11, SET_EX = 15, GET_EX = 16, THREAD = 0, PROCESS = 1, GROUP = 2 };
    struct {
        int type, pid;
    } owner = {-1, -1};
    int p[2];
    CHECK_OK(pipe(p));
    CHECK_OK(fcntl(p[0], GET_EX, &owner));
    CHECK_EQ(owner.type, THREAD);
    CHECK_EQ(owner.pid, 0);
    CHECK_OK(fcntl(p[0], F_SETOWN, -getpgrp()));
    CHECK_OK(fcntl(p[0], GET_EX, &owner));
    CHECK_EQ(owner.type, GROUP);
    CHECK_EQ(owner.pid, getpgrp());
    CHECK_EQ(fcntl(p[1], GET_EX, &owner), 0); /* the other end has an owner of its own */
    CHECK_EQ(owner.pid, 0);
    CHECK_OK(fcntl(p[0], F_SETOWN, getpid()));
    CHECK_OK(fcntl(p[0], GET_EX, &owner));
    CHECK_EQ(owner.type, PROCESS);
    owner.type = THREAD;
    CHECK_OK(fcntl(p[0], SET_EX, &owner));
    CHECK_EQ(fcntl(p[0], F_GETOWN), getpid());
    owner.type = 3;
    CHECK_ERR(fcntl(p[0], SET_EX, &owner), EINVAL);
    owner.type = -1;
    CHECK_ERR(fcntl(p[0], SET_EX, &owner), EINVAL);
    owner.type = PROCESS;
    owner.pid = 4000000;
    CHECK_ERR(fcntl(p[0], SET_EX, &owner), ESRCH);
    owner.pid = -getpid();
    CHECK_ERR(fcntl(p[0], SET_EX, &owner), ESRCH);
    CHECK_OK(fcntl(p[0], GET_EX, &owner));
    CHECK_EQ(owner.type, THREAD); /* as it was */
    owner.pid = 0;
    owner.type = GROUP;
    CHECK_OK(fcntl(p[0], SET_EX, &owner));
    CHECK_OK(fcntl(p[0], GET_EX, &owner));
    CHECK_EQ(owner.type, GROUP);
    CHECK_EQ(fcntl(p[0], F_GETOWN), 0);
    CHECK_ERR(fcntl(p[0], SET_EX, BAD_KERNEL), EFAULT);
    CHECK_ERR(fcntl(p[0], GET_EX, BAD_KERNEL), EFAULT);
    CHECK_EQ(fcntl(p[0], GETSIG), 0);
    CHECK_OK(fcntl(p[0], SETSIG, SIGUSR1));
    CHECK_EQ(fcntl(p[0], GETSIG), SIGUSR1);
    CHECK_OK(fcntl(p[0], SETSIG, 64));
    CHECK_ERR(fcntl(p[0], SETSIG, 65), EINVAL);
    CHECK_ERR(fcntl(p[0], SETSIG, -1), EINVAL);
    CHECK_EQ(fcntl(p[0], GETSIG), 64);
    CHECK_OK(fcntl(p[0], SETSIG, 0));
    close(p[0]);
    close(p[1]);
}

/* What another process is told about a lock of this kind over the whole of "f". */
static int others_lock(short type)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        struct flock lock = {.l_type = type, .l_whence = SEEK_SET};
        if (fcntl(open("f", O_RDWR), F_SETLK, &lock) == 0)
            _exit(0);
        _exit(errno == EAGAIN || errno == EACCES ? 1 : 2);
    }
    return WEXITSTATUS(status_of(child));
}

static void check_locks(void)
{
    int fd = open("f", O_RDWR);
    struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 2, .l_len = 3};
    CHECK_EQ(others_lock(F_WRLCK), 0);
    CHECK_OK(fcntl(fd, F_SETLK, &lock));
    CHECK_EQ(others_lock(F_RDLCK), 0);
    CHECK_EQ(others_lock(F_WRLCK), 1);
    lock.l_type = F_WRLCK;
    CHECK_OK(fcntl(fd, F_SETLKW, &lock));
    CHECK_EQ(others_lock(F_RDLCK), 1);
    lock.l_type = F_WRLCK;
    CHECK_OK(fcntl(fd, F_GETLK, &lock)); /* one's own lock is not in one's way */
    CHECK_EQ(lock.l_type, F_UNLCK);
    lock.l_type = F_UNLCK;
    CHECK_OK(fcntl(fd, F_SETLK, &lock));
    CHECK_EQ(others_lock(F_WRLCK), 0);
    lock.l_type = F_WRLCK;
    CHECK_OK(fcntl(fd, F_SETLK, &lock));
    close(open("f", O_RDONLY)); /* any close of the file by the process ends its locks */
    CHECK_EQ(others_lock(F_WRLCK), 0);
    lock.l_type = 99;
    CHECK_ERR(fcntl(fd, F_SETLK, &lock), EINVAL);
    lock.l_type = F_WRLCK;
    CHECK_ERR(fcntl(77, F_SETLK, &lock), EBADF);
    CHECK_ERR(fcntl(fd, F_SETLK, BAD_LOW), EFAULT);
    int read_only = open("f", O_RDONLY);
    CHECK_ERR(fcntl(read_only, F_SETLK, &lock), EBADF);
    close(read_only);
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
    CHECK_OK(fsync(open("f", O_RDONLY)));
    CHECK_OK(fdatasync(fd));
    CHECK_ERR(fsync(77), EBADF);
    CHECK_ERR(fdatasync(77), EBADF);
    int p[2];
    CHECK_OK(pipe(p));
    CHECK_ERR(fsync(p[0]), EINVAL);
}

int main(void)
{
    check_dup();
    check_close_range();
    check_flags();
    check_owner();
    check_locks();
    check_inherited();
    check_owner_ex();
    return check_done();
}
