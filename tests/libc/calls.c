/* System calls under their names in C: those that are more than a number and registers.
 * needs: users files memfd holes posix times memory settings ptrace */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include <sched.h>
#include <sys/fsuid.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <time.h>

static volatile int handled;

static void note_signal(int number)
{
    handled = number;
}

static void check_signals(void)
{
    sigset_t set, old;
    siginfo_t info = {0};
    const struct timespec none = {0, 0}, wrong = {0, -1};
    int number = 0;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGRTMIN + 1);
    sigprocmask(SIG_BLOCK, &set, &old);
    CHECK_ERR(sigtimedwait(&set, &info, &none), EAGAIN);
    CHECK_ERR(sigtimedwait(&set, &info, &wrong), EINVAL);
    CHECK_OK(sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_int = 42}));
    CHECK_EQ(sigwaitinfo(&set, &info), SIGRTMIN + 1);
    CHECK_EQ(info.si_signo, SIGRTMIN + 1);
    CHECK_EQ(info.si_code, SI_QUEUE);
    CHECK_EQ(info.si_pid, getpid());
    CHECK_EQ(info.si_uid, getuid());
    CHECK_EQ(info.si_value.sival_int, 42);
    CHECK_ERR(sigqueue(getpid(), 65, (union sigval){.sival_int = 0}), EINVAL);
    kill(getpid(), SIGUSR1);
    CHECK_EQ(sigtimedwait(&set, NULL, &none), SIGUSR1);
    kill(getpid(), SIGUSR1);
    CHECK_EQ(sigwait(&set, &number), 0);
    CHECK_EQ(number, SIGUSR1);
    sigprocmask(SIG_SETMASK, &old, NULL);
}

/* A handler of another signal ends sigwaitinfo, and not sigwait. */
static void check_interrupted_wait(void)
{
    sigset_t set, old;
    int number = 0;
    signal(SIGUSR2, note_signal);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, &old);
    pid_t parent = getpid();
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        struct timespec step = {0, 1000000};
        for (int i = 0; i < 20; i++) {
            kill(parent, SIGUSR2);
            nanosleep(&step, NULL);
        }
        kill(parent, SIGUSR1);
        for (;;)
            kill(parent, SIGUSR2), nanosleep(&step, NULL);
    }
    CHECK_EQ(sigwait(&set, &number), 0);
    CHECK_EQ(number, SIGUSR1);
    CHECK_ERR(sigwaitinfo(&set, NULL), EINTR);
    CHECK_EQ(handled, SIGUSR2);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    sigprocmask(SIG_SETMASK, &old, NULL);
    signal(SIGUSR2, SIG_DFL);
}

static void check_files(void)
{
    char one[3] = "", two[8] = "";
    struct iovec out[] = {{"abc", 3}, {"defgh", 5}}, in[] = {{one, 3}, {two, 5}};
    struct stat st;
    int fd = memfd_create("calls", MFD_CLOEXEC);
    CHECK_OK(fd);
    CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
    CHECK_ERR(memfd_create("calls", ~0u), EINVAL);
    CHECK_EQ(pwritev(fd, out, 2, 10), 8);
    CHECK_EQ(preadv(fd, in, 2, 10), 8);
    CHECK(memcmp(one, "abc", 3) == 0 && memcmp(two, "defgh", 5) == 0);
    CHECK_ERR(preadv(fd, in, 2, -1), EINVAL);
    CHECK_EQ(lseek(fd, 11, SEEK_SET), 11);
    CHECK_EQ(preadv2(fd, in, 1, -1, 0), 3);
    CHECK(memcmp(one, "bcd", 3) == 0);
    CHECK_EQ(pwritev2(fd, out, 1, -1, 0), 3);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 17);
    CHECK_OK(fallocate(fd, 0, 0, 100));
    CHECK_OK(fstat(fd, &st));
    CHECK_EQ(st.st_size, 100);
    CHECK_OK(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 1000));
    CHECK_OK(fstat(fd, &st));
    CHECK_EQ(st.st_size, 100);
    errno = 0;
    CHECK_EQ(posix_fallocate(fd, 0, 200), 0);
    CHECK_EQ(posix_fallocate(fd, 0, 0), EINVAL);
    CHECK_EQ(posix_fallocate(-1, 0, 1), EBADF);
    CHECK_EQ(errno, 0);
    CHECK_OK(fstat(fd, &st));
    CHECK_EQ(st.st_size, 200);
    CHECK_OK(syncfs(fd));
    CHECK_OK(close(fd));
    CHECK_ERR(syncfs(fd), EBADF);
}

static void check_processes(void)
{
    char *const argv[] = {"sh", "-c", "exit 9", NULL}, *const envp[] = {NULL};
    int status = 0;
    CHECK_EQ(setfsuid(-1), geteuid());
    CHECK_EQ(setfsgid(-1), getegid());
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        execveat(AT_FDCWD, "/bin/sh", argv, envp, 0);
        _exit(1);
    }
    waitpid(child, &status, 0);
    CHECK_EQ(WEXITSTATUS(status), 9);
    CHECK_ERR(execveat(-1, "sh", argv, envp, 0), EBADF);
}

static void check_clocks(void)
{
    clockid_t own = 7, of_thread = 7;
    struct timespec used = {0};
    errno = 0;
    CHECK_EQ(clock_getcpuclockid(0, &own), 0);
    CHECK(clock_gettime(own, &used) == 0 && used.tv_sec * 1000000000 + used.tv_nsec > 0);
    CHECK_EQ(clock_getcpuclockid(getpid(), &own), 0);
    CHECK_OK(clock_gettime(own, &used));
    CHECK_EQ(clock_getcpuclockid(4000000, &of_thread), ESRCH);
    CHECK(of_thread == 7 && errno == 0);
}

static void check_memory(void)
{
    enum { PAGE = 4096 };
    char *at = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char back[8] = "";
    CHECK_OK(mlock(at, PAGE));
    CHECK_OK(mlock2(at + PAGE, PAGE, MLOCK_ONFAULT));
    CHECK_ERR(mlock2(at, PAGE, ~0u), EINVAL);
    CHECK_OK(munlock(at, 2 * PAGE));
    CHECK_ERR(mlockall(0), EINVAL);
    CHECK_OK(munlockall());
    memcpy(at, "remote", 7);
    struct iovec here = {back, 7}, there = {at, 7};
    CHECK_EQ(process_vm_readv(getpid(), &here, 1, &there, 1, 0), 7);
    CHECK_STR(back, "remote");
    CHECK_EQ(process_vm_writev(getpid(), &here, 1, &(struct iovec){at + PAGE, 7}, 1, 0), 7);
    CHECK_STR(at + PAGE, "remote");
    CHECK_ERR(process_vm_readv(getpid(), &here, 1, &there, 1, 1), EINVAL);
    CHECK_OK(munmap(at, 2 * PAGE));
}

/* What a file system without extended attributes says. */
static void check_attributes(void)
{
    char value[8];
    int p[2];
    CHECK_ERR(getxattr("/proc/version", "user.a", value, sizeof value), EOPNOTSUPP);
    CHECK_ERR(setxattr("nowhere", "user.a", "v", 1, XATTR_CREATE), ENOENT);
    CHECK_ERR(removexattr("nowhere", "user.a"), ENOENT);
    CHECK_EQ(listxattr("/proc/version", value, sizeof value), 0);
    CHECK_ERR(lgetxattr("/proc/self", "user.a", value, sizeof value), ENODATA);
    CHECK_ERR(lsetxattr("nowhere", "user.a", "v", 1, 0), ENOENT);
    CHECK_ERR(lremovexattr("nowhere", "user.a"), ENOENT);
    CHECK_EQ(llistxattr("/proc/self", value, sizeof value), 0);
    CHECK_OK(pipe(p));
    CHECK_ERR(fgetxattr(p[0], "user.a", value, sizeof value), ENODATA);
    CHECK_ERR(fsetxattr(p[0], "user.a", "v", 1, 0), EPERM);
    CHECK_ERR(fremovexattr(p[0], "user.a"), EPERM);
    CHECK_EQ(flistxattr(p[0], value, sizeof value), 0);
    close(p[0]);
    close(p[1]);
}

static void check_sharing(void)
{
    CHECK_OK(unshare(CLONE_FS | CLONE_FILES));
    CHECK_ERR(unshare(1), EINVAL);
}

int main(void)
{
    check_clocks();
    check_memory();
    check_attributes();
    check_sharing();
    check_signals();
    check_interrupted_wait();
    check_files();
    check_processes();
    return check_done();
}
