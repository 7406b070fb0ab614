/* Long calls about processes and threads: many children, threads, members of groups. */
/* SPDX-License-Identifier: MIT */
#include "latency.h"

static void do_exit_many_children(void)
{
    int n = many(4000);
    fork_many(n, pause_for_ever);
    wait_ready((unsigned)n);
    measure();
    _exit(0);
}

/* Each is in a group of its own, stopped, and orphaned by the end of its parent. */
static void stop_alone(void)
{
    setpgid(0, 0);
    __atomic_fetch_add(&shared->n_ready, 1, __ATOMIC_SEQ_CST);
    raise(SIGSTOP);
    pause_for_ever();
}

static void do_exit_groups(void)
{
    int n = many(2000);
    fork_many(n, stop_alone);
    wait_ready((unsigned)n);
    measure();
    _exit(0);
}

static void end_at_once(void)
{
    _exit(0);
}

static void do_exit_zombies(void)
{
    fork_many(many(4000), end_at_once);
    usleep(100000);
    measure();
    _exit(0);
}

static void do_wait_zombies(void)
{
    int n = many(4000);
    fork_many(n, end_at_once);
    usleep(100000);
    measure();
    for (int i = 0; i < n; i++)
        MUST(wait4(-1, NULL, 0, NULL));
    measured();
}

/* For a group that has none that ended. */
static void do_wait_group(void)
{
    int n = many(4000);
    pid_t last = fork();
    if (last == 0) {
        setpgid(0, 0);
        pause_for_ever();
    }
    setpgid(last, last);
    fork_many(n, end_at_once);
    usleep(100000);
    measure();
    MUST(waitpid(-last, NULL, WNOHANG));
    measured();
}

static void do_setpgid(void)
{
    int n = many(3000);
    pid_t *pids = calloc((size_t)n, sizeof(pid_t));
    for (int i = 0; i < n; i++) {
        MUST(pids[i] = fork());
        if (pids[i] == 0)
            pause_for_ever();
    }
    wait_ready((unsigned)n);
    measure();
    for (int i = 0; i < n; i++)
        MUST(setpgid(pids[i], pids[0]));
    measured();
}

static void do_exit_more_threads(void)
{
    start_threads(many(5000));
    measure();
    _exit(0);
}

static void do_exec_threads(void)
{
    char *none[] = {NULL};
    start_threads(many(5000));
    measure();
    execve("/ouros/bin/true", none, none);
    die("exec");
}

static void do_kill_threads(void)
{
    pid_t pid = process_of_threads(many(5000));
    measure();
    MUST(kill(pid, SIGKILL));
    MUST(waitpid(pid, NULL, 0));
    measured();
}

static void do_requeue(void)
{
    static int other;
    int n = many(5000);
    start_threads(n);
    measure();
    MUST(syscall(SYS_futex, &word, 3 /* FUTEX_REQUEUE */, 0, (long)n, &other, 0));
    measured();
}

static void do_wake_requeued(void)
{
    static int other;
    int n = many(5000);
    start_threads(n);
    MUST(syscall(SYS_futex, &word, 3 /* FUTEX_REQUEUE */, 0, (long)n, &other, 0));
    measure();
    MUST(syscall(SYS_futex, &other, 1 /* FUTEX_WAKE */, INT32_MAX, NULL, NULL, 0));
    measured();
}

/* As many robust locks as the kernel looks at, each waited for, beside many that wait for others.
 */
static void end_with_robust_locks(void)
{
    enum { N = 2048 };
    static struct {
        void *next;
        uint32_t word;
    } locks[N];
    static struct {
        void *next;
        long offset;
        void *pending;
    } head = {locks, 8, NULL};
    start_threads(many(5000));
    for (int i = 0; i < N; i++) {
        locks[i].next = i + 1 < N ? (void *)&locks[i + 1] : (void *)&head;
        locks[i].word = 0x80000000 | (uint32_t)getpid();
    }
    MUST(syscall(SYS_set_robust_list, &head, sizeof(head)));
    measure();
    syscall(SYS_exit, 0);
}

/* The thread ends, the process does not. */
static void do_exit_robust(void)
{
    fork_many(1, end_with_robust_locks);
    usleep(300000);
    measured();
}

static int pipe_ends[2];

static void read_pipe(void)
{
    char byte;
    __atomic_fetch_add(&shared->n_ready, 1, __ATOMIC_SEQ_CST);
    (void)!read(pipe_ends[0], &byte, 1);
    pause_for_ever();
}

static void do_wake_readers(void)
{
    int n = many(4000);
    MUST(pipe(pipe_ends));
    fork_many(n, read_pipe);
    wait_ready((unsigned)n);
    measure();
    MUST(write(pipe_ends[1], "x", 1));
    measured();
}

static int locked_file;

static void wait_for_lock(void)
{
    struct flock lock = {.l_type = F_WRLCK, .l_len = 1};
    __atomic_fetch_add(&shared->n_ready, 1, __ATOMIC_SEQ_CST);
    fcntl(locked_file, F_SETLKW, &lock);
    pause_for_ever();
}

static void do_wake_lockers(void)
{
    int n = many(3000);
    struct flock lock = {.l_type = F_WRLCK, .l_len = 1};
    locked_file = big_file("f", 0);
    MUST(fcntl(locked_file, F_SETLK, &lock));
    fork_many(n, wait_for_lock);
    wait_ready((unsigned)n);
    lock.l_type = F_UNLCK;
    measure();
    MUST(fcntl(locked_file, F_SETLK, &lock));
    measured();
}

static void do_prlimit(void)
{
    struct rlimit limit = {100, RLIM_INFINITY};
    start_threads(many(3000));
    measure();
    for (int i = 0; i < 1000; i++)
        MUST(setrlimit(RLIMIT_CPU, &limit));
    measured();
}

static void do_chain(void)
{
    int n = many(3000);
    for (int i = 0; i < n; i++) {
        pid_t pid = fork();
        MUST(pid);
        if (pid) {
            if (i == 0)
                break;
            pause_for_ever();
        }
        if (i == n - 1) {
            shared->n_ready = 1u << 20;
            pause_for_ever();
        }
    }
    while (shared->n_ready < 1u << 20)
        usleep(1000);
    usleep(20000);
    measure();
    kill(0, SIGKILL);
}

static const struct row rows[] = {
    {"exit with 4,000 children", do_exit_many_children, NULL},
    {"exit with 2,000 stopped children in groups of their own", do_exit_groups, NULL},
    {"exit with 4,000 zombies", do_exit_zombies, NULL},
    {"wait4 for 4,000 zombies", do_wait_zombies, NULL},
    {"wait for a group with 4,000 zombies of another", do_wait_group, NULL},
    {"setpgid of 3,000 children", do_setpgid, NULL},
    {"exit_group with 5,000 threads", do_exit_more_threads, NULL},
    {"execve with 5,000 threads", do_exec_threads, NULL},
    {"SIGKILL to a process with 5,000 threads", do_kill_threads, NULL},
    {"futex: 5,000 threads wait for another word", do_requeue, NULL},
    {"futex: 5,000 threads are woken there", do_wake_requeued, NULL},
    {"exit with 2,048 robust locks beside 5,000 that wait", do_exit_robust, NULL},
    {"write to a pipe that 4,000 processes read", do_wake_readers, NULL},
    {"a record is unlocked that 3,000 processes wait for", do_wake_lockers, NULL},
    {"1,000 calls of prlimit with 3,000 threads", do_prlimit, NULL},
    {"SIGKILL to a chain of 3,000 processes", do_chain, NULL},
};
const struct rows process_rows = {rows, sizeof(rows) / sizeof(rows[0])};
