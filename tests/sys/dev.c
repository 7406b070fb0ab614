/* The small devices: null, zero, full, random, urandom; the links of /dev; getrandom.
 * needs: procfs poll random */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

static void check_null(void)
{
    char buf[16];
    struct stat st;
    int fd = open("/dev/null", O_RDWR);
    CHECK_OK(fd);
    CHECK_EQ(read(fd, buf, sizeof buf), 0);
    CHECK_EQ(write(fd, buf, sizeof buf), sizeof buf);
    CHECK_EQ(write(fd, BAD_LOW, 5), 5);
    CHECK_OK(fstat(fd, &st));
    CHECK(S_ISCHR(st.st_mode));
    CHECK_EQ(st.st_rdev, makedev(1, 3));
    CHECK_EQ(lseek(fd, 100, SEEK_SET), 0);
    CHECK_ERR(ioctl(fd, 0x5401, buf), ENOTTY);
    close(fd);
}

static void check_zero(void)
{
    static char buf[10000];
    long sum = 0;
    memset(buf, 1, sizeof buf);
    int fd = open("/dev/zero", O_RDWR);
    CHECK_EQ(read(fd, buf, sizeof buf), sizeof buf);
    for (size_t i = 0; i < sizeof buf; i++)
        sum += buf[i];
    CHECK_EQ(sum, 0);
    CHECK_EQ(pread(fd, buf, 10, 1000), 10);
    CHECK_ERR(read(fd, BAD_LOW, 10), EFAULT);
    CHECK_EQ(write(fd, buf, 10), 10);
    close(fd);
    fd = open("/dev/full", O_RDWR);
    CHECK_ERR(write(fd, buf, 10), ENOSPC);
    CHECK_EQ(read(fd, buf, 10), 10);
    struct pollfd ready = {.fd = fd, .events = POLLIN | POLLOUT};
    CHECK_EQ(poll(&ready, 1, 0), 1);
    close(fd);
}

/* Are the bytes as many ones as zeros, about? */
static bool is_random(const unsigned char *bytes, size_t n)
{
    long ones = 0;
    for (size_t i = 0; i < n; i++)
        for (int bit = 0; bit < 8; bit++)
            ones += bytes[i] >> bit & 1;
    return ones > (long)n * 38 / 10 && ones < (long)n * 42 / 10;
}

static void check_random(void)
{
    static unsigned char a[5000], b[5000];
    int fd = open("/dev/urandom", O_RDONLY);
    CHECK_EQ(read(fd, a, sizeof a), sizeof a);
    CHECK_EQ(read(fd, b, sizeof b), sizeof b);
    CHECK(is_random(a, sizeof a) && is_random(b, sizeof b));
    CHECK(memcmp(a, b, sizeof a) != 0);
    CHECK_ERR(read(fd, BAD_LOW, 10), EFAULT);
    close(fd);
    CHECK_EQ(syscall(SYS_getrandom, a, 16, 0), 16);
    CHECK_EQ(syscall(SYS_getrandom, b, 16, 1), 16);
    CHECK(memcmp(a, b, 16) != 0);
    CHECK_EQ(syscall(SYS_getrandom, a, 0, 0), 0);
    CHECK_ERR(syscall(SYS_getrandom, a, 16, 0x80), EINVAL);
    CHECK_ERR(syscall(SYS_getrandom, a, 16, 6), EINVAL);
    CHECK_ERR(syscall(SYS_getrandom, BAD_LOW, 16, 0), EFAULT);
}

/* After a fork the two draw different numbers. */
static void check_fork(void)
{
    unsigned char mine[16], theirs[16];
    int p[2];
    CHECK_OK(pipe(p));
    pid_t child = fork();
    syscall(SYS_getrandom, mine, sizeof mine, 0);
    if (child == 0)
        _exit(write(p[1], mine, sizeof mine) == sizeof mine ? 0 : 1);
    CHECK_EQ(read(p[0], theirs, sizeof theirs), sizeof theirs);
    CHECK(memcmp(mine, theirs, sizeof mine) != 0);
    waitpid(child, NULL, 0);
    close(p[0]);
    close(p[1]);
}

static void check_links(void)
{
    char target[64];
    int p[2], fd;
    CHECK_EQ(readlink("/dev/fd", target, sizeof target), 13);
    CHECK_OK(pipe(p));
    snprintf(target, sizeof target, "/dev/fd/%d", p[1]);
    fd = open(target, O_WRONLY);
    CHECK_OK(fd);
    CHECK_EQ(write(fd, "x", 1), 1);
    CHECK_EQ(read(p[0], target, sizeof target), 1);
    close(fd);
    close(p[0]);
    close(p[1]);
    CHECK_ERR(open("/dev/nothing", O_RDONLY), ENOENT);
}

/* A device is not a file: open flags that make or cut one do no harm. */
static void check_opening(void)
{
    int fd = open("/dev/null", O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0666);
    CHECK_OK(fd);
    CHECK_ERR(ftruncate(fd, 0), EINVAL);
    CHECK_ERR(open("/dev/null", O_RDONLY | O_DIRECTORY), ENOTDIR);
    CHECK_ERR(open("/dev/null", O_WRONLY | O_CREAT | O_EXCL, 0666), EEXIST);
    close(fd);
}

/* Where C libraries keep shared memory and semaphores that have a name. */
static void check_shm(void)
{
    struct stat st;
    CHECK_OK(stat("/dev/shm", &st));
    CHECK_EQ(st.st_mode, S_IFDIR | 01777);
    int fd = open("/dev/shm/ouros-test", O_RDWR | O_CREAT | O_EXCL, 0600);
    CHECK_OK(ftruncate(fd, 4096));
    CHECK_OK(unlink("/dev/shm/ouros-test"));
    close(fd);
}

int main(void)
{
    check_shm();
    check_null();
    check_zero();
    check_random();
    check_fork();
    check_links();
    check_opening();
    return check_done();
}
