/* rt_sigtimedwait, rt_sigqueueinfo, rt_tgsigqueueinfo: taking signals without a handler, with what
 * they bring; errors.
 * needs: procfs posix */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"

static int take(int number, siginfo_t *info, long ms)
{
    sigset_t set = set_of(number);
    struct timespec t = {ms / 1000, ms % 1000 * 1000000};
    return syscall(SYS_rt_sigtimedwait, &set, info, ms < 0 ? NULL : &t, 8);
}

static int queue(pid_t pid, int number, int code, int value)
{
    siginfo_t info;
    memset(&info, 0, sizeof info);
    info.si_signo = number;
    info.si_code = code;
    info.si_pid = 4242;
    info.si_uid = 17;
    info.si_value.sival_int = value;
    return syscall(SYS_rt_sigqueueinfo, pid, number, &info);
}

static volatile sig_atomic_t count;
static void note(int number)
{
    (void)number;
    count++;
}

static void check_taking(void)
{
    siginfo_t info;
    sigset_t pending;
    long from = now_ms();
    CHECK_ERR(take(SIGUSR1, &info, 30), EAGAIN);
    CHECK(now_ms() - from >= 30);
    CHECK_ERR(take(SIGUSR1, &info, 0), EAGAIN);
    raise(SIGUSR1);
    CHECK_EQ(take(SIGUSR1, &info, 0), SIGUSR1);
    CHECK_EQ(info.si_signo, SIGUSR1);
    CHECK_EQ(info.si_pid == getpid(), 1);
    CHECK_OK(sigpending(&pending));
    CHECK(!sigismember(&pending, SIGUSR1));
    CHECK_EQ(count, 0);
    fflush(stdout);
    pid_t parent = getpid(), child = fork();
    if (child == 0)
        _exit(!signal_sleeper(parent, SIGUSR1));
    CHECK_EQ(take(SIGUSR1, &info, -1), SIGUSR1);
    CHECK_EQ(info.si_code, SI_USER);
    CHECK_EQ(info.si_pid == child, 1);
    CHECK_EQ(status_of(child), 0);
    on(SIGUSR2, note, SA_RESTART); /* another signal's handler ends the wait */
    child = fork();
    if (child == 0)
        _exit(!signal_sleeper(parent, SIGUSR2));
    CHECK_ERR(take(SIGUSR1, NULL, 60000), EINTR);
    CHECK_EQ(count, 1);
    CHECK_EQ(status_of(child), 0);
    raise(SIGUSR1);
    CHECK_EQ(take(SIGUSR1, NULL, 0), SIGUSR1);
}

static void check_queue(void)
{
    siginfo_t info;
    int number = 40, wrong = 0;
    sigset_t block = set_of(number);
    sigprocmask(SIG_BLOCK, &block, NULL);
    for (int i = 0; i < 20; i++)
        wrong += queue(getpid(), number, SI_QUEUE, i) != 0;
    CHECK_EQ(wrong, 0);
    for (int i = 0; i < 20; i++)
        wrong += take(number, &info, 0) != number || info.si_value.sival_int != i ||
                 info.si_code != SI_QUEUE || info.si_pid != 4242 || info.si_uid != 17;
    CHECK_EQ(wrong, 0); /* in order, each with its value */
    CHECK_ERR(take(number, &info, 0), EAGAIN);
    CHECK_CHILD("not in another's name", {
        CHILD_REQUIRE(queue(getppid(), number, SI_USER, 0) == -1 && errno == EPERM);
        CHILD_REQUIRE(queue(getppid(), number, SI_KERNEL, 0) == -1 && errno == EPERM);
        CHILD_REQUIRE(queue(getppid(), number, SI_TKILL, 0) == -1 && errno == EPERM);
        CHILD_REQUIRE(queue(getppid(), number, SI_QUEUE, 9) == 0);
    });
    CHECK_EQ(take(number, &info, 0), number);
    CHECK_EQ(info.si_value.sival_int, 9);
    memset(&info, 0, sizeof info);
    info.si_code = SI_QUEUE;
    info.si_value.sival_int = 5;
    CHECK_OK(syscall(SYS_rt_tgsigqueueinfo, getpid(), getpid(), number, &info));
    CHECK_EQ(take(number, &info, 0), number);
    CHECK_EQ(info.si_value.sival_int, 5);
    CHECK_EQ(info.si_signo, number);
    CHECK_ERR(queue(4000000, number, SI_QUEUE, 0), ESRCH);
    CHECK_ERR(queue(getpid(), 65, SI_QUEUE, 0), EINVAL);
    CHECK_OK(queue(getpid(), 0, SI_QUEUE, 0));
}

static void check_errors(void)
{
    sigset_t set = set_of(SIGUSR1);
    struct timespec bad = {0, 1000000000}, negative = {-1, 0}, zero = {0, 0};
    CHECK_ERR(syscall(SYS_rt_sigtimedwait, &set, NULL, &bad, 8), EINVAL);
    CHECK_ERR(syscall(SYS_rt_sigtimedwait, &set, NULL, &negative, 8), EINVAL);
    CHECK_ERR(syscall(SYS_rt_sigtimedwait, &set, NULL, &zero, 4), EINVAL);
    CHECK_ERR(syscall(SYS_rt_sigtimedwait, BAD_KERNEL, NULL, &zero, 8), EFAULT);
    CHECK_ERR(syscall(SYS_rt_sigtimedwait, &set, NULL, BAD_LOW, 8), EFAULT);
    raise(SIGUSR1);
    CHECK_ERR(syscall(SYS_rt_sigtimedwait, &set, BAD_KERNEL, &zero, 8), EFAULT);
    CHECK_ERR(syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, BAD_HOLE), EFAULT);
    siginfo_t info;
    memset(&info, 0, sizeof info);
    info.si_code = SI_QUEUE;
    CHECK_ERR(syscall(SYS_rt_tgsigqueueinfo, getpid(), -1, SIGUSR1, &info), EINVAL);
    CHECK_ERR(syscall(SYS_rt_tgsigqueueinfo, 4000000, getpid(), SIGUSR1, &info), ESRCH);
}

int main(void)
{
    sigset_t block = set_of(SIGUSR1);
    on(SIGUSR1, note, 0);
    sigprocmask(SIG_BLOCK, &block, NULL);
    check_taking();
    check_queue();
    check_errors();
    return check_done();
}
