/* /proc/PID/task/TID/children: the processes that a thread has made, oldest first, until they are
 * reaped. What a thread leaves behind belongs to the first one.
 * needs: procfs settings */
/* SPDX-License-Identifier: MIT */
#include "proc_text.h"
#include <sched.h>
#include <sys/prctl.h>

enum {
    THREAD = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |
             CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID,
    STACK = 65536,
    MANY = 1500,
};

static const char *children_of(pid_t pid, pid_t tid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)tid);
    return slurp(path, 1000) < 0 ? NULL : text;
}

static const char *list(const pid_t *pids, int n)
{
    static char wanted[MANY * 12];
    size_t length = 0;
    wanted[0] = '\0';
    for (int i = 0; i < n; i++)
        length += (size_t)snprintf(wanted + length, sizeof wanted - length, "%d ", (int)pids[i]);
    return wanted;
}

static void check_some(void)
{
    pid_t self = getpid();
    CHECK_STR(children_of(self, self), "");
    pid_t pids[3] = {child_that_pauses(), child_that_exits(0), child_that_pauses()};
    CHECK(reaches_state(pids[1], 'Z'));
    CHECK_STR(children_of(self, self), list(pids, 3));
    CHECK_STR(children_of(pids[0], pids[0]), "");
    CHECK_EQ(status_of(pids[1]), 0);
    pids[1] = pids[2];
    CHECK_STR(children_of(self, self), list(pids, 2));
    for (int i = 0; i < 2; i++) {
        kill(pids[i], SIGKILL);
        CHECK_EQ(status_of(pids[i]), SIGKILL);
    }
    CHECK_STR(children_of(self, self), "");
}

static pid_t of_thread;
static volatile int made, go;

static int make_child(void *arg)
{
    (void)arg;
    of_thread = (pid_t)syscall(SYS_fork);
    if (of_thread == 0)
        for (;;)
            pause();
    made = 1;
    while (!go)
        syscall(SYS_sched_yield);
    return 0;
}

static void check_thread(void)
{
    static int tid;
    pid_t self = getpid();
    char *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pid_t pids[2] = {child_that_pauses()};
    CHECK_OK(clone(make_child, stack + STACK, THREAD, NULL, &tid, NULL, &tid));
    int number = tid;
    while (!made)
        sched_yield();
    pids[1] = of_thread;
    CHECK_STR(children_of(self, self), list(pids, 1));
    CHECK_STR(children_of(self, number), list(pids + 1, 1));
    go = 1;
    while (__atomic_load_n(&tid, __ATOMIC_SEQ_CST))
        sched_yield();
    while (syscall(SYS_tkill, number, 0) == 0)
        sched_yield();
    CHECK_STR(children_of(self, self), list(pids, 2));
    CHECK_EQ(children_of(self, number) == NULL && errno == ENOENT, 1);
    for (int i = 0; i < 2; i++) {
        kill(pids[i], SIGKILL);
        CHECK_EQ(status_of(pids[i]), SIGKILL);
    }
}

/* An orphan becomes a child of the nearest subreaper. */
static void check_orphan(void)
{
    int ends[2];
    pid_t orphan = 0, self = getpid();
    CHECK_OK(prctl(PR_SET_CHILD_SUBREAPER, 1));
    CHECK_OK(pipe(ends));
    pid_t child = fork();
    if (child == 0) {
        orphan = child_that_pauses();
        _exit(write(ends[1], &orphan, sizeof orphan) != sizeof orphan);
    }
    CHECK_EQ(read(ends[0], &orphan, sizeof orphan), (int)sizeof orphan);
    CHECK_EQ(status_of(child), 0);
    CHECK_STR(children_of(self, self), list(&orphan, 1));
    kill(orphan, SIGKILL);
    CHECK_EQ(status_of(orphan), SIGKILL);
    close(ends[0]);
    close(ends[1]);
}

static pid_t parent_of(pid_t pid)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    slurp(path, 4096);
    return (pid_t)number("PPid:");
}

/* A process that can be seen to be a zombie has no children any more, even if it had many. */
static void check_zombie(void)
{
    enum { N = 400 };
    pid_t *pids =
        mmap(NULL, N * sizeof(pid_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    fflush(stdout);
    pid_t parent = fork();
    if (parent == 0) {
        for (int i = 0; i < N; i++)
            pids[i] = child_that_pauses();
        for (;;)
            pause();
    }
    while (!__atomic_load_n(&pids[N - 1], __ATOMIC_SEQ_CST))
        sched_yield();
    kill(parent, SIGKILL);
    while (state_of(parent) != 'Z')
        sched_yield();
    CHECK_EQ(parent_of(pids[N - 1]) == getpid(), 1);
    CHECK_EQ(status_of(parent), SIGKILL);
    bool killed = true;
    for (int i = 0; i < N; i++) {
        kill(pids[i], SIGKILL);
        killed = killed && status_of(pids[i]) == SIGKILL;
    }
    CHECK(killed);
    munmap(pids, N * sizeof(pid_t));
}

/* More than one piece of text; and the last one that was listed may go before the next is. */
static void check_many(void)
{
    static pid_t pids[MANY];
    char path[64], start[64];
    pid_t self = getpid();
    int n = 0;
    for (; n < MANY && (pids[n] = child_that_exits(0)) > 0; n++)
        ;
    CHECK(n > 100);
    CHECK_STR(children_of(self, self), list(pids, n));
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)self, (int)self);
    int fd = open(path, O_RDONLY);
    CHECK_EQ(read(fd, start, sizeof start), (int)sizeof start);
    for (int i = 0; i < n; i++)
        if (status_of(pids[i]) != 0)
            NOTE("child %d", i);
    while (read(fd, start, sizeof start) > 0)
        ;
    close(fd);
    CHECK_STR(children_of(self, self), "");
}

int main(void)
{
    if (!children_of(getpid(), getpid())) {
        SKIP("children of threads", "this kernel does not list them");
        return check_done();
    }
    check_some();
    check_thread();
    check_orphan();
    check_zombie();
    check_many();
    return check_done();
}
