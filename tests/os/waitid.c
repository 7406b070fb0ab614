/* os.waitid: what is waited for, what is told, and what stays waitable.
 * needs: posix */
/* SPDX-License-Identifier: MIT */
#include "children.h"

static void check_waitid(void)
{
    pid_t pid = child_that_exits(9);
    siginfo_t info = os.waitid(P_PID, (id_t)pid, WEXITED | WNOWAIT);
    CHECK(info.si_pid == pid && info.si_status == 9 && info.si_code == CLD_EXITED);
    CHECK_EQ(info.si_signo, SIGCHLD);
    CHECK_EQ(info.si_uid, os.getuid());
    info = os.waitid(P_ALL, 0, WEXITED); /* it was left waitable */
    CHECK(info.si_pid == pid && info.si_status == 9);
    CHECK_ERR(os.waitid(P_ALL, 0, WEXITED).si_pid, ECHILD);
    CHECK_ERR(os.waitid(P_ALL, 0, 0).si_pid, EINVAL);

    pid = child_that_waits();
    CHECK_EQ(os.waitid(P_PID, (id_t)pid, WEXITED | WNOHANG).si_pid, 0);
    os.kill(pid, SIGSTOP);
    info = os.waitid(P_PID, (id_t)pid, WSTOPPED);
    CHECK(info.si_pid == pid && info.si_code == CLD_STOPPED && info.si_status == SIGSTOP);
    os.kill(pid, SIGCONT);
    info = os.waitid(P_PID, (id_t)pid, WCONTINUED);
    CHECK(info.si_pid == pid && info.si_code == CLD_CONTINUED && info.si_status == SIGCONT);
    CHECK_OK(os.setpgid(pid, 0));
    os.killpg(pid, SIGKILL);
    info = os.waitid(P_PGID, (id_t)pid, WEXITED);
    CHECK(info.si_pid == pid && info.si_code == CLD_KILLED && info.si_status == SIGKILL);
}

int main(void)
{
    check_waitid();
    return check_done();
}
