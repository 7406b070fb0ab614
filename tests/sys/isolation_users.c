/* What keeps users apart: who may signal whom, what of another's process can be read, and the bits
 * of set-id programs, which go when someone else changes the file.
 * needs: procfs users settings files */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sys/resource.h>

enum { THIRD = 3000 };

static const uid_t ids[] = {0, USER, OTHER};
enum { N_IDS = 3 };

/* A child with these users that only waits to be killed. */
static pid_t start_target(uid_t real, uid_t effective, uid_t saved)
{
    int ready[2];
    char c;
    if (pipe(ready))
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        if (setresuid(real, effective, saved) || write(ready[1], "", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    if (read(ready[0], &c, 1) != 1)
        pid = -1;
    close(ready[0]);
    close(ready[1]);
    return pid;
}

/* As that user, kill(pid, 0): 0 or errno. */
static int errno_of_kill(uid_t real, uid_t effective, pid_t pid)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        if (setresuid(real, effective, effective))
            _exit(255);
        _exit(kill(pid, 0) ? errno : 0);
    }
    waitpid(child, &status, 0);
    return WEXITSTATUS(status);
}

/* The sender's real or effective user must be the target's real or saved one, or root. */
static void check_kill(void)
{
    int wrong = 0, tried = 0;
    for (int i = 0; i < 27; i++) {
        uid_t real = ids[i % 3], effective = ids[i / 3 % 3], saved = ids[i / 9];
        pid_t target = start_target(real, effective, saved);
        for (int j = 0; j < N_IDS * N_IDS; j++) {
            uid_t r = ids[j % 3], e = ids[j / 3];
            bool may = e == 0 || r == real || r == saved || e == real || e == saved;
            int got = errno_of_kill(r, e, target);
            tried++;
            if (got != (may ? 0 : EPERM)) {
                NOTE("%d,%d to %d,%d,%d: errno %d", r, e, real, effective, saved, got);
                wrong++;
            }
        }
        kill(target, SIGKILL);
        waitpid(target, NULL, 0);
    }
    CHECK_EQ(tried, 243);
    CHECK_EQ(wrong, 0);
}

/* ---- Another's process ---- */

static int errno_of_open(pid_t pid, const char *name)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
    int fd = open(path, O_RDONLY);
    char byte;
    int error = fd < 0 || (read(fd, &byte, 1) < 0 && errno != EISDIR) ? errno : 0;
    close(fd);
    return error;
}

static int errno_of_link(pid_t pid, const char *name)
{
    char path[64], target[256];
    snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
    return readlink(path, target, sizeof(target)) < 0 ? errno : 0;
}

static void check_proc(void)
{
    pid_t target = start_target(OTHER, OTHER, OTHER);
    become(USER);
    CHECK_EQ(errno_of_open(target, "environ"), EACCES);
    CHECK_EQ(errno_of_open(target, "maps"), EACCES);
    CHECK_EQ(errno_of_open(target, "fd"), EACCES);
    CHECK_EQ(errno_of_link(target, "cwd"), EACCES);
    CHECK_EQ(errno_of_link(target, "root"), EACCES);
    CHECK_EQ(errno_of_link(target, "exe"), EACCES);
    CHECK_EQ(errno_of_link(target, "fd/0"), EACCES);
    CHECK_EQ(errno_of_open(target, "stat"), 0);
    CHECK_EQ(errno_of_open(target, "status"), 0);
    CHECK_EQ(errno_of_open(target, "cmdline"), 0);
    CHECK_ERR(setpriority(PRIO_PROCESS, (id_t)target, 5), EPERM);
    struct rlimit limit;
    CHECK_ERR(syscall(SYS_prlimit64, target, RLIMIT_NOFILE, NULL, &limit), EPERM);
    CHECK_ERR(syscall(SYS_tkill, target, SIGTERM), EPERM);
    CHECK_ERR(syscall(SYS_tgkill, target, target, SIGTERM), EPERM);
    become_root();
    CHECK_EQ(kill(target, SIGKILL), 0);
    waitpid(target, NULL, 0);
}

/* ---- Set-id bits ---- */

/* The mode of a file of USER's and group USER's after `change` by that user. */
static mode_t mode_after(mode_t before, uid_t by, int (*change)(void))
{
    struct stat s;
    unlink("set-id");
    make_file("set-id", "program");
    if (chown("set-id", USER, USER) || chmod("set-id", before))
        return 1;
    become(by);
    change();
    become_root();
    stat("set-id", &s);
    return s.st_mode & 07777;
}

static int by_write(void)
{
    int fd = open("set-id", O_WRONLY);
    ssize_t n = write(fd, "x", 1);
    close(fd);
    return (int)n;
}

static int by_empty_write(void)
{
    int fd = open("set-id", O_WRONLY);
    ssize_t n = write(fd, "", 0);
    close(fd);
    return (int)n;
}

static int by_truncate(void)
{
    return truncate("set-id", 2);
}

static int by_open(void)
{
    return close(open("set-id", O_WRONLY | O_TRUNC));
}

static int by_chown(void)
{
    return chown("set-id", USER, USER);
}

static int by_chown_of_nothing(void)
{
    return chown("set-id", -1, -1);
}

static int by_chgrp(void)
{
    return chown("set-id", -1, OTHER);
}

static int by_mapping(void)
{
    int fd = open("set-id", O_RDWR);
    char *bytes = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (bytes != MAP_FAILED)
        bytes[0] = 'y';
    munmap(bytes, PAGE);
    return close(fd);
}

static void check_set_id(void)
{
    CHECK_EQ(mode_after(06777, OTHER, by_write), 0777);
    CHECK_EQ(mode_after(06777, USER, by_write), 0777); /* the owner too */
    CHECK_EQ(mode_after(06777, 0, by_write), 06777);
    CHECK_EQ(mode_after(04777, OTHER, by_write), 0777);
    CHECK_EQ(mode_after(02777, OTHER, by_write), 0777);
    CHECK_EQ(mode_after(03777, OTHER, by_write), 01777);
    CHECK_EQ(mode_after(06777, OTHER, by_empty_write), 06777);
    CHECK_EQ(mode_after(06777, OTHER, by_truncate), 0777);
    CHECK_EQ(mode_after(06777, 0, by_truncate), 06777);
    CHECK_EQ(mode_after(06777, OTHER, by_open), 0777);
    CHECK_EQ(mode_after(06777, 0, by_chown), 0777); /* root too */
    CHECK_EQ(mode_after(06777, USER, by_chown), 0777);
    CHECK_EQ(mode_after(06777, 0, by_chgrp), 0777);
    CHECK_EQ(mode_after(06777, USER, by_chown_of_nothing), 0777);
    CHECK_EQ(mode_after(06777, OTHER, by_chown), 06777); /* refused: nothing changes */
    CHECK_EQ(mode_after(06777, OTHER, by_mapping), 06777);
    CHECK_EQ(mode_after(06770, OTHER, by_write), 06770);
}

int main(void)
{
    if (as_root("users are kept apart")) {
        umask(0);
        check_kill();
        check_proc();
        check_set_id();
    }
    return check_done();
}
