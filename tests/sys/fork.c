/* fork, vfork, clone without shared threads: what a child has, what is its own, many of them.
 * needs: procfs users times settings */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sched.h>
#include <sys/resource.h>
#include <sys/times.h>

static int global = 1;

static void check_copy(void)
{
    int local = 1, *heap = malloc(sizeof *heap);
    *heap = 1;
    char *shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t parent = getpid();
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        CHILD_REQUIRE(getpid() != parent && getppid() == parent);
        CHILD_REQUIRE(global == 1 && local == 1 && *heap == 1);
        global = local = *heap = 2;
        shared[0] = 2;
        _exit(42);
    }
    CHECK(child > 0);
    CHECK_EQ(status_of(child), 42 << 8);
    CHECK_EQ(global, 1);
    CHECK_EQ(local, 1);
    CHECK_EQ(*heap, 1);
    CHECK_EQ(shared[0], 2);
    free(heap);
    munmap(shared, PAGE);
}

static void no_handler(int number)
{
    (void)number;
}

/* What a child inherits, and what it begins anew. */
static void check_inheritance(void)
{
    struct rlimit limit = {100, 200};
    CHECK_OK(setrlimit(RLIMIT_NOFILE, &limit));
    umask(035);
    on(SIGUSR1, no_handler, 0);
    signal(SIGUSR2, SIG_IGN);
    sigset_t block = set_of(SIGTERM);
    sigprocmask(SIG_BLOCK, &block, NULL);
    raise(SIGTERM);
    alarm(100);
    pid_t group = getpgrp(), session = getsid(0);
    CHECK_CHILD("inherited", {
        struct sigaction action;
        struct rlimit now;
        sigset_t set;
        CHILD_REQUIRE(getpgrp() == group && getsid(0) == session);
        CHILD_REQUIRE(umask(0) == 035);
        CHILD_REQUIRE(getrlimit(RLIMIT_NOFILE, &now) == 0 && now.rlim_cur == 100);
        CHILD_REQUIRE(sigaction(SIGUSR1, NULL, &action) == 0 && action.sa_handler == no_handler);
        CHILD_REQUIRE(sigaction(SIGUSR2, NULL, &action) == 0 && action.sa_handler == SIG_IGN);
        CHILD_REQUIRE(sigprocmask(SIG_BLOCK, NULL, &set) == 0 && sigismember(&set, SIGTERM));
    });
    CHECK_CHILD("not inherited", {
        sigset_t set;
        struct tms t;
        CHILD_REQUIRE(sigpending(&set) == 0 && !sigismember(&set, SIGTERM));
        CHILD_REQUIRE(alarm(0) == 0);
        CHILD_REQUIRE(times(&t) != -1 && t.tms_cutime == 0);
        CHILD_REQUIRE(wait(NULL) == -1 && errno == ECHILD);
    });
    CHECK(alarm(0) > 90);
    signal(SIGTERM, SIG_IGN);
    sigprocmask(SIG_UNBLOCK, &block, NULL);
    signal(SIGTERM, SIG_DFL);
    umask(022);
}

static void check_vfork(void)
{
    volatile int shared = 1;
    fflush(stdout);
    pid_t child = vfork();
    if (child == 0) {
        shared = 2; /* in the parent's own memory, while the parent waits */
        _exit(7);
    }
    CHECK(child > 0);
    CHECK_EQ(shared, 2);
    CHECK_EQ(status_of(child), 7 << 8);
    child = vfork();
    if (child == 0) {
        execl("/proc/self/exe", "fork", "exit", "9", NULL);
        _exit(99);
    }
    CHECK_EQ(status_of(child), 9 << 8);
    child = vfork();
    if (child == 0) {
        execl("/none", "none", NULL);
        shared = errno;
        _exit(1);
    }
    CHECK_EQ(status_of(child), 1 << 8);
    CHECK_EQ(shared, ENOENT);
}

/* clone as fork is made of it: with a chosen signal at the end and numbers written. */
static void check_clone(void)
{
    pid_t in_parent = 0, in_child = 0;
    fflush(stdout);
    long child = syscall(SYS_clone, SIGCHLD | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID, 0,
                         &in_parent, &in_child, 0);
    if (child == 0)
        _exit(in_child != getpid());
    CHECK(child > 0);
    CHECK_EQ(in_parent == child, 1);
    CHECK_EQ(in_child, 0);
    CHECK_EQ(status_of(child), 0);
    child = syscall(SYS_clone, 0, 0, 0, 0, 0); /* no signal at the end: wait needs __WCLONE */
    if (child == 0)
        _exit(3);
    CHECK_ERR(waitpid(child, NULL, 0), ECHILD);
    int status = 0;
    CHECK_EQ(waitpid(child, &status, __WCLONE) == child, 1);
    CHECK_EQ(status, 3 << 8);
    child = syscall(SYS_clone, SIGCHLD | CLONE_FILES, 0, 0, 0, 0);
    if (child == 0)
        _exit(dup2(1, 90) != 90);
    CHECK_EQ(status_of(child), 0);
    CHECK_OK(close(90)); /* one table of descriptors for both */
    child = clone_here(SIGCHLD | CLONE_VM | CLONE_VFORK, NULL, NULL);
    if (child == 0)
        syscall(SYS_exit, 5);
    CHECK_EQ(status_of(child), 5 << 8);
    CHECK_ERR(syscall(SYS_clone, CLONE_SIGHAND, 0, 0, 0, 0), EINVAL);
    CHECK_ERR(syscall(SYS_clone, CLONE_THREAD, 0, 0, 0, 0), EINVAL);
}

static void check_shared_umask(void)
{
    fflush(stdout);
    long child = syscall(SYS_clone, SIGCHLD | CLONE_FS, 0, 0, 0, 0);
    if (child == 0)
        _exit(umask(077) != 022);
    CHECK(child > 0 && status_of(child) == 0 && umask(022) == 077); /* one umask for both */
    umask(022);
}

/* Many children at once, each with a number and memory of its own. */
static void check_many(void)
{
    enum { CHILDREN = 60 };
    pid_t pids[CHILDREN];
    int wrong = 0, p[2];
    char *memory =
        mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(memory, 1, 64 * PAGE);
    CHECK_OK(pipe(p));
    fflush(stdout);
    for (int i = 0; i < CHILDREN; i++)
        if ((pids[i] = fork()) == 0) {
            char byte;
            memset(memory, i, 64 * PAGE);
            close(p[1]);
            CHILD_REQUIRE(read(p[0], &byte, 1) == 0);
            for (int at = 0; at < 64 * PAGE; at++)
                if (memory[at] != i)
                    _exit(200);
            _exit(i);
        }
    close(p[1]);
    for (int i = 0; i < CHILDREN; i++)
        wrong += pids[i] <= 0 || status_of(pids[i]) != i << 8;
    CHECK_EQ(wrong, 0);
    for (int at = 0; at < 64 * PAGE; at++)
        wrong += memory[at] != 1;
    CHECK_EQ(wrong, 0);
    munmap(memory, 64 * PAGE);
    close(p[0]);
}

/* Each generation hands on what its child's end was. */
static void check_chain(void)
{
    fflush(stdout);
    pid_t child = fork();
    for (int depth = 0; child == 0 && depth < 30; depth++) {
        pid_t grandchild = fork();
        if (grandchild != 0)
            _exit(WEXITSTATUS(status_of(grandchild)));
    }
    if (child == 0)
        _exit(77);
    CHECK_EQ(status_of(child), 77 << 8);
}

int main(int argc, char **argv)
{
    if (argc == 3)
        return atoi(argv[2]);
    umask(022);
    check_copy();
    check_inheritance();
    check_vfork();
    check_clone();
    check_shared_umask();
    check_many();
    check_chain();
    if (as_root("limit of processes")) {
        CHECK_CHILD("RLIMIT_NPROC", {
            struct rlimit one = {1, 1};
            CHILD_REQUIRE(setrlimit(RLIMIT_NPROC, &one) == 0);
            CHILD_REQUIRE(setresuid(54321, 54321, 54321) == 0);
            CHILD_REQUIRE(fork() == -1 && errno == EAGAIN);
        });
    }
    return check_done();
}
