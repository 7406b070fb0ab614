/* Orphans: who becomes the parent, subreapers, orphaned process groups, the signal of a parent's
 * end.
 * needs: procfs settings */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sys/prctl.h>

static volatile sig_atomic_t hangups, continued;
static void on_hangup(int number)
{
    (void)number;
    hangups++;
}
static void on_continue(int number)
{
    (void)number;
    continued++;
}

/* A grandchild whose parent ends is the subreaper's. */
static void check_subreaper(void)
{
    int p[2], ready[2], set = -1;
    pid_t grandchild, parent_of_it[2];
    CHECK_OK(pipe(ready));
    CHECK_OK(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
    CHECK_OK(prctl(PR_GET_CHILD_SUBREAPER, &set, 0, 0, 0));
    CHECK_EQ(set, 1);
    CHECK_OK(pipe(p));
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        pid_t self = getpid();
        if (fork() == 0) {
            pid_t parents[2] = {getppid(), 0};
            CHILD_REQUIRE(write(ready[1], "x", 1) == 1);
            while (getppid() == self)
                sleep_ms(5);
            parents[1] = getppid();
            pid_t me = getpid();
            CHILD_REQUIRE(write(p[1], &me, sizeof me) == sizeof me);
            CHILD_REQUIRE(write(p[1], parents, sizeof parents) == sizeof parents);
            _exit(8);
        }
        char byte; /* the grandchild has seen its first parent */
        _exit(read(ready[0], &byte, 1) == 1 ? 4 : 1);
    }
    CHECK_EQ(status_of(child), 4 << 8);
    CHECK_EQ(read(p[0], &grandchild, sizeof grandchild), sizeof grandchild);
    CHECK_EQ(read(p[0], parent_of_it, sizeof parent_of_it), sizeof parent_of_it);
    CHECK_EQ(parent_of_it[0] == child, 1);
    CHECK_EQ(parent_of_it[1] == getpid(), 1);
    CHECK_EQ(status_of(grandchild), 8 << 8);
    CHECK_CHILD("a child is no subreaper by birth", {
        int value = 1;
        CHILD_REQUIRE(prctl(PR_GET_CHILD_SUBREAPER, &value, 0, 0, 0) == 0 && value == 0);
    });
    close(p[0]);
    close(p[1]);
    close(ready[0]);
    close(ready[1]);
}

/* Zombies of a process that ends are handed on too. */
static void check_zombies(void)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        for (int i = 1; i <= 3; i++) {
            pid_t grandchild = fork();
            if (grandchild == 0)
                _exit(i);
            if (!reaches_state(grandchild, 'Z'))
                _exit(1);
        }
        _exit(10);
    }
    int status, sum = 0, n = 0;
    while (wait(&status) > 0) {
        sum += WEXITSTATUS(status);
        n++;
    }
    CHECK_EQ(n, 4);
    CHECK_EQ(sum, 16);
}

/* A group with a stopped member that loses its last tie to the session gets SIGHUP and SIGCONT. */
static void check_orphaned_group(void)
{
    int p[2];
    char report[2] = "";
    CHECK_OK(pipe(p));
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        setsid(); /* so that the grandchild's next parent is of another session */
        pid_t grandchild = fork();
        if (grandchild == 0) {
            setpgid(0, 0);
            on(SIGHUP, on_hangup, 0);
            on(SIGCONT, on_continue, 0);
            raise(SIGSTOP);
            while (!hangups || !continued)
                sleep_ms(5);
            raise(SIGTSTP); /* does nothing in an orphaned group */
            CHILD_REQUIRE(write(p[1], "hc", 2) == 2);
            _exit(0);
        }
        int status;
        _exit(waitpid(grandchild, &status, WUNTRACED) == grandchild && WIFSTOPPED(status) ? 0 : 1);
    }
    close(p[1]);
    CHECK_EQ(status_of(child), 0);
    CHECK_EQ(read(p[0], report, 2), 2);
    CHECK_EQ(memcmp(report, "hc", 2), 0);
    CHECK_EQ(wait(NULL) > 0, 1);
    close(p[0]);
}

/* PR_SET_PDEATHSIG: a signal when the parent ends. */
static void check_parent_death_signal(void)
{
    int p[2], signal_number = -1;
    char byte = 0;
    CHECK_OK(pipe(p));
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        if (fork() == 0) {
            on(SIGHUP, on_hangup, 0);
            sigset_t block = set_of(SIGHUP), none = set_of(0);
            sigprocmask(SIG_BLOCK, &block, NULL);
            CHILD_REQUIRE(prctl(PR_SET_PDEATHSIG, SIGHUP, 0, 0, 0) == 0);
            CHILD_REQUIRE(write(p[1], "r", 1) == 1);
            sigsuspend(&none);
            CHILD_REQUIRE(hangups == 1);
            CHILD_REQUIRE(write(p[1], "h", 1) == 1);
            _exit(0);
        }
        _exit(read(p[0], &byte, 1) != 1);
    }
    CHECK_EQ(status_of(child), 0);
    CHECK_EQ(read(p[0], &byte, 1), 1);
    CHECK_EQ(byte, 'h');
    CHECK_EQ(wait(NULL) > 0, 1);
    CHECK_OK(prctl(PR_GET_PDEATHSIG, &signal_number, 0, 0, 0));
    CHECK_EQ(signal_number, 0);
    CHECK_ERR(prctl(PR_SET_PDEATHSIG, 999, 0, 0, 0), EINVAL);
}

/* A zombie has its number until it is waited for, takes signals, and then is gone. */
static void check_one_zombie(void)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(3);
    CHECK(reaches_state(child, 'Z'));
    CHECK_OK(kill(child, 0));
    CHECK_OK(kill(child, SIGKILL));
    CHECK_EQ(getpgid(child) == getpgrp(), 1);
    CHECK_EQ(status_of(child), 3 << 8);
    CHECK_ERR(kill(child, 0), ESRCH);
    CHECK_ERR(waitpid(child, NULL, 0), ECHILD);
    CHECK_EQ(state_of(child), 0);
}

int main(void)
{
    check_one_zombie();
    check_subreaper();
    check_zombies();
    check_orphaned_group();
    check_parent_death_signal();
    return check_done();
}
