/* The number of a thread that is not the first, where a call wants a process's: nearly all take it
 * for the process, some for the thread itself, setpgid refuses it.
 * needs: procfs settings posix */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sched.h>
#include <sys/resource.h>

enum {
    THREAD = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |
             CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID,
    STACK = 65536,
};

static int tid;
static volatile int go, told[4];
static int nice_at_first;

static void nothing(int number)
{
    (void)number;
}

/* Queues a signal to its own number, which may look as if the kernel had sent it, and to its
 * process's, which may not; then waits for its end. */
static int run(void *arg)
{
    siginfo_t info = {.si_code = SI_USER};
    (void)arg;
    told[0] = syscall(SYS_rt_sigqueueinfo, syscall(SYS_gettid), SIGUSR1, &info);
    told[1] = syscall(SYS_rt_sigqueueinfo, syscall(SYS_getpid), SIGUSR1, &info);
    told[2] = syscall(SYS_getpriority, PRIO_PROCESS, 0);
    told[3] = 1;
    while (!go)
        syscall(SYS_sched_yield);
    return 0;
}

static void check_calls(void)
{
    siginfo_t info = {.si_code = SI_QUEUE};
    struct rlimit limit = {};
    uint64_t cpus[16];
    CHECK_OK(kill(tid, 0));
    CHECK_OK(kill(tid, SIGUSR1));
    CHECK_ERR(kill(-tid, 0), ESRCH);
    CHECK_EQ(getpgid(tid) == getpgrp(), 1);
    CHECK_EQ(getsid(tid) == getsid(0), 1);
    CHECK_OK(syscall(SYS_prlimit64, tid, RLIMIT_NOFILE, NULL, &limit));
    CHECK(limit.rlim_cur > 0);
    CHECK_OK(syscall(SYS_rt_sigqueueinfo, tid, SIGUSR1, &info));
    CHECK_OK(syscall(SYS_rt_tgsigqueueinfo, getpid(), tid, SIGUSR1, &info));
    CHECK_ERR(syscall(SYS_rt_tgsigqueueinfo, tid, tid, SIGUSR1, &info), ESRCH);
    CHECK(syscall(SYS_sched_getaffinity, tid, sizeof cpus, cpus) > 0);
    CHECK_ERR(syscall(SYS_tgkill, tid, tid, 0), ESRCH);
    CHECK_ERR(waitpid(tid, NULL, __WALL), ECHILD);
}

static void check_setpgid(void)
{
    CHECK_ERR(setpgid(tid, 0), EINVAL);
    CHECK_ERR(setpgid(tid, tid), EINVAL);
    CHECK_ERR(setpgid(tid, getpid()), EINVAL);
    CHECK_ERR(setpgid(0, tid), EPERM);
}

/* Each thread has a nice value of its own. The test may have been started with another than 0. */
static void check_nice(void)
{
    int more = nice_at_first < 15 ? nice_at_first + 3 : 19;
    CHECK_EQ(told[2], 20 - nice_at_first);
    CHECK_OK(setpriority(PRIO_PROCESS, tid, more));
    CHECK_EQ(getpriority(PRIO_PROCESS, tid), more);
    CHECK_EQ(getpriority(PRIO_PROCESS, 0), nice_at_first);
    CHECK_EQ(getpriority(PRIO_PROCESS, getpid()), nice_at_first);
    CHECK_ERR(getpriority(PRIO_PGRP, tid), ESRCH);
    CHECK_CHILD("a group's value is that of its nicest thread, and is set for all", {
        CHILD_REQUIRE(setpgid(0, 0) == 0 && setpriority(PRIO_PGRP, 0, more) == 0);
        CHILD_REQUIRE(getpriority(PRIO_PGRP, 0) == more && getpriority(PRIO_PROCESS, 0) == more);
    });
}

/* /proc/TID is there and is about the thread; no listing shows it. */
static void check_proc(void)
{
    char path[64], wanted[64];
    bool listed = false;
    struct stat st;
    snprintf(path, sizeof path, "/proc/%d/status", tid);
    const char *status = contents(path);
    snprintf(wanted, sizeof wanted, "\nTgid:\t%d\n", getpid());
    CHECK(status && strstr(status, wanted));
    snprintf(wanted, sizeof wanted, "\nPid:\t%d\n", tid);
    CHECK(status && strstr(status, wanted));
    snprintf(path, sizeof path, "/proc/%d/task/%d", tid, getpid());
    CHECK_OK(stat(path, &st));
    snprintf(path, sizeof path, "/proc/%d/task/%d/task", getpid(), tid);
    CHECK_ERR(stat(path, &st), ENOENT);
    snprintf(path, sizeof path, "/proc/%d/stat", tid);
    int first = 0;
    const char *line = contents(path);
    CHECK(line && sscanf(line, "%d", &first) == 1 && first == tid);
    DIR *dir = opendir("/proc");
    for (struct dirent *entry; dir && (entry = readdir(dir));)
        listed = listed || atoi(entry->d_name) == tid;
    closedir(dir);
    CHECK(!listed);
}

/* What was opened while the thread lived says that it is gone. */
static void check_gone(void)
{
    char path[64], byte;
    int number = tid;
    snprintf(path, sizeof path, "/proc/self/task/%d/comm", number);
    int comm = open(path, O_RDONLY);
    snprintf(path, sizeof path, "/proc/%d", number);
    int dir = open(path, O_RDONLY | O_DIRECTORY);
    CHECK(comm >= 0 && dir >= 0);
    go = 1;
    while (__atomic_load_n(&tid, __ATOMIC_ACQUIRE))
        sched_yield();
    while (syscall(SYS_tkill, number, 0) == 0)
        sched_yield(); /* its word is 0 a little before it is gone */
    CHECK_ERR(read(comm, &byte, 1), ESRCH);
    CHECK_ERR(fchdir(dir), ESRCH);
    CHECK_ERR(open(path, O_RDONLY), ENOENT);
    CHECK_ERR(kill(number, 0), ESRCH);
    CHECK_ERR(setpgid(number, 0), ESRCH);
    CHECK_ERR(getpriority(PRIO_PROCESS, number), ESRCH);
    uint64_t cpus[16];
    CHECK_ERR(syscall(SYS_sched_getaffinity, number, sizeof cpus, cpus), ESRCH);
    close(comm);
    close(dir);
}

/* A group that has outlived its leader keeps the number in use; no process or thread has it. */
static void check_group_number(void)
{
    uint64_t cpus[16];
    int hold[2];
    if (pipe(hold))
        return;
    fflush(stdout);
    pid_t leader = fork();
    if (leader == 0) {
        char c;
        setpgid(0, 0);
        if (fork() == 0) {
            close(hold[1]);
            read(hold[0], &c, 1);
        }
        _exit(0);
    }
    close(hold[0]);
    status_of(leader);
    CHECK_OK(kill(-leader, 0));
    CHECK_ERR(kill(leader, 0), ESRCH);
    CHECK_ERR(getpgid(leader), ESRCH);
    CHECK_ERR(syscall(SYS_sched_getaffinity, leader, sizeof cpus, cpus), ESRCH);
    close(hold[1]);
}

int main(void)
{
    on(SIGUSR1, nothing, 0);
    nice_at_first = getpriority(PRIO_PROCESS, 0);
    char *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK_OK(clone(run, stack + STACK, THREAD, NULL, &tid, NULL, &tid));
    while (!told[3])
        sched_yield();
    CHECK_EQ(told[0], 0);
    CHECK_EQ(told[1], -1); /* EPERM */
    check_calls();
    check_setpgid();
    check_nice();
    check_proc();
    check_gone();
    check_group_number();
    return check_done();
}
