/* setpgid, setsid, getpgid, getsid, getpgrp: who may move whom, and each errno.
 * needs: procfs */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"

static void end(pid_t child)
{
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

static void check_asking(void)
{
    CHECK_EQ(getpgid(0) == getpgrp(), 1);
    CHECK_EQ(getpgid(getpid()) == getpgrp(), 1);
    CHECK_EQ(getsid(0) == getsid(getpid()), 1);
    CHECK_ERR(getpgid(-1), ESRCH);
    CHECK_ERR(getsid(-1), ESRCH);
    CHECK_ERR(getpgid(4000000), ESRCH);
    CHECK_ERR(getsid(4000000), ESRCH);
    CHECK(getpgid(1) >= 0);
    CHECK(getsid(1) >= 0);
}

static void check_setpgid(void)
{
    pid_t a = child_that_pauses(), b = child_that_pauses();
    CHECK_EQ(getpgid(a) == getpgrp(), 1);
    CHECK_OK(setpgid(a, 0)); /* a group of its own */
    CHECK_EQ(getpgid(a) == a, 1);
    CHECK_OK(setpgid(b, a)); /* into a's */
    CHECK_EQ(getpgid(b) == a, 1);
    CHECK_OK(setpgid(b, b));
    CHECK_OK(setpgid(b, getpgrp()));
    CHECK_EQ(getpgid(b) == getpgrp(), 1);
    CHECK_ERR(setpgid(a, -1), EINVAL);
    CHECK_ERR(setpgid(-1, 0), EINVAL);
    CHECK_ERR(setpgid(4000000, 0), ESRCH);
    CHECK_ERR(setpgid(1, 0), ESRCH); /* neither the caller nor its child */
    CHECK_ERR(setpgid(a, 4000000), EPERM);
    CHECK_ERR(setpgid(a, b), EPERM); /* no such group now */
    kill(-a, SIGKILL);
    CHECK_EQ(status_of(a), SIGKILL);
    CHECK_ERR(setpgid(b, a), EPERM); /* a's group ended with it */
    end(b);
}

static void check_setsid(void)
{
    CHECK_CHILD("a new session", {
        pid_t self = getpid();
        CHILD_REQUIRE(setsid() == self);
        CHILD_REQUIRE(getsid(0) == self && getpgrp() == self);
        CHILD_REQUIRE(setsid() == -1 && errno == EPERM);      /* leads a group */
        CHILD_REQUIRE(setpgid(0, 0) == -1 && errno == EPERM); /* leads a session */
        CHILD_REQUIRE(open("/dev/tty", O_RDWR) == -1 && errno == ENXIO);
        pid_t child = child_that_pauses();
        CHILD_REQUIRE(getsid(child) == self);
        end(child);
    });
    CHECK_CHILD("a group's leader starts no session", {
        CHILD_REQUIRE(setpgid(0, 0) == 0);
        CHILD_REQUIRE(setsid() == -1 && errno == EPERM);
    });
    CHECK_CHILD("not over the border of a session", {
        int p[2];
        char byte;
        CHILD_REQUIRE(pipe(p) == 0);
        pid_t child = fork();
        if (child == 0) {
            setsid();
            CHILD_REQUIRE(write(p[1], "x", 1) == 1);
            for (;;)
                pause();
        }
        CHILD_REQUIRE(read(p[0], &byte, 1) == 1);
        CHILD_REQUIRE(setpgid(child, getpgrp()) == -1 && errno == EPERM);
        CHILD_REQUIRE(setpgid(0, child) == -1 && errno == EPERM);
        end(child);
    });
}

/* After its exec a child is out of its parent's hands. */
static void check_after_exec(void)
{
    int p[2], q[2];
    char byte;
    CHECK_OK(pipe(p));
    CHECK_OK(pipe(q));
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        dup2(p[1], 1);
        dup2(q[0], 0);
        execl("/proc/self/exe", "group", "wait", NULL);
        _exit(1);
    }
    CHECK_EQ(read(p[0], &byte, 1), 1);
    CHECK_ERR(setpgid(child, child), EACCES);
    CHECK_EQ(getpgid(child) == getpgrp(), 1);
    CHECK_EQ(write(q[1], "x", 1), 1);
    CHECK_EQ(status_of(child), 0);
}

/* A number stays taken while a group bears it, though its leader has ended. */
static void check_leaderless(void)
{
    int p[2];
    char byte;
    CHECK_OK(pipe(p));
    fflush(stdout);
    pid_t leader = fork();
    if (leader == 0) {
        setpgid(0, 0);
        pid_t member = fork();
        if (member == 0) {
            close(p[0]);
            pause();
        }
        _exit(0);
    }
    close(p[1]);
    CHECK_EQ(status_of(leader), 0);
    CHECK_OK(kill(-leader, 0));
    CHECK_ERR(kill(leader, 0), ESRCH);
    CHECK_OK(kill(-leader, SIGKILL));
    CHECK_EQ(read(p[0], &byte, 1), 0); /* the member has ended */
    close(p[0]);
}

int main(int argc, char **argv)
{
    char byte;
    if (argc == 2 && !strcmp(argv[1], "wait"))
        return write(1, "x", 1) == 1 && read(0, &byte, 1) == 1 ? 0 : 1;
    check_asking();
    check_setpgid();
    check_setsid();
    check_after_exec();
    check_leaderless();
    return check_done();
}
