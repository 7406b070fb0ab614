/* System calls under their names in C: those that are more than a number and registers.
 * needs: users files memfd holes posix */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include <sys/fsuid.h>
#include <sys/mman.h>
#include <sys/uio.h>
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

int main(void)
{
    check_signals();
    check_interrupted_wait();
    check_files();
    check_processes();
    return check_done();
}
