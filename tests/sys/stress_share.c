/* Stress: processes and threads that share names, descriptors and actions, or some of these, move,
 * open, close, set actions, stop sharing, execute and end at once, while others look at them.
 * needs: procfs futex */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sched.h>

enum { WORKERS = 6, STACK = 32768, ROUNDS = 300, LOOKERS = 2 };

static char self[PATH_MAX];
static char stacks[2 * WORKERS][STACK] __attribute__((aligned(16)));
static int wrong; /* counted by all that share the memory */

static void mark(bool right)
{
    if (!right)
        __atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
}

/* ---- What each does; with raw calls only, for threads without a libc's own memory ---- */

/* Everybody goes from one of two directories to the other: by a path that is right in both. */
static void move(void)
{
    char path[PATH_MAX];
    mark(syscall(SYS_chdir, "../a") == 0);
    mark(syscall(SYS_chdir, "../b") == 0);
    long n = syscall(SYS_getcwd, path, sizeof path);
    mark(n > 2 && (path[n - 2] == 'a' || path[n - 2] == 'b') && path[n - 3] == '/');
    long mask = syscall(SYS_umask, 022);
    mark(mask == 022);
}

static void open_and_close(void)
{
    int ends[2];
    char byte = 'x';
    long fd = syscall(SYS_openat, AT_FDCWD, "../b", O_RDONLY | O_DIRECTORY, 0);
    mark(fd >= 0);
    mark(syscall(SYS_fchdir, fd) == 0);
    mark(syscall(SYS_close, fd) == 0);
    mark(syscall(SYS_pipe2, ends, O_CLOEXEC) == 0);
    mark(syscall(SYS_write, ends[1], &byte, 1) == 1);
    mark(syscall(SYS_read, ends[0], &byte, 1) == 1);
    mark(syscall(SYS_close, ends[0]) == 0);
    mark(syscall(SYS_close, ends[1]) == 0);
}

static void take(int number)
{
    (void)number;
}

static void set_actions(int round)
{
    static const struct {
        void *handler;
        unsigned long flags;
    } choices[] = {{SIG_IGN, 0}, {SIG_DFL, 0}, {SIG_IGN, SA_RESTART}};
    struct {
        void *handler;
        unsigned long flags, restorer, mask;
    } action = {choices[round % 3].handler, choices[round % 3].flags, 0, 0};
    mark(syscall(SYS_rt_sigaction, SIGWINCH, &action, NULL, 8) == 0);
    mark(syscall(SYS_kill, syscall(SYS_getpid), SIGWINCH) == 0);
    mark(syscall(SYS_kill, syscall(SYS_getpid), SIGUSR1) == 0); /* has a handler all the time */
}

/* A child that shares what `flags` say, and executes: it keeps the names, no more. */
static void execute(unsigned long flags)
{
    static char *nothing[] = {NULL};
    char *words[] = {self, "quick", NULL};
    int status = -1;
    long child = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
    if (child == 0) {
        syscall(SYS_execve, self, words, nothing);
        syscall(SYS_exit_group, 9);
    }
    mark(child > 0);
    while (syscall(SYS_wait4, child, &status, __WALL, NULL) < 0)
        ;
    mark(status == 0);
}

static int work(void *argument)
{
    long number = (long)argument;
    for (int round = 0; round < ROUNDS; round++) {
        move();
        open_and_close();
        set_actions(round + number);
        if (round % 50 == number)
            execute(round % 100 < 50 ? CLONE_FS | CLONE_FILES : CLONE_FILES);
        if (round == ROUNDS / 2 && number % 3 == 0)
            mark(syscall(SYS_unshare, number ? CLONE_FILES : CLONE_FS) == 0);
    }
    return 0;
}

/* ---- What is shared with what ---- */

enum { THREAD = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD };

/* One of the processes: it has a thread beside itself that shares other parts than it does. */
static int work_with_thread(void *argument)
{
    static const unsigned long shared[] = {0, CLONE_FS, CLONE_FILES, CLONE_FS | CLONE_FILES};
    long number = (long)argument;
    static int tids[WORKERS];
    int *tid = &tids[number];
    mark(clone(work, stacks[WORKERS + number] + STACK,
               THREAD | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID | shared[number % 4], argument,
               tid, NULL, tid) > 0);
    work(argument);
    for (int left; (left = __atomic_load_n(tid, __ATOMIC_ACQUIRE));)
        syscall(SYS_futex, tid, 0, left, NULL, NULL, 0);
    return 0;
}

static void look_at(pid_t pid)
{
    static const char *const names[] = {"cwd", "root", "fd/0", "fd/5", "fd/6"};
    char folder[64], path[400], target[PATH_MAX];
    snprintf(folder, sizeof folder, "/proc/%d/task", (int)pid);
    DIR *dir = opendir(folder);
    struct dirent *entry;
    while (dir && (entry = readdir(dir))) {
        for (int i = 0; i < 5; i++) {
            snprintf(path, sizeof path, "%s/%s/%s", folder, entry->d_name, names[i]);
            (void)!readlink(path, target, sizeof target);
        }
        snprintf(path, sizeof path, "%s/%s/status", folder, entry->d_name);
        contents(path);
    }
    if (dir)
        closedir(dir);
}

/* Looks at all until it is killed. */
static pid_t start_looker(const pid_t pids[])
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        for (int i = 0;; i++)
            look_at(pids[i % WORKERS]);
    return child;
}

static void test_all_at_once(void)
{
    enum { ALL = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND };
    static const int shared[WORKERS] = {
        ALL, ALL, CLONE_VM | CLONE_FS, CLONE_VM | CLONE_FILES, CLONE_VM | CLONE_SIGHAND, ALL};
    pid_t pids[WORKERS], lookers[LOOKERS];
    for (long i = 0; i < WORKERS; i++)
        CHECK_OK(pids[i] =
                     clone(work_with_thread, stacks[i] + STACK, shared[i] | SIGCHLD, (void *)i));
    for (int i = 0; i < LOOKERS; i++)
        lookers[i] = start_looker(pids);
    for (int i = 0; i < WORKERS; i++)
        CHECK_EQ(status_of(pids[i]), 0);
    for (int i = 0; i < LOOKERS; i++) {
        kill(lookers[i], SIGKILL);
        CHECK_EQ(status_of(lookers[i]), SIGKILL);
    }
    CHECK_EQ(wrong, 0);
    CHECK_OK(chdir("../a"));
    CHECK_OK(access("../b", F_OK));
}

/* ---- A process's threads have their own tables while one of them executes ---- */

static int open_until_killed(void *unused)
{
    (void)unused;
    for (;;) {
        open_and_close();
        syscall(SYS_unshare, CLONE_FILES);
    }
    return 0;
}

static void test_exec_among_threads(void)
{
    int ends[2], bad = 0;
    char byte;
    for (int i = 0; i < 40; i++) {
        if (pipe(ends) < 0)
            break;
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            for (int j = 0; j < 3; j++)
                clone(open_until_killed, stacks[j] + STACK, THREAD | (j ? CLONE_FILES : 0), NULL);
            fcntl(ends[1], F_SETFD, FD_CLOEXEC);
            execl(self, self, "quick", NULL);
            _exit(9);
        }
        close(ends[1]);
        bad += read(ends[0], &byte, 1) != 0 || status_of(child) != 0;
        close(ends[0]);
    }
    CHECK_EQ(bad, 0);
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1)
        return fcntl(20, F_GETFD) >= 0;
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    self[n < 0 ? 0 : n] = 0;
    umask(022);
    on(SIGUSR1, take, SA_RESTART);
    CHECK_OK(mkdir("a", 0755));
    CHECK_OK(mkdir("b", 0755));
    CHECK_OK(chdir("a"));
    test_all_at_once();
    test_exec_among_threads();
    return check_done();
}
