/* wait4, waitid: whom, which changes, what is told, what stays; and each errno.
 * needs: procfs posix settings times */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sys/resource.h>

static void check_whom(void)
{
    int status;
    CHECK_ERR(wait(&status), ECHILD);
    CHECK_ERR(waitpid(-1, &status, WNOHANG), ECHILD);
    CHECK_ERR(waitpid(1, &status, 0), ECHILD);
    CHECK_ERR(waitpid(getpid(), &status, 0), ECHILD);
    pid_t a = child_that_exits(1), b = child_that_exits(2);
    CHECK_EQ(waitpid(b, &status, 0) == b, 1);
    CHECK_EQ(status, 2 << 8);
    CHECK_EQ(wait(&status) == a, 1);
    CHECK_EQ(status, 1 << 8);
    a = child_that_pauses();
    CHECK_EQ(waitpid(a, &status, WNOHANG), 0);
    CHECK_EQ(waitpid(-1, &status, WNOHANG), 0);
    CHECK_OK(setpgid(a, a));
    CHECK_ERR(waitpid(0, &status, WNOHANG), ECHILD); /* none in our group */
    CHECK_EQ(waitpid(-a, &status, WNOHANG), 0);
    CHECK_ERR(waitpid(-getpgrp(), &status, WNOHANG), ECHILD);
    CHECK_OK(kill(a, SIGTERM));
    CHECK_EQ(waitpid(-a, &status, 0) == a, 1);
    CHECK_EQ(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM, 1);
    b = child_that_exits(0);
    CHECK_EQ(waitpid(0, NULL, 0) == b, 1);
    CHECK_ERR(waitpid(-1, &status, 0x10000), EINVAL);
    CHECK_ERR(syscall(SYS_wait4, INT_MIN, &status, 0, NULL), ESRCH);
}

static void check_stops(void)
{
    int status;
    pid_t child = child_that_pauses();
    CHECK_OK(kill(child, SIGSTOP));
    CHECK_EQ(waitpid(child, &status, WUNTRACED) == child, 1);
    CHECK_EQ(status, SIGSTOP << 8 | 0x7f);
    CHECK_EQ(waitpid(child, &status, WUNTRACED | WNOHANG), 0); /* told once */
    CHECK_EQ(state_of(child), 'T');
    CHECK_OK(kill(child, SIGCONT));
    CHECK_EQ(waitpid(child, &status, WCONTINUED) == child, 1);
    CHECK(WIFCONTINUED(status));
    CHECK_EQ(waitpid(child, &status, WCONTINUED | WNOHANG), 0);
    CHECK_OK(setpgid(child, child)); /* SIGTSTP does not stop an orphaned group */
    CHECK_OK(kill(child, SIGTSTP));
    CHECK_EQ(waitpid(child, &status, WUNTRACED) == child, 1);
    CHECK_EQ(WSTOPSIG(status), SIGTSTP);
    CHECK_EQ(waitpid(child, &status, WNOHANG), 0);
    CHECK_OK(kill(child, SIGTERM)); /* waits until it goes on */
    CHECK_EQ(waitpid(child, &status, WNOHANG), 0);
    CHECK_OK(kill(child, SIGKILL)); /* this does not */
    CHECK_EQ(waitpid(child, &status, 0) == child, 1);
    CHECK_EQ(status, SIGKILL);
}

static void check_waitid(void)
{
    siginfo_t info;
    int status;
    pid_t child = child_that_exits(5);
    CHECK_OK(waitid(P_PID, child, &info, WEXITED | WNOWAIT));
    CHECK_EQ(info.si_signo, SIGCHLD);
    CHECK_EQ(info.si_code, CLD_EXITED);
    CHECK_EQ(info.si_pid == child, 1);
    CHECK_EQ(info.si_uid, getuid());
    CHECK_EQ(info.si_status, 5);
    CHECK_OK(waitid(P_ALL, 0, &info, WEXITED)); /* it was left waitable */
    CHECK_EQ(info.si_pid == child, 1);
    CHECK_ERR(waitid(P_PID, child, &info, WEXITED), ECHILD);
    child = child_that_pauses();
    memset(&info, 0xff, sizeof info);
    CHECK_OK(waitid(P_PID, child, &info, WEXITED | WNOHANG));
    CHECK_EQ(info.si_pid, 0);
    CHECK_EQ(info.si_signo, 0);
    kill(child, SIGSTOP);
    CHECK_OK(waitid(P_PID, child, &info, WSTOPPED));
    CHECK_EQ(info.si_code, CLD_STOPPED);
    CHECK_EQ(info.si_status, SIGSTOP);
    kill(child, SIGCONT);
    CHECK_OK(waitid(P_PGID, getpgrp(), &info, WCONTINUED));
    CHECK_EQ(info.si_code, CLD_CONTINUED);
    CHECK_EQ(info.si_status, SIGCONT);
    CHECK_OK(waitid(P_PGID, 0, &info, WEXITED | WNOHANG));
    kill(child, SIGKILL);
    CHECK_OK(waitid(P_PID, child, &info, WEXITED | WNOWAIT));
    CHECK_EQ(info.si_code, CLD_KILLED);
    CHECK_EQ(info.si_status, SIGKILL);
    CHECK_EQ(waitpid(child, &status, 0) == child, 1);
    CHECK_ERR(waitid(P_ALL, 0, &info, WEXITED), ECHILD);
    CHECK_ERR(waitid(P_ALL, 0, &info, 0), EINVAL);
    CHECK_ERR(waitid(P_ALL, 0, &info, WNOHANG), EINVAL);
    CHECK_ERR(waitid(P_ALL, 0, &info, WEXITED | 0x10000), EINVAL);
    CHECK_ERR(waitid(99, 0, &info, WEXITED), EINVAL);
    CHECK_ERR(waitid(P_PID, 0, &info, WEXITED), EINVAL);
    child = child_that_exits(0);
    CHECK_OK(syscall(SYS_waitid, P_PID, child, NULL, WEXITED, NULL));
}

static void on_signal(int number)
{
    (void)number;
}

static void check_sleep(void)
{
    int status;
    on(SIGALRM, on_signal, 0);
    pid_t child = child_that_pauses();
    pid_t signaller = child_that_signals(SIGALRM);
    CHECK_ERR(waitpid(child, &status, 0), EINTR);
    CHECK_EQ(status_of(signaller), 0);
    on(SIGALRM, on_signal, SA_RESTART);
    fflush(stdout);
    pid_t killer = fork();
    if (killer == 0)
        _exit(!signal_sleeper(getppid(), SIGALRM) || !reaches_state(getppid(), 'S') ||
              kill(child, SIGKILL) != 0);
    CHECK_EQ(waitpid(child, &status, 0) == child, 1); /* goes on after the handler */
    CHECK_EQ(status, SIGKILL);
    CHECK_EQ(status_of(killer), 0);
}

/* Children of a parent that ignores SIGCHLD leave no zombie; wait returns when all are gone. */
static void check_ignored(void)
{
    signal(SIGCHLD, SIG_IGN);
    pid_t a = child_that_exits(1);
    child_that_exits(2);
    CHECK_ERR(wait(NULL), ECHILD);
    CHECK_ERR(kill(a, 0), ESRCH);
    on(SIGCHLD, on_signal, SA_NOCLDWAIT | SA_RESTART); /* the signal may be first */
    child_that_exits(3);
    CHECK_ERR(wait(NULL), ECHILD);
    signal(SIGCHLD, SIG_DFL);
}

/* Of several children that wait could tell about it tells about the oldest, whatever came first;
 * those that are asked for alone, or as a group, come first. */
static void check_order(void)
{
    enum { N = 5 };
    pid_t child[N];
    siginfo_t info;
    int status;
    for (int i = 0; i < N; i++) {
        child[i] = child_that_pauses();
        CHECK_OK(setpgid(child[i], child[i % 2]));
    }
    for (int i = N - 1; i > 0; i--) {
        CHECK_OK(kill(child[i], i == 2 ? SIGSTOP : SIGKILL));
        CHECK_OK(waitid(P_PID, child[i], &info, WEXITED | WSTOPPED | WNOWAIT));
    }
    CHECK_EQ(waitpid(-1, NULL, WNOHANG) == child[1], 1);
    CHECK_EQ(waitpid(-child[1], NULL, WNOHANG) == child[3], 1);
    CHECK_EQ(waitpid(-1, &status, WNOHANG | WUNTRACED) == child[2], 1);
    CHECK(WIFSTOPPED(status));
    CHECK_OK(waitid(P_ALL, 0, &info, WSTOPPED | WNOHANG));
    CHECK_EQ(waitpid(-child[0], NULL, WNOHANG) == child[4], 1);
    CHECK_EQ(waitpid(-1, NULL, WNOHANG | WUNTRACED), 0);
    CHECK_OK(kill(child[2], SIGCONT));
    CHECK_OK(waitid(P_PID, child[2], &info, WCONTINUED | WNOWAIT));
    CHECK_OK(kill(child[2], SIGKILL));
    CHECK_OK(waitid(P_PID, child[2], &info, WEXITED | WNOWAIT));
    CHECK_ERR(waitid(P_PID, child[2], &info, WCONTINUED | WNOHANG), ECHILD); /* it is too late */
    CHECK_OK(kill(child[0], SIGKILL));
    CHECK_EQ(waitpid(child[0], NULL, 0) == child[0], 1);
    CHECK_EQ(wait(NULL) == child[2], 1);
    CHECK_ERR(waitid(P_ALL, 0, &info, WEXITED | WNOHANG), ECHILD);
}

static void check_usage(void)
{
    struct rusage usage, before, after;
    int status;
    getrusage(RUSAGE_CHILDREN, &before);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        struct timespec cpu;
        do
            clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
        while (cpu.tv_sec == 0 && cpu.tv_nsec < 100000000);
        _exit(0);
    }
    CHECK_EQ(wait4(child, &status, 0, &usage) == child, 1);
    CHECK(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec >= 50000 || usage.ru_utime.tv_sec > 0);
    getrusage(RUSAGE_CHILDREN, &after);
    CHECK(after.ru_utime.tv_sec * 1000000 + after.ru_utime.tv_usec +
              after.ru_stime.tv_sec * 1000000 + after.ru_stime.tv_usec >
          before.ru_utime.tv_sec * 1000000 + before.ru_utime.tv_usec);
    child = child_that_exits(0);
    CHECK_ERR(syscall(SYS_wait4, child, BAD_KERNEL, 0, NULL), EFAULT);
    CHECK_ERR(waitpid(child, NULL, 0), ECHILD); /* as on Linux, it was reaped */
    child = child_that_exits(0);
    CHECK_ERR(syscall(SYS_wait4, child, NULL, 0, BAD_LOW), EFAULT);
}

int main(void)
{
    check_whom();
    check_stops();
    check_waitid();
    check_sleep();
    check_ignored();
    check_order();
    check_usage();
    return check_done();
}
