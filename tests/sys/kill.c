/* kill, tkill, tgkill: whom a number names, who may send what, default actions; and each errno.
 * needs: users */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"

static volatile sig_atomic_t count;
static void note(int number)
{
    (void)number;
    count++;
}

/* What each signal does to a process that does not care: the wait status. */
static void check_defaults(void)
{
    static const int ends[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGILL,  SIGTRAP,   SIGABRT, SIGBUS,
                               SIGFPE,  SIGKILL, SIGUSR1, SIGSEGV, SIGUSR2,   SIGPIPE, SIGALRM,
                               SIGTERM, 16,      SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGIO,
                               SIGPWR,  SIGSYS,  34,      64};
    static const int ignored[] = {SIGCHLD, SIGCONT, SIGURG, SIGWINCH};
    int wrong = 0;
    fflush(stdout);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        pid_t child = child_that_pauses();
        kill(child, ends[i]);
        int status = status_of(child);
        if (!WIFSIGNALED(status) || WTERMSIG(status) != ends[i]) {
            NOTE("signal %d: status %x", ends[i], status);
            wrong++;
        }
    }
    CHECK_EQ(wrong, 0);
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) {
        pid_t child = child_that_pauses();
        kill(child, ignored[i]);
        sleep_ms(5);
        wrong += waitpid(child, NULL, WNOHANG) != 0;
        kill(child, SIGKILL);
        wrong += status_of(child) != SIGKILL;
    }
    CHECK_EQ(wrong, 0);
}

static void check_whom(void)
{
    on(SIGUSR1, note, 0);
    CHECK_OK(kill(getpid(), SIGUSR1));
    CHECK_EQ(count, 1);
    CHECK_OK(kill(getpid(), 0));
    CHECK_EQ(count, 1);
    CHECK_ERR(kill(4000000, 0), ESRCH);
    CHECK_ERR(kill(-4000000, 0), ESRCH);
    CHECK_ERR(kill(getpid(), -1), EINVAL);
    CHECK_ERR(kill(getpid(), 65), EINVAL);
    CHECK_ERR(kill(4000000, 65), ESRCH);
    CHECK_ERR(syscall(SYS_kill, INT_MIN, 0), ESRCH);
    CHECK_OK(syscall(SYS_tkill, getpid(), SIGUSR1));
    CHECK_OK(syscall(SYS_tgkill, getpid(), getpid(), SIGUSR1));
    CHECK_EQ(count, 3);
    CHECK_ERR(syscall(SYS_tkill, 0, SIGUSR1), EINVAL);
    CHECK_ERR(syscall(SYS_tkill, -1, SIGUSR1), EINVAL);
    CHECK_ERR(syscall(SYS_tkill, 4000000, SIGUSR1), ESRCH);
    CHECK_ERR(syscall(SYS_tgkill, getpid(), 0, SIGUSR1), EINVAL);
    CHECK_ERR(syscall(SYS_tgkill, 4000000, getpid(), SIGUSR1), ESRCH);
    CHECK_ERR(syscall(SYS_tgkill, getpid(), getpid(), 65), EINVAL);
}

static void check_groups(void)
{
    int n = 0;
    pid_t a = child_that_pauses(), b = child_that_pauses(), c = child_that_pauses();
    CHECK_OK(setpgid(a, a));
    CHECK_OK(setpgid(b, a));
    CHECK_OK(kill(-a, SIGTERM));
    CHECK_EQ(status_of(a), SIGTERM);
    CHECK_EQ(status_of(b), SIGTERM);
    CHECK_EQ(waitpid(c, NULL, WNOHANG), 0);
    CHECK_ERR(kill(-a, SIGTERM), ESRCH);
    CHECK_OK(kill(c, SIGKILL));
    CHECK_EQ(status_of(c), SIGKILL);
    fflush(stdout);
    pid_t leader = fork();
    if (leader == 0) { /* 0 names the caller's own group, the caller too */
        setpgid(0, 0);
        on(SIGUSR1, note, 0);
        count = 0;
        pid_t child = fork();
        if (child == 0)
            for (;;)
                pause();
        signal(SIGTERM, note);
        kill(0, SIGTERM);
        while (waitpid(child, &n, 0) != child)
            ;
        _exit(WIFSIGNALED(n) || count == 1 ? (kill(child, SIGKILL), 0) : 1);
    }
    CHECK_EQ(status_of(leader), 0);
}

static void check_rights(void)
{
    if (!as_root("rights of kill"))
        return;
    pid_t mine = child_that_pauses(), roots = child_that_pauses();
    int p[2];
    char byte;
    CHECK_OK(pipe(p));
    fflush(stdout);
    pid_t theirs = fork();
    if (theirs == 0) {
        CHILD_REQUIRE(setresuid(OTHER, OTHER, OTHER) == 0);
        CHILD_REQUIRE(write(p[1], "x", 1) == 1);
        for (;;)
            pause();
    }
    CHECK_EQ(read(p[0], &byte, 1), 1);
    CHECK_CHILD("a user's signals", {
        CHILD_REQUIRE(setresuid(USER, OTHER, USER) == 0);
        CHILD_REQUIRE(kill(roots, SIGTERM) == -1 && errno == EPERM);
        CHILD_REQUIRE(kill(roots, 0) == -1 && errno == EPERM);
        CHILD_REQUIRE(kill(1, 0) == -1 && errno == EPERM);
        CHILD_REQUIRE(kill(roots, 65) == -1 && errno == EINVAL);
        CHILD_REQUIRE(kill(theirs, 0) == 0); /* my effective is its real user */
        CHILD_REQUIRE(setresuid(USER, USER, USER) == 0);
        CHILD_REQUIRE(kill(theirs, 0) == -1 && errno == EPERM);
        CHILD_REQUIRE(kill(roots, SIGCONT) == 0); /* to one of the same session */
        CHILD_REQUIRE(setsid() > 0);
        CHILD_REQUIRE(kill(roots, SIGCONT) == -1 && errno == EPERM);
        CHILD_REQUIRE(kill(getpid(), 0) == 0);
    });
    CHECK_EQ(waitpid(roots, NULL, WNOHANG), 0);
    CHECK_OK(kill(theirs, SIGKILL));
    CHECK_EQ(status_of(theirs), SIGKILL);
    CHECK_OK(kill(mine, SIGKILL));
    CHECK_OK(kill(roots, SIGKILL));
    CHECK_EQ(status_of(mine), SIGKILL);
    CHECK_EQ(status_of(roots), SIGKILL);
}

/* -1 means all that one may signal, but for oneself and the first process. */
static void check_everybody(void)
{
    enum { LONELY = 54321 }; /* nobody else's processes are to be hit */
    if (!as_root("kill of all processes"))
        return;
    pid_t roots = child_that_pauses();
    CHECK_CHILD("signals to all", {
        CHILD_REQUIRE(setresuid(LONELY, LONELY, LONELY) == 0);
        pid_t one = child_that_pauses(), other = child_that_pauses();
        count = 0;
        on(SIGTERM, note, 0);
        CHILD_REQUIRE(kill(-1, 0) == 0);
        CHILD_REQUIRE(kill(-1, 65) == -1 && errno == EINVAL);
        CHILD_REQUIRE(kill(-1, SIGTERM) == 0 && count == 0);
        CHILD_REQUIRE(status_of(one) == SIGTERM);
        CHILD_REQUIRE(status_of(other) == SIGTERM);
    });
    CHECK_EQ(waitpid(roots, NULL, WNOHANG), 0);
    CHECK_OK(kill(roots, SIGKILL));
    CHECK_EQ(status_of(roots), SIGKILL);
}

/* Stopping discards waiting SIGCONTs, going on discards waiting stops; SIGCONT goes on though it is
 * blocked. */
static void check_stop_and_continue(void)
{
    int status;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        sigset_t set = set_of(SIGTSTP), pending;
        sigaddset(&set, SIGCONT);
        setpgid(0, 0);
        sigprocmask(SIG_BLOCK, &set, NULL);
        raise(SIGTSTP);
        CHILD_REQUIRE(sigpending(&pending) == 0 && sigismember(&pending, SIGTSTP));
        raise(SIGCONT);
        CHILD_REQUIRE(sigpending(&pending) == 0 && !sigismember(&pending, SIGTSTP));
        signal(SIGCONT, note);
        raise(SIGCONT);
        CHILD_REQUIRE(sigpending(&pending) == 0 && sigismember(&pending, SIGCONT));
        raise(SIGSTOP);
        CHILD_REQUIRE(sigpending(&pending) == 0 && sigismember(&pending, SIGCONT));
        count = 0;
        sigprocmask(SIG_UNBLOCK, &set, NULL);
        _exit(count == 1 ? 0 : 1);
    }
    CHECK_EQ(waitpid(child, &status, WUNTRACED) == child, 1);
    CHECK_EQ(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP, 1);
    CHECK_OK(kill(child, SIGCONT));
    CHECK_EQ(status_of(child), 0);
}

/* Of two deadly signals the first one counts, though the other has the lower number; but not while
 * the process is stopped: then only SIGKILL acts. */
static void check_first_deadly(void)
{
    int wrong = 0, status;
    for (int i = 0; i < 20; i++) {
        pid_t child = child_that_pauses();
        kill(child, SIGTERM);
        kill(child, SIGHUP);
        wrong += status_of(child) != SIGTERM;
    }
    CHECK_EQ(wrong, 0);
    pid_t child = child_that_pauses();
    CHECK_OK(kill(child, SIGSTOP));
    CHECK_EQ(waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status), 1);
    CHECK_OK(syscall(SYS_tkill, child, SIGTERM));
    CHECK_OK(kill(child, SIGHUP));
    sleep_ms(5);
    CHECK_EQ(waitpid(child, NULL, WNOHANG), 0);
    CHECK_OK(kill(child, SIGKILL));
    CHECK_EQ(status_of(child), SIGKILL);
    child = child_that_pauses();
    CHECK_OK(kill(child, SIGSTOP));
    CHECK_EQ(waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status), 1);
    CHECK_OK(syscall(SYS_tkill, child, SIGTERM));
    CHECK_OK(kill(child, SIGCONT));
    CHECK_EQ(status_of(child), SIGTERM);
}

int main(void)
{
    check_defaults();
    check_whom();
    check_groups();
    check_rights();
    check_everybody();
    check_stop_and_continue();
    check_first_deadly();
    return check_done();
}
