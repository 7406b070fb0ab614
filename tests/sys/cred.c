/* The set*id families and groups: every form as root and as a user, all or nothing; each errno.
 * needs: users files */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sched.h>

static bool uids_are(uid_t real, uid_t effective, uid_t saved)
{
    uid_t r, e, s;
    return getresuid(&r, &e, &s) == 0 && r == real && e == effective && s == saved &&
           getuid() == real && geteuid() == effective;
}

static bool gids_are(gid_t real, gid_t effective, gid_t saved)
{
    gid_t r, e, s;
    return getresgid(&r, &e, &s) == 0 && r == real && e == effective && s == saved &&
           getgid() == real && getegid() == effective;
}

#define REFUSED(call) CHILD_REQUIRE((call) == -1 && errno == EPERM)
#define DONE(call)    CHILD_REQUIRE((call) == 0)

static void check_users(void)
{
    CHECK_CHILD("setresuid", {
        DONE(setresuid(1, 2, 3));
        CHILD_REQUIRE(uids_are(1, 2, 3));
        DONE(setresuid(2, 3, 1)); /* a user: any of the three */
        CHILD_REQUIRE(uids_are(2, 3, 1));
        DONE(setresuid(-1, 2, -1));
        CHILD_REQUIRE(uids_are(2, 2, 1));
        REFUSED(setresuid(1, 2, 0));
        REFUSED(setresuid(4, -1, -1));
        CHILD_REQUIRE(uids_are(2, 2, 1)); /* nothing changed */
        DONE(setresuid(-1, -1, -1));
        DONE(setresuid(2, 2, 2));
        REFUSED(setresuid(-1, 1, -1));
    });
    CHECK_CHILD("setuid", {
        DONE(setresuid(1, 0, 3));
        DONE(setuid(5)); /* root: all three */
        CHILD_REQUIRE(uids_are(5, 5, 5));
        REFUSED(setuid(0));
        DONE(setuid(5));
    });
    CHECK_CHILD("setuid of a user", {
        DONE(setresuid(1, 2, 3));
        DONE(setuid(3));
        CHILD_REQUIRE(uids_are(1, 3, 3)); /* the effective alone */
        DONE(setuid(1));
        CHILD_REQUIRE(uids_are(1, 1, 3));
        REFUSED(setuid(2));
    });
    CHECK_CHILD("setreuid", {
        DONE(setreuid(1, 2));
        CHILD_REQUIRE(uids_are(1, 2, 2)); /* the saved follows */
        DONE(setreuid(2, 1));
        CHILD_REQUIRE(uids_are(2, 1, 1));
        DONE(setreuid(-1, 2));
        CHILD_REQUIRE(uids_are(2, 2, 1)); /* it is the real user: the saved stays */
        REFUSED(setreuid(3, -1));
        REFUSED(setreuid(-1, 3));
    });
    CHECK_CHILD("setreuid and the saved user", {
        DONE(setresuid(1, 2, 3));
        DONE(setreuid(-1, 1));
        CHILD_REQUIRE(uids_are(1, 1, 3)); /* becoming the real user keeps it */
        DONE(setreuid(-1, 3));
        CHILD_REQUIRE(uids_are(1, 3, 3));
        REFUSED(setreuid(2, -1));
        DONE(setreuid(3, -1));
        CHILD_REQUIRE(uids_are(3, 3, 3));
    });
}

static void check_groups_of_process(void)
{
    CHECK_CHILD("setresgid", {
        DONE(setresgid(1, 2, 3));
        CHILD_REQUIRE(gids_are(1, 2, 3));
        DONE(setresuid(9, 9, 9));
        DONE(setresgid(2, 3, 1));
        CHILD_REQUIRE(gids_are(2, 3, 1));
        REFUSED(setresgid(0, -1, -1));
        REFUSED(setresgid(1, 1, 4));
        CHILD_REQUIRE(gids_are(2, 3, 1));
    });
    CHECK_CHILD("setgid", {
        DONE(setresgid(1, 2, 3));
        DONE(setgid(5));
        CHILD_REQUIRE(gids_are(5, 5, 5));
        DONE(setresgid(1, 2, 3));
        DONE(setresuid(9, 9, 9));
        DONE(setgid(1));
        CHILD_REQUIRE(gids_are(1, 1, 3));
        REFUSED(setgid(5));
    });
    CHECK_CHILD("setregid", {
        DONE(setregid(1, 2));
        CHILD_REQUIRE(gids_are(1, 2, 2));
        DONE(setresuid(9, 9, 9));
        DONE(setregid(2, 1));
        CHILD_REQUIRE(gids_are(2, 1, 1));
        REFUSED(setregid(-1, 7));
        REFUSED(setregid(7, -1));
    });
}

static void check_supplementary(void)
{
    static gid_t many[65537], back[10];
    CHECK_CHILD("setgroups", {
        gid_t groups[3] = {30, 10, 20};
        DONE(setgroups(3, groups));
        CHILD_REQUIRE(getgroups(0, NULL) == 3);
        CHILD_REQUIRE(getgroups(10, back) == 3);
        int sum = back[0] + back[1] + back[2];
        CHILD_REQUIRE(sum == 60);
        CHILD_REQUIRE(getgroups(2, back) == -1 && errno == EINVAL);
        CHILD_REQUIRE(syscall(SYS_getgroups, -1, back) == -1 && errno == EINVAL);
        CHILD_REQUIRE(syscall(SYS_getgroups, 3, BAD_KERNEL) == -1 && errno == EFAULT);
        CHILD_REQUIRE(syscall(SYS_setgroups, 3, BAD_LOW) == -1 && errno == EFAULT);
        CHILD_REQUIRE(syscall(SYS_setgroups, 65537, many) == -1 && errno == EINVAL);
        for (unsigned i = 0; i < 65536; i++)
            many[i] = i * 40503 % 65536; /* each once, in no order */
        DONE(setgroups(65536, many));
        memset(many, 0, sizeof many);
        CHILD_REQUIRE(getgroups(65536, many) == 65536);
        for (unsigned i = 0; i < 65536; i++)
            CHILD_REQUIRE(many[i] == i);
        DONE(setgroups(3, groups));
        CHILD_REQUIRE(syscall(SYS_setgroups, -1, many) == -1 && errno == EINVAL);
        CHILD_REQUIRE(getgroups(0, NULL) == 3);
        pid_t child = fork();
        if (child == 0)
            _exit(getgroups(0, NULL) != 3);
        CHILD_REQUIRE(status_of(child) == 0);
        DONE(setresuid(9, 9, 9));
        REFUSED(setgroups(0, NULL));
        CHILD_REQUIRE(getgroups(0, NULL) == 3);
    });
    CHECK_CHILD("a group opens a file", {
        gid_t groups[2] = {77, OTHER};
        make_file("f", "x");
        DONE(chown("f", 0, OTHER));
        DONE(chmod("f", 0040));
        DONE(setgroups(2, groups));
        DONE(setresgid(5, 5, 5));
        DONE(setresuid(5, 5, 5));
        CHILD_REQUIRE(contents("f") != NULL);
    });
    CHECK_CHILD("no group does not", {
        DONE(setgroups(0, NULL));
        DONE(setresgid(5, 5, 5));
        DONE(setresuid(5, 5, 5));
        CHILD_REQUIRE(contents("f") == NULL && errno == EACCES);
    });
}

enum { STACK = 65536, CHANGES = 3000, GROUPS = 150 };

/* So many, the last first, that the kernel has work to do with them. */
static int change_groups(void *arg)
{
    gid_t *groups = arg;
    for (int i = 0; i < GROUPS; i++)
        groups[i] = GROUPS - i;
    for (int i = 0; i < CHANGES; i++) {
        syscall(SYS_setgroups, GROUPS, groups);
        syscall(SYS_setfsgid, i);
    }
    return 0;
}

/* On Linux each thread has its own; where they are the process's, no change undoes another. */
static void check_threads(void)
{
    enum { THREAD = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD };
    CHECK_CHILD("two threads change users and groups at once", {
        static char stack[STACK];
        static gid_t groups[GROUPS];
        CHILD_REQUIRE(clone(change_groups, stack + STACK, THREAD, groups) > 0);
        for (int i = 0; i < CHANGES; i++) {
            uid_t r, e, s;
            CHILD_REQUIRE(syscall(SYS_setresuid, i, 0, i + 1) == 0);
            CHILD_REQUIRE(syscall(SYS_getresuid, &r, &e, &s) == 0);
            CHILD_REQUIRE((int)r == i && e == 0 && (int)s == i + 1);
        }
    });
}

static void check_errors(void)
{
    uid_t id;
    CHECK_ERR(setuid(-1), EINVAL);
    CHECK_ERR(setgid(-1), EINVAL);
    CHECK_ERR(syscall(SYS_getresuid, BAD_KERNEL, &id, &id), EFAULT);
    CHECK_ERR(syscall(SYS_getresuid, &id, BAD_LOW, &id), EFAULT);
    CHECK_ERR(syscall(SYS_getresgid, &id, &id, NULL), EFAULT);
    CHECK(uids_are(getuid(), geteuid(), geteuid()));
}

int main(void)
{
    check_errors();
    if (!as_root("users and groups"))
        return check_done();
    chmod(".", 0755);
    check_users();
    check_groups_of_process();
    check_supplementary();
    check_threads();
    return check_done();
}
