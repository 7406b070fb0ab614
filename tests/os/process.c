/* The process itself: numbers, groups, sessions, signals, priorities, times, the system's name and
 * size, random bytes.
 * needs: users settings times random */
/* SPDX-License-Identifier: MIT */
#include "children.h"
#include <time.h>

static int reap(pid_t pid)
{
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0).status);
}

static void check_groups(void)
{
    CHECK(os.getpid() > 0 && os.getpid() == getpid());
    CHECK(os.getppid() > 0);
    CHECK_EQ(os.getpgid(0), os.getpgrp());
    CHECK_EQ(os.getpgid(os.getpid()), os.getpgrp());
    CHECK_ERR(os.getpgid(0x3ffffff), ESRCH);
    CHECK_ERR(os.getsid(0x3ffffff), ESRCH);
    CHECK_EQ(os.getsid(0), os.getsid(os.getpid()));
    CHECK_CHILD("groups and sessions", {
        CHILD_REQUIRE(os.setpgrp() == 0);
        CHILD_REQUIRE(os.getpgrp() == os.getpid());
        CHILD_REQUIRE(os.setsid() == -1 && errno == EPERM); /* we lead a group */
        pid_t in = os.fork();
        if (in == 0) {
            pid_t session = os.setsid();
            bool all = session == os.getpid() && os.getsid(0) == session && os.getpgrp() == session;
            os._exit(!all || os.open("/dev/tty", O_RDWR) != -1 || errno != ENXIO);
        }
        CHILD_REQUIRE(reap(in) == 0);
    });
    pid_t a = child_that_waits(), b = child_that_waits();
    CHECK_OK(os.setpgid(a, a));
    CHECK_OK(os.setpgid(b, a));
    CHECK_EQ(os.getpgid(b), a);
    CHECK_ERR(os.setpgid(0x3ffffff, 0), ESRCH);
    CHECK_ERR(os.setpgid(a, -1), EINVAL);
    CHECK_ERR(os.setpgid(a, 0x3ffffff), EPERM);
    CHECK_OK(os.killpg(a, SIGTERM));
    CHECK_EQ(reap(a), -SIGTERM);
    CHECK_EQ(reap(b), -SIGTERM);
    CHECK_ERR(os.killpg(a, SIGTERM), ESRCH);
}

static void check_kill(void)
{
    pid_t pid = child_that_waits();
    CHECK_OK(os.kill(pid, 0));
    CHECK_ERR(os.kill(pid, 999), EINVAL);
    CHECK_OK(os.kill(pid, SIGUSR1));
    CHECK_EQ(reap(pid), -SIGUSR1);
    CHECK_ERR(os.kill(pid, 0), ESRCH);
    CHECK_ERR(os.kill(0x3ffffff, SIGTERM), ESRCH);
    if (as_root("kill of another's process"))
        CHECK_CHILD("kill of another's process", {
            CHILD_REQUIRE(os.setuid(1000) == 0);
            CHILD_REQUIRE(os.kill(os.getppid(), 0) == -1 && errno == EPERM);
        });
    pid = os.fork();
    if (pid == 0)
        os.abort();
    CHECK_EQ(reap(pid), -SIGABRT);
    pid = os.fork();
    if (pid == 0) {
        signal(SIGABRT, SIG_IGN);
        os.abort(); /* all the same */
    }
    CHECK_EQ(reap(pid), -SIGABRT);
}

static void not_at_exit(void)
{
    os.mkdir("atexit-ran", 0777);
}

static void check_exit(void)
{
    int fd = os.open("out", O_WRONLY | O_CREAT, 0666);
    pid_t pid = os.fork();
    if (pid == 0) {
        atexit(not_at_exit);
        os.dup2(fd, 1);
        printf("not flushed");
        os._exit(300); /* the low 8 bits */
    }
    CHECK_EQ(reap(pid), 300 & 0xff);
    CHECK_EQ(os.fstat(fd).st_size, 0);
    CHECK(!os.path.exists("atexit-ran"));
    os.close(fd);
}

static void check_priority(void)
{
    CHECK_CHILD("priorities", {
        int before = os.getpriority(PRIO_PROCESS, 0);
        CHILD_REQUIRE(os.nice(0) == before);
        CHILD_REQUIRE(os.nice(3) == before + 3);
        CHILD_REQUIRE(os.getpriority(PRIO_PROCESS, os.getpid()) == before + 3);
        CHILD_REQUIRE(os.setpriority(PRIO_PROCESS, 0, before + 5) == 0);
        CHILD_REQUIRE(os.nice(0) == before + 5);
        CHILD_REQUIRE(os.nice(1000) == 19);
        errno = 0;
        CHILD_REQUIRE(os.getpriority(99, 0) == -1 && errno == EINVAL);
        CHILD_REQUIRE(os.getpriority(PRIO_PROCESS, 0x3ffffff) == -1 && errno == ESRCH);
        CHILD_REQUIRE(os.setpriority(PRIO_PROCESS, 0x3ffffff, 0) == -1 && errno == ESRCH);
    });
}

static void check_system(void)
{
    CHECK_EQ(os.umask(0123), 022);
    CHECK_EQ(os.umask(0777), 0123);
    CHECK_EQ(os.umask(022), 0777);
    struct os_uname_result name = os.uname();
    CHECK(name.sysname[0] && name.nodename[0] && name.release[0] && name.version[0]);
    CHECK_STR(name.machine, "x86_64");
    CHECK(os.cpu_count() >= 1);
    cpu_set_t mask;
    CHECK_OK(os.sched_getaffinity(0, &mask));
    CHECK(CPU_COUNT(&mask) >= 1 && CPU_COUNT(&mask) <= os.cpu_count());
    CHECK_ERR(os.sched_getaffinity(0x3ffffff, &mask), ESRCH);
    CHECK_OK(os.sched_yield());
    struct os_loadavg load = os.getloadavg();
    CHECK(load.one >= 0 && load.five >= 0 && load.fifteen >= 0);
    struct os_times_result before = os.times(), after;
    do
        after = os.times();
    while (after.user + after.system < before.user + before.system + 0.10);
    /* each of the three is cut to whole ticks of 10 ms */
    CHECK(after.elapsed >= before.elapsed + 0.065 && before.elapsed > 0);
    CHECK(after.user >= before.user && after.system >= before.system);
    CHECK_EQ(os.sysconf(_SC_PAGESIZE), 4096);
    CHECK_EQ(os.sysconf(_SC_CLK_TCK), 100);
    CHECK(os.sysconf(_SC_NPROCESSORS_ONLN) >= 1);
    CHECK(os.sysconf(_SC_OPEN_MAX) >= 256);
    CHECK(os.sysconf(_SC_PHYS_PAGES) > 1000);
    CHECK_ERR(os.sysconf(9999), EINVAL);
    char *path = os.confstr(_CS_PATH);
    CHECK(path && strstr(path, "/bin"));
    free(path);
    CHECK_NULL_ERR(os.confstr(9999), EINVAL);
}

static void check_random(void)
{
    static unsigned char a[5000], b[5000];
    int counts[256] = {0}, seen = 0;
    CHECK_OK(os.urandom(a, sizeof a));
    CHECK_EQ(os.getrandom(b, sizeof b, 0), sizeof b);
    CHECK(memcmp(a, b, sizeof a) != 0);
    for (size_t i = 0; i < sizeof a; i++)
        counts[a[i]]++;
    for (int i = 0; i < 256; i++)
        seen += counts[i] > 0 && counts[i] < 80;
    CHECK_EQ(seen, 256); /* of 5,000 bytes: each value some 20 times */
    CHECK_OK(os.urandom(a, 0));
    CHECK_EQ(os.getrandom(b, 10, 0x0001), 10); /* GRND_NONBLOCK */
    CHECK_ERR(os.getrandom(b, 10, 0x8000), EINVAL);
    CHECK_ERR(os.urandom((void *)8, 10), EFAULT);
    b[0] = b[1] = b[2] = 7;
    CHECK_OK(os.urandom(b, 1));
    CHECK(b[1] == 7 && b[2] == 7);
    memcpy(a, b, 64);
    CHECK_CHILD("a child has random bytes of its own", {
        os.urandom(a, 32);
        int fd = os.open("random", O_WRONLY | O_CREAT, 0666);
        CHILD_REQUIRE(os.write(fd, a, 32) == 32);
    });
    os.urandom(b, 32);
    int fd = os.open("random", O_RDONLY);
    CHECK_EQ(os.read(fd, a, 32), 32);
    CHECK(memcmp(a, b, 32) != 0);
    os.close(fd);
}

int main(void)
{
    os.umask(022);
    check_groups();
    check_kill();
    check_exit();
    check_priority();
    check_system();
    check_random();
    return check_done();
}
