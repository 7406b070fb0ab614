/* Users and groups of the process, and what /etc says of users.
 * needs: users files */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include <os.h>

static void check_as_root(void)
{
    CHECK_CHILD("os.setuid gives all three away", {
        CHILD_REQUIRE(os.setgid(2000) == 0 && os.setuid(1000) == 0);
        struct os_getresuid_result uid = os.getresuid();
        struct os_getresgid_result gid = os.getresgid();
        CHILD_REQUIRE(uid.ruid == 1000 && uid.euid == 1000 && uid.suid == 1000);
        CHILD_REQUIRE(gid.rgid == 2000 && gid.egid == 2000 && gid.sgid == 2000);
        CHILD_REQUIRE(os.getuid() == 1000 && os.geteuid() == 1000);
        CHILD_REQUIRE(os.getgid() == 2000 && os.getegid() == 2000);
        CHILD_REQUIRE(os.setuid(0) == -1 && errno == EPERM);
        CHILD_REQUIRE(os.setgid(0) == -1 && errno == EPERM);
        CHILD_REQUIRE(os.seteuid(0) == -1 && errno == EPERM);
        CHILD_REQUIRE(os.setegid(0) == -1 && errno == EPERM);
        CHILD_REQUIRE(os.setreuid(0, 0) == -1 && errno == EPERM);
        CHILD_REQUIRE(os.setregid(0, 0) == -1 && errno == EPERM);
        CHILD_REQUIRE(os.setresuid(0, 0, 0) == -1 && errno == EPERM);
        CHILD_REQUIRE(os.setresgid(0, 0, 0) == -1 && errno == EPERM);
        gid_t groups[] = {1};
        CHILD_REQUIRE(os.setgroups(groups, 1) == -1 && errno == EPERM);
        CHILD_REQUIRE(os.initgroups("root", 0) == -1 && errno == EPERM);
    });
    CHECK_CHILD("os.seteuid can go back", {
        CHILD_REQUIRE(os.setegid(2000) == 0 && os.seteuid(1000) == 0);
        CHILD_REQUIRE(os.geteuid() == 1000 && os.getuid() == 0 && os.getegid() == 2000);
        CHILD_REQUIRE(os.getresuid().suid == 0);
        CHILD_REQUIRE(os.seteuid(0) == 0 && os.geteuid() == 0);
    });
    CHECK_CHILD("real and effective apart", {
        CHILD_REQUIRE(os.setregid(5, 6) == 0);
        CHILD_REQUIRE(os.getgid() == 5 && os.getegid() == 6 && os.getresgid().sgid == 6);
        CHILD_REQUIRE(os.setreuid(1000, -1) == 0);
        CHILD_REQUIRE(os.getuid() == 1000 && os.geteuid() == 0);
    });
    CHECK_CHILD("all three apart", {
        CHILD_REQUIRE(os.setresgid(1, 2, 3) == 0);
        struct os_getresgid_result gid = os.getresgid();
        CHILD_REQUIRE(gid.rgid == 1 && gid.egid == 2 && gid.sgid == 3);
        CHILD_REQUIRE(os.setresuid(1, 2, 3) == 0);
        struct os_getresuid_result uid = os.getresuid();
        CHILD_REQUIRE(uid.ruid == 1 && uid.euid == 2 && uid.suid == 3);
        CHILD_REQUIRE(os.setresuid(-1, 3, -1) == 0 && os.geteuid() == 3);
        CHILD_REQUIRE(os.setresuid(-1, 9, -1) == -1 && errno == EPERM);
    });
    CHECK_CHILD("supplementary groups", {
        gid_t groups[] = {7, 8, 9};
        int n = 0;
        CHILD_REQUIRE(os.setgroups(groups, 3) == 0);
        gid_t *got = os.getgroups(&n);
        CHILD_REQUIRE(got && n == 3 && got[0] == 7 && got[1] == 8 && got[2] == 9);
        free(got);
        CHILD_REQUIRE(os.setgroups(NULL, 0) == 0);
        got = os.getgroups(&n);
        CHILD_REQUIRE(got && n == 0);
        free(got);
        CHILD_REQUIRE(os.setgroups(groups, 100000) == -1 && errno == EINVAL);
        CHILD_REQUIRE(os.initgroups("root", 77) == 0);
        got = os.getgroups(&n);
        bool found = false;
        for (int i = 0; i < n; i++)
            found |= got[i] == 77;
        CHILD_REQUIRE(got && found);
    });
    CHECK_CHILD("a group's rights", {
        gid_t groups[] = {44};
        CHILD_REQUIRE(os.chown("file", 0, 44) == 0 && os.chmod("file", 0640) == 0);
        CHILD_REQUIRE(os.setgroups(groups, 1) == 0 && os.setgid(50) == 0 && os.setuid(1000) == 0);
        CHILD_REQUIRE(os.open("file", O_RDONLY) >= 0);
        CHILD_REQUIRE(os.open("file", O_WRONLY) == -1 && errno == EACCES);
    });
}

int main(void)
{
    os.close(os.open("file", O_WRONLY | O_CREAT, 0666));
    struct os_getresuid_result uid = os.getresuid();
    struct os_getresgid_result gid = os.getresgid();
    CHECK(uid.ruid == os.getuid() && uid.euid == os.geteuid());
    CHECK(gid.rgid == os.getgid() && gid.egid == os.getegid());
    int n = -1;
    gid_t *groups = os.getgroups(&n);
    CHECK(groups && n >= 0);
    free(groups);
    groups = os.getgrouplist("root", 12345, &n);
    CHECK(groups && n >= 1 && groups[0] == 12345);
    free(groups);
    groups = os.getgrouplist("no-such-user", 12345, &n);
    CHECK(groups && n == 1 && groups[0] == 12345);
    free(groups);
    if (as_root("becoming somebody else")) {
        char *name = os.getlogin();
        CHECK_STR(name, "root");
        free(name);
        check_as_root();
    }
    return check_done();
}
