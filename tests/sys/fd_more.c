/* close_range, fsync; and of fcntl the owner that a file signals, and record locks; errors.
 * needs: locks files */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sys/resource.h>

static void check_close_range(void)
{
    int fd = open("f", O_RDWR | O_CREAT, 0666);
    CHECK_EQ(write(fd, "0123456789", 10), 10);
    static const int numbers[] = {50, 51, 52, 100, 101};
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        CHECK_EQ(dup2(fd, numbers[i]), numbers[i]);
    CHECK_OK(fcntl(52, F_SETFD, FD_CLOEXEC));
    close(fd);
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

static void check_sync(void)
{
    int fd = open("f", O_RDONLY), p[2];
    CHECK_OK(fsync(fd));
    CHECK_OK(fdatasync(fd));
    CHECK_ERR(fsync(77), EBADF);
    CHECK_ERR(fdatasync(77), EBADF);
    CHECK_OK(pipe(p));
    CHECK_ERR(fsync(p[0]), EINVAL);
}

int main(void)
{
    check_close_range();
    check_owner();
    check_locks();
    check_owner_ex();
    check_sync();
    return check_done();
}
