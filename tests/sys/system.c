/* uname, sethostname, sysinfo, getrandom, prctl, arch_prctl, sched_getaffinity, numbers,
 * what is no call at all; each errno.
 * needs: procfs users settings */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sched.h>
#include <sys/prctl.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

enum { SET_GS = 0x1001, SET_FS = 0x1002, GET_FS = 0x1003, GET_GS = 0x1004 };

static void check_uname(void)
{
    struct utsname names;
    CHECK_OK(uname(&names));
    CHECK_STR(names.machine, "x86_64");
    CHECK(names.sysname[0] && names.nodename[0] && names.release[0] && names.version[0]);
    CHECK(names.release[0] >= '0' && names.release[0] <= '9');
    CHECK_ERR(syscall(SYS_uname, BAD_KERNEL), EFAULT);
    CHECK_ERR(syscall(SYS_uname, NULL), EFAULT);
    if (!as_root("rights of sethostname"))
        return;
    CHECK_ERR(syscall(SYS_sethostname, BAD_LOW, 4), EFAULT);
    CHECK_ERR(syscall(SYS_sethostname, "name", 65), EINVAL);
    CHECK_ERR(syscall(SYS_sethostname, "name", -1), EINVAL);
    CHECK_OK(sethostname(names.nodename, strlen(names.nodename)));
    CHECK_CHILD("not for a user", {
        CHILD_REQUIRE(setresuid(USER, USER, USER) == 0);
        CHILD_REQUIRE(sethostname("name", 4) == -1 && errno == EPERM);
    });
}

static void check_sysinfo(void)
{
    struct sysinfo info;
    CHECK_OK(sysinfo(&info));
    CHECK(info.totalram > info.freeram);
    CHECK(info.freeram > 0);
    CHECK(info.mem_unit >= 1);
    CHECK(info.procs >= 2);
    CHECK(info.uptime >= 0);
    CHECK_ERR(syscall(SYS_sysinfo, BAD_KERNEL), EFAULT);
}

static void check_prctl(void)
{
    char name[16] = "";
    CHECK_OK(prctl(PR_SET_NAME, "a name that is too long", 0, 0, 0));
    CHECK_OK(prctl(PR_GET_NAME, name, 0, 0, 0));
    CHECK_STR(name, "a name that is ");
    CHECK_STR(contents("/proc/self/comm"), "a name that is \n");
    CHECK_ERR(syscall(SYS_prctl, PR_SET_NAME, BAD_KERNEL, 0, 0, 0), EFAULT);
    CHECK_ERR(syscall(SYS_prctl, PR_GET_NAME, BAD_LOW, 0, 0, 0), EFAULT);
    CHECK_ERR(syscall(SYS_prctl, 987654, 0, 0, 0, 0), EINVAL);
    CHECK_EQ(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 1);
    CHECK_EQ(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 0);
    CHECK_ERR(prctl(PR_SET_DUMPABLE, 2, 0, 0, 0), EINVAL);
    CHECK_EQ(prctl(PR_GET_KEEPCAPS, 0, 0, 0, 0), 0);
    CHECK_ERR(prctl(PR_SET_KEEPCAPS, 2, 0, 0, 0), EINVAL);
    CHECK_CHILD("flags of a process", {
        CHILD_REQUIRE(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0);
        CHILD_REQUIRE(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0);
        CHILD_REQUIRE(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0);
        CHILD_REQUIRE(prctl(PR_GET_KEEPCAPS, 0, 0, 0, 0) == 1);
    });
    CHECK_CHILD("no new privileges", {
        CHILD_REQUIRE(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
        CHILD_REQUIRE(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
        CHILD_REQUIRE(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0) == -1 && errno == EINVAL);
    });
}

static void check_arch_prctl(void)
{
    unsigned long fs = 0, gs = 1, word = 4711, read_back = 0;
    CHECK_OK(syscall(SYS_arch_prctl, GET_FS, &fs));
    CHECK_OK(syscall(SYS_arch_prctl, GET_GS, &gs));
    CHECK_EQ(gs, 0);
    CHECK_OK(syscall(SYS_arch_prctl, SET_GS, &word));
    __asm__("mov %%gs:0, %0" : "=r"(read_back));
    CHECK_EQ(read_back, 4711);
    sleep_ms(20); /* over a switch of processes */
    read_back = 0;
    __asm__ volatile("mov %%gs:0, %0" : "=r"(read_back));
    CHECK_EQ(read_back, 4711);
    CHECK_CHILD("a child has it too", {
        __asm__ volatile("mov %%gs:0, %0" : "=r"(read_back));
        CHILD_REQUIRE(read_back == 4711);
    });
    CHECK_ERR(syscall(SYS_arch_prctl, SET_GS, BAD_KERNEL), EPERM);
    CHECK_ERR(syscall(SYS_arch_prctl, SET_FS, BAD_HOLE), EPERM);
    CHECK_ERR(syscall(SYS_arch_prctl, GET_FS, BAD_KERNEL), EFAULT);
    CHECK_ERR(syscall(SYS_arch_prctl, 0x9999, 0), EINVAL);
    CHECK_OK(syscall(SYS_arch_prctl, SET_GS, 0));
}

/* Two processes with a GS of their own, in turn. */
static void check_gs_of_each(void)
{
    unsigned long mine = 1, theirs = 2, seen = 0;
    int wrong = 0, status;
    fflush(stdout);
    pid_t child = fork();
    syscall(SYS_arch_prctl, SET_GS, child ? &mine : &theirs);
    for (int i = 0; i < 200; i++) {
        sched_yield();
        __asm__ volatile("mov %%gs:0, %0" : "=r"(seen));
        wrong += seen != (child ? mine : theirs);
    }
    if (child == 0)
        _exit(wrong ? 1 : 0);
    CHECK_EQ(wrong, 0);
    CHECK_EQ(waitpid(child, &status, 0) == child && status == 0, 1);
    CHECK_OK(syscall(SYS_arch_prctl, SET_GS, 0));
}

static void check_sched(void)
{
    unsigned long mask[16] = {0};
    CHECK_OK(sched_yield());
    CHECK(syscall(SYS_sched_getaffinity, 0, sizeof mask, mask) >= 8);
    CHECK(mask[0] & 1 || mask[0] != 0);
    CHECK_ERR(syscall(SYS_sched_getaffinity, 4000000, sizeof mask, mask), ESRCH);
    CHECK_ERR(syscall(SYS_sched_getaffinity, 0, 7, mask), EINVAL);
    CHECK_ERR(syscall(SYS_sched_getaffinity, 0, sizeof mask, BAD_KERNEL), EFAULT);
    CHECK_EQ(syscall(SYS_gettid), getpid());
    CHECK(getppid() > 0);
    CHECK(getpid() > 1);
}

static void check_no_call(void)
{
    CHECK_ERR(syscall(1000), ENOSYS);
    CHECK_ERR(syscall(-1), ENOSYS);
    CHECK_ERR(syscall(INT_MIN), ENOSYS);
    CHECK_ERR(syscall(INT_MAX), ENOSYS);
    CHECK_EQ(syscall(1l << 32 | SYS_getpid), getpid()); /* the number is an int */
    CHECK_ERR(syscall(183), ENOSYS);                    /* afs_syscall, never there */
}

static void check_random(void)
{
    unsigned char a[64] = {0}, b[64] = {0};
    CHECK_EQ(syscall(SYS_getrandom, a, sizeof a, 0), sizeof a);
    CHECK_EQ(syscall(SYS_getrandom, b, sizeof b, 1), sizeof b);
    CHECK(memcmp(a, b, sizeof a) != 0);
    CHECK_EQ(syscall(SYS_getrandom, a, 0, 0), 0);
    CHECK_ERR(syscall(SYS_getrandom, a, 1, 0x80), EINVAL);
    CHECK_ERR(syscall(SYS_getrandom, BAD_KERNEL, 8, 0), EFAULT);
    char *edge = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(edge + PAGE, PAGE);
    CHECK_EQ(syscall(SYS_getrandom, edge + PAGE - 5, 100, 0), 5);
    CHECK_EQ(syscall(SYS_getrandom, edge + PAGE - 600, 1000, 0), 600);
}

int main(void)
{
    check_uname();
    check_sysinfo();
    check_prctl();
    check_arch_prctl();
    check_gs_of_each();
    check_sched();
    check_no_call();
    check_random();
    return check_done();
}
