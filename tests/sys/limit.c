/* getrlimit, setrlimit, prlimit64, getpriority, setpriority: values, rights, effects; errors.
 * needs: users settings */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sys/resource.h>

static void check_values(void)
{
    struct rlimit limit, back;
    CHECK_OK(getrlimit(RLIMIT_NOFILE, &limit));
    CHECK(limit.rlim_cur <= limit.rlim_max);
    limit.rlim_cur = 123;
    CHECK_OK(setrlimit(RLIMIT_NOFILE, &limit));
    CHECK_OK(getrlimit(RLIMIT_NOFILE, &back));
    CHECK_EQ(back.rlim_cur, 123);
    CHECK_EQ(back.rlim_max == limit.rlim_max, 1);
    struct rlimit wrong = {2, 1};
    CHECK_ERR(setrlimit(RLIMIT_NOFILE, &wrong), EINVAL);
    CHECK_ERR(syscall(SYS_setrlimit, 99, &limit), EINVAL);
    CHECK_ERR(syscall(SYS_getrlimit, 99, &limit), EINVAL);
    CHECK_ERR(syscall(SYS_getrlimit, -1, &limit), EINVAL);
    CHECK_ERR(syscall(SYS_getrlimit, RLIMIT_NOFILE, BAD_KERNEL), EFAULT);
    CHECK_ERR(syscall(SYS_setrlimit, RLIMIT_NOFILE, BAD_LOW), EFAULT);
    struct rlimit huge = {RLIM_INFINITY, RLIM_INFINITY};
    CHECK_ERR(setrlimit(RLIMIT_NOFILE, &huge), EPERM); /* more than the kernel can hold */
    int failed = 0;
    for (int i = 0; i < 16; i++)
        failed += getrlimit(i, &limit) != 0;
    CHECK_EQ(failed, 0);
    CHECK_OK(getrlimit(RLIMIT_STACK, &limit));
    CHECK_EQ(limit.rlim_cur, 8 << 20);
}

static void check_prlimit(void)
{
    struct rlimit old, low = {100, 200};
    CHECK_CHILD("prlimit64", {
        CHILD_REQUIRE(syscall(SYS_prlimit64, 0, RLIMIT_CORE, NULL, &old) == 0);
        low.rlim_max = old.rlim_max < 200 ? old.rlim_max : 200;
        low.rlim_cur = 0;
        CHILD_REQUIRE(syscall(SYS_prlimit64, getpid(), RLIMIT_CORE, &low, &old) == 0);
        CHILD_REQUIRE(syscall(SYS_prlimit64, 0, RLIMIT_CORE, NULL, &old) == 0);
        CHILD_REQUIRE(old.rlim_max == low.rlim_max && old.rlim_cur == 0);
    });
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        for (;;)
            pause();
    low = (struct rlimit){50, 60};
    CHECK_OK(syscall(SYS_prlimit64, child, RLIMIT_NOFILE, &low, NULL));
    CHECK_OK(syscall(SYS_prlimit64, child, RLIMIT_NOFILE, NULL, &old));
    CHECK_EQ(old.rlim_cur, 50);
    kill(child, SIGKILL);
    CHECK_EQ(status_of(child), SIGKILL);
    CHECK_ERR(syscall(SYS_prlimit64, 4000000, RLIMIT_NOFILE, NULL, &old), ESRCH);
    CHECK_ERR(syscall(SYS_prlimit64, 0, 99, NULL, &old), EINVAL);
    CHECK_ERR(syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, BAD_KERNEL, NULL), EFAULT);
    CHECK_ERR(syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, BAD_KERNEL), EFAULT);
}

static void check_rights(void)
{
    if (!as_root("rights of limits"))
        return;
    CHECK_CHILD("a user lowers, but does not raise", {
        struct rlimit limit = {10, 20};
        CHILD_REQUIRE(setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0}) == 0);
        CHILD_REQUIRE(setrlimit(RLIMIT_NPROC, &limit) == 0);
        CHILD_REQUIRE(setresuid(4321, 4321, 4321) == 0);
        limit.rlim_cur = 20;
        CHILD_REQUIRE(setrlimit(RLIMIT_NPROC, &limit) == 0);
        limit.rlim_max = 21;
        CHILD_REQUIRE(setrlimit(RLIMIT_NPROC, &limit) == -1 && errno == EPERM);
        limit.rlim_cur = limit.rlim_max = 5;
        CHILD_REQUIRE(setrlimit(RLIMIT_NPROC, &limit) == 0);
        CHILD_REQUIRE(syscall(SYS_prlimit64, getppid(), RLIMIT_NOFILE, NULL, &limit) == -1 &&
                      errno == EPERM);
    });
}

/* What the limits on memory and the stack do. */
static void check_memory(void)
{
    CHECK_CHILD("RLIMIT_AS", {
        struct rlimit limit = {256 << 20, RLIM_INFINITY};
        CHILD_REQUIRE(setrlimit(RLIMIT_AS, &limit) == 0);
        void *at = mmap(NULL, 512 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHILD_REQUIRE(at == MAP_FAILED && errno == ENOMEM);
        at = mmap(NULL, 16 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHILD_REQUIRE(at != MAP_FAILED);
    });
    CHECK_CHILD("RLIMIT_DATA", {
        struct rlimit limit = {64 << 20, RLIM_INFINITY};
        CHILD_REQUIRE(setrlimit(RLIMIT_DATA, &limit) == 0);
        long end = syscall(SYS_brk, 0);
        CHILD_REQUIRE(syscall(SYS_brk, end + (128 << 20)) == end);
    });
}

static void check_priority(void)
{
    CHECK_CHILD("nice values", {
        int nice = 20 - (int)syscall(SYS_getpriority, PRIO_PROCESS, 0); /* as we were started */
        int nicer = nice < 14 ? nice + 5 : 19;
        CHILD_REQUIRE(nice >= 0 && nice < 20);
        CHILD_REQUIRE(setpriority(PRIO_PROCESS, 0, nicer) == 0);
        CHILD_REQUIRE(syscall(SYS_getpriority, PRIO_PROCESS, getpid()) == 20 - nicer);
        CHILD_REQUIRE(setpriority(PRIO_PROCESS, 0, 100) == 0);
        CHILD_REQUIRE(syscall(SYS_getpriority, PRIO_PROCESS, 0) == 1);
        CHILD_REQUIRE(setpriority(PRIO_PGRP, 4000000, 5) == -1 && errno == ESRCH);
        CHILD_REQUIRE(setpriority(PRIO_PROCESS, 4000000, 5) == -1 && errno == ESRCH);
        CHILD_REQUIRE(setpriority(99, 0, 5) == -1 && errno == EINVAL);
        CHILD_REQUIRE(syscall(SYS_getpriority, 99, 0) == -1 && errno == EINVAL);
        if (geteuid() == 0) {
            CHILD_REQUIRE(setresuid(4321, 4321, 4321) == 0);
            CHILD_REQUIRE(setpriority(PRIO_PROCESS, 0, 0) == -1 && errno == EACCES);
            CHILD_REQUIRE(setpriority(PRIO_PROCESS, getppid(), 19) == -1 && errno == EPERM);
        }
    });
}

static void check_file_size(void)
{
    static char buf[3 * 4096];
    int fd = open("f", O_RDWR | O_CREAT, 0666);
    struct rlimit old, low;
    CHECK_OK(getrlimit(RLIMIT_FSIZE, &old));
    low = (struct rlimit){5000, old.rlim_max};
    CHECK_OK(setrlimit(RLIMIT_FSIZE, &low));
    signal(SIGXFSZ, SIG_IGN);
    CHECK_OK(ftruncate(fd, 0));
    CHECK_EQ(pwrite(fd, buf, sizeof buf, 4000), 1000); /* as much as goes */
    CHECK_ERR(pwrite(fd, buf, 1, 5000), EFBIG);
    CHECK_ERR(pwrite(fd, buf, 1, 1 << 20), EFBIG);
    CHECK_ERR(ftruncate(fd, 5001), EFBIG);
    CHECK_EQ(pwrite(fd, buf, 0, 1 << 20), 0);
    CHECK_OK(ftruncate(fd, 5000));
    signal(SIGXFSZ, SIG_DFL);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(pwrite(fd, buf, 1, 5000) + 10);
    int status = status_of(child);
    CHECK(WIFSIGNALED(status));
    CHECK_EQ(WTERMSIG(status), SIGXFSZ);
    CHECK_OK(setrlimit(RLIMIT_FSIZE, &old));
    close(fd);
}

int main(void)
{
    check_values();
    check_prlimit();
    check_rights();
    check_memory();
    check_file_size();
    check_priority();
    return check_done();
}
