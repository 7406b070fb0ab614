/* os.wait3, os.wait4, os.waitpid with all their options, and os.waitstatus_to_exitcode
 * for every status. */
/* SPDX-License-Identifier: MIT */
#include "children.h"

/* Python's rules, told again: 0 in the low 7 bits is an exit, 0x7f a stop, all else a signal; what
 * the byte above them then holds does not matter. */
static void check_exit_codes(void)
{
    int wrong = 0;
    for (int status = 0; status < 0x10000; status++) {
        int low = status & 0x7f;
        int wanted = low == 0 ? status >> 8 & 0xff : low == 0x7f ? INT_MIN : -low;
        errno = 0;
        int got = os.waitstatus_to_exitcode(status);
        if (got != wanted || errno != (low == 0x7f ? EINVAL : 0))
            wrong++;
    }
    CHECK_EQ(wrong, 0);
    CHECK_EQ(os.waitstatus_to_exitcode(0), 0);
    CHECK_EQ(os.waitstatus_to_exitcode(0xff00), 255);
    CHECK_EQ(os.waitstatus_to_exitcode(SIGKILL), -9);
    CHECK_EQ(os.waitstatus_to_exitcode(SIGSEGV | 0x80), -11);
    CHECK_EQ(os.waitstatus_to_exitcode(SIGSTOP << 8 | 0x7f), INT_MIN);
    CHECK_EQ(os.waitstatus_to_exitcode(0xffff), INT_MIN); /* continued: neither ended nor stopped */
}

static void check_waitpid(void)
{
    pid_t a = child_that_exits(1), b = child_that_exits(2);
    CHECK_EQ(os.waitpid(b, 0).pid, b);
    CHECK_EQ(os.waitpid(a, 0).pid, a);
    CHECK_ERR(os.waitpid(a, 0).pid, ECHILD);
    CHECK_ERR(os.waitpid(-1, 0).pid, ECHILD);
    CHECK_ERR(os.waitpid(os.getpid(), 0).pid, ECHILD);
    CHECK_ERR(os.waitpid(-1, 0x10000000).pid, EINVAL);

    a = child_that_waits();
    CHECK_EQ(os.waitpid(a, WNOHANG).pid, 0);
    CHECK_EQ(os.waitpid(0, WNOHANG).pid, 0); /* our group */
    CHECK_ERR(os.waitpid(-a, WNOHANG).pid, ECHILD);
    CHECK_OK(os.setpgid(a, a));
    CHECK_EQ(os.waitpid(-a, WNOHANG).pid, 0);
    CHECK_ERR(os.waitpid(0, WNOHANG).pid, ECHILD);
    os.kill(a, SIGSTOP);
    struct os_wait_result result = os.waitpid(a, WUNTRACED);
    CHECK(result.pid == a && WIFSTOPPED(result.status));
    os.kill(a, SIGCONT);
    result = os.waitpid(a, WCONTINUED);
    CHECK(result.pid == a && WIFCONTINUED(result.status));
    os.kill(a, SIGKILL);
    result = os.waitpid(-a, 0);
    CHECK(result.pid == a && WIFSIGNALED(result.status) && WTERMSIG(result.status) == SIGKILL);
}

static void check_wait3(void)
{
    pid_t pid = child_that_exits(4);
    struct os_wait3_result result = os.wait3(0);
    CHECK(result.pid == pid && os.waitstatus_to_exitcode(result.status) == 4);
    CHECK_ERR(os.wait3(0).pid, ECHILD);
    CHECK_ERR(os.wait4(-1, WNOHANG).pid, ECHILD);
    pid = child_that_waits();
    CHECK_EQ(os.wait3(WNOHANG).pid, 0);
    CHECK_EQ(os.wait4(pid, WNOHANG).pid, 0);
    os.kill(pid, SIGTERM);
    CHECK_EQ(os.waitstatus_to_exitcode(os.wait4(pid, 0).status), -SIGTERM);
}

int main(void)
{
    check_exit_codes();
    check_waitpid();
    check_wait3();
    return check_done();
}
