/* Threads by clone: what they share, numbers, ends, signals, exec, fork and faults among them.
 * needs: procfs futex files */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sched.h>

enum {
    THREAD = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |
             CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID,
    STACK = 65536,
    MOST = 16,
    FUTEX_WAIT_ = 0,
    FUTEX_WAKE_ = 1,
};

static struct thread {
    int tid; /* 0 again when it has ended */
    char *stack;
} threads[MOST];

/* Starts a thread that runs the function; its number. Raw calls are all that it may make. */
static int start(int slot, int (*run)(void *), void *arg)
{
    struct thread *t = threads + slot;
    if (!t->stack)
        t->stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return clone(run, t->stack + STACK, THREAD, arg, &t->tid, NULL, &t->tid);
}

static void join(int slot)
{
    for (int tid; (tid = __atomic_load_n(&threads[slot].tid, __ATOMIC_ACQUIRE));)
        syscall(SYS_futex, &threads[slot].tid, FUTEX_WAIT_, tid, NULL, NULL, 0);
}

static volatile int told[4], go;

static int tell_numbers(void *arg)
{
    told[0] = syscall(SYS_gettid);
    told[1] = syscall(SYS_getpid);
    told[2] = *(int *)arg;
    syscall(SYS_umask, 077);
    told[3] = syscall(SYS_dup2, 1, 77);
    return 0;
}

static void check_shared(void)
{
    int given = 1234;
    umask(022);
    int tid = start(0, tell_numbers, &given);
    CHECK(tid > 0);
    join(0);
    CHECK_EQ(told[0] == tid, 1);
    CHECK_EQ(told[1] == getpid(), 1);
    CHECK(tid != getpid());
    CHECK_EQ(told[2], 1234);
    CHECK_EQ(umask(022), 077);
    CHECK_OK(close(77));
    for (int i = 0; i < 1000 && syscall(SYS_tkill, tid, 0) == 0; i++)
        sched_yield(); /* its word is 0 a little before it is gone */
    CHECK_ERR(syscall(SYS_tkill, tid, 0), ESRCH);
    CHECK_ERR(waitpid(tid, NULL, __WALL), ECHILD); /* a thread is no child */
}

static int counter, lock_word;
static int add_many(void *arg)
{
    (void)arg;
    for (int i = 0; i < 3000; i++) {
        while (__atomic_exchange_n(&lock_word, 1, __ATOMIC_ACQUIRE))
            syscall(SYS_futex, &lock_word, FUTEX_WAIT_, 1, NULL, NULL, 0);
        counter++;
        __atomic_store_n(&lock_word, 0, __ATOMIC_RELEASE);
        syscall(SYS_futex, &lock_word, FUTEX_WAKE_, 1, NULL, NULL, 0);
    }
    return 0;
}

/* Maps, touches and unmaps, all in one address space. */
static int map_many(void *arg)
{
    long mine = (long)arg;
    for (int i = 0; i < 40; i++) {
        char *at = (char *)syscall(SYS_mmap, NULL, 8 * PAGE, PROT_READ | PROT_WRITE,
                                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        for (int page = 0; page < 8; page++)
            at[page * PAGE] = mine;
        syscall(SYS_mprotect, at, 4 * PAGE, PROT_READ);
        for (int page = 0; page < 8; page++)
            if (at[page * PAGE] != mine)
                told[0]++;
        syscall(SYS_munmap, at, 8 * PAGE);
    }
    return 0;
}

static void check_together(void)
{
    for (int i = 0; i < 6; i++)
        start(i, add_many, NULL);
    for (int i = 0; i < 6; i++)
        join(i);
    CHECK_EQ(counter, 6 * 3000);
    told[0] = 0;
    for (int i = 0; i < 6; i++)
        start(i, map_many, (void *)(long)(i + 1));
    for (int i = 0; i < 6; i++)
        join(i);
    CHECK_EQ(told[0], 0);
}

static int sleep_long(void *arg)
{
    struct timespec t = {100, 0};
    (void)arg;
    go = 1;
    syscall(SYS_nanosleep, &t, NULL);
    return 0;
}
static int end_all(void *arg)
{
    syscall(SYS_exit_group, (long)arg);
    return 0;
}
static int fault(void *arg)
{
    *(volatile int *)arg = 1;
    return 0;
}
static int exec_self(void *arg)
{
    char *args[] = {"thread", arg, NULL};
    syscall(SYS_execve, "/proc/self/exe", args, args + 2);
    return 0;
}
static int end_later(void *arg)
{
    struct timespec t = {0, 50000000};
    (void)arg;
    syscall(SYS_nanosleep, &t, NULL);
    syscall(SYS_exit, 5);
    return 0;
}

/* The wait status of a child with two sleeping threads and one that runs the function. */
static int end_of(int (*run)(void *), void *arg)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        start(0, sleep_long, NULL);
        start(1, sleep_long, NULL);
        start(2, run, arg);
        sleep_long(NULL);
    }
    return status_of(child);
}

static void check_ends(void)
{
    char number[16];
    snprintf(number, sizeof number, "%d", 7);
    CHECK_EQ(end_of(end_all, (void *)42), 42 << 8);
    CHECK_EQ(end_of(fault, BAD_LOW) & 0x7f, SIGSEGV);
    CHECK_EQ(end_of(exec_self, number), 7 << 8); /* under the process's number */
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        start(0, end_later, NULL);
        syscall(SYS_exit, 3); /* the process lives on while a thread does */
    }
    CHECK_EQ(waitpid(child, NULL, WNOHANG), 0);
    CHECK_EQ(status_of(child), 5 << 8); /* and ends as the last of them does */
    child = fork();
    if (child == 0) {
        for (int i = 0; i < 5; i++)
            start(i, sleep_long, NULL);
        sleep_long(NULL);
    }
    sleep_ms(20);
    CHECK_OK(kill(child, SIGKILL));
    CHECK_EQ(status_of(child), SIGKILL);
}

static volatile int handled_by, handled;
static void note(int number)
{
    (void)number;
    handled_by = syscall(SYS_gettid);
    handled++;
}

/* Blocks the signal in its own mask, waits; then lets it come. */
static int wait_blocked(void *arg)
{
    sigset_t set = set_of(SIGUSR1), none = set_of(0);
    (void)arg;
    syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 8);
    go = 1;
    while (go == 1)
        syscall(SYS_sched_yield);
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, 8);
    go = 4;
    return 0;
}

static void check_signals(void)
{
    on(SIGUSR1, note, 0);
    go = handled = 0;
    int tid = start(0, wait_blocked, NULL);
    while (go != 1)
        sched_yield();
    CHECK_OK(kill(getpid(), SIGUSR1)); /* to the thread that takes it */
    CHECK_EQ(handled, 1);
    CHECK_EQ(handled_by == getpid(), 1);
    CHECK_OK(syscall(SYS_tgkill, getpid(), tid, SIGUSR1)); /* to that one and no other */
    CHECK_EQ(handled, 1);
    go = 2;
    join(0);
    CHECK_EQ(handled, 2);
    CHECK_EQ(handled_by == tid, 1);
    CHECK_ERR(syscall(SYS_tgkill, getpid() + 1, getpid(), 0), ESRCH);
}

/* fork from a thread makes a process with that one thread. */
static int fork_inside(void *arg)
{
    (void)arg;
    long child = clone_here(SIGCHLD, NULL, NULL);
    if (child == 0) {
        long same = syscall(SYS_gettid) == syscall(SYS_getpid);
        syscall(SYS_exit_group, same ? 6 : 1);
    }
    told[1] = child;
    return 0;
}

static void check_fork(void)
{
    start(0, fork_inside, NULL);
    join(0);
    CHECK(told[1] > 0);
    CHECK_EQ(status_of(told[1]), 6 << 8); /* a child of the process, not of the thread */
}

static volatile int n_copies;

static int copy_for_long(void *arg)
{
    int *fds = arg;
    for (go = 1;; n_copies++)
        syscall(SYS_sendfile, fds[1], fds[0], NULL, 1ul << 31);
    return 0;
}

/* The number of a child that ends at once. */
static long child_of(long number, unsigned long a, unsigned long b, unsigned long tls)
{
    long child = syscall(number, a, b, 0, 0, tls);
    if (child == 0)
        syscall(SYS_exit, 0);
    return child;
}

/* A number that the processor would refuse as a segment's base is refused by the call. */
static void check_tls(void)
{
    static const uint64_t bad[] = {0x7ffffffff000, 0x800000000000, 0x8000000000000000,
                                   0xffff888000000000, 0xffffffffffffffff};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        uint64_t args[11] = {[0] = CLONE_SETTLS, [4] = SIGCHLD, [7] = bad[i]};
        NOTE("TLS at %lx", (unsigned long)bad[i]);
        CHECK_ERR(child_of(SYS_clone, CLONE_SETTLS | SIGCHLD, 0, bad[i]), EPERM);
        CHECK_ERR(child_of(SYS_clone3, (unsigned long)args, 64, 0), EPERM);
        CHECK_ERR(
            syscall(SYS_clone, THREAD | CLONE_SETTLS, threads[0].stack + STACK, told, told, bad[i]),
            EPERM);
        CHECK_ERR(syscall(SYS_arch_prctl, 0x1002, bad[i]), EPERM); /* ARCH_SET_FS */
        CHECK_ERR(syscall(SYS_arch_prctl, 0x1001, bad[i]), EPERM); /* ARCH_SET_GS */
    }
    CHECK_CHILD("the last address of a program may be a base",
                CHILD_REQUIRE(syscall(SYS_arch_prctl, 0x1001, 0x7fffffffefff) == 0));
}

/* Each unmapping is an announcement to all processors: one that copies two gigabytes hears it. */
static void check_long_call(void)
{
    CHECK_CHILD("pages are unmapped while another thread is in a long call", {
        static int fds[2];
        fds[0] = open("/dev/zero", O_RDONLY);
        fds[1] = open("/dev/null", O_WRONLY);
        go = n_copies = 0;
        CHILD_REQUIRE(start(1, copy_for_long, fds) > 0);
        while (!go)
            sched_yield();
        for (int i = 0; i < 20; i++) {
            char *page =
                mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            *page = 1;
            CHILD_REQUIRE(munmap(page, 4096) == 0);
        }
        CHILD_REQUIRE(n_copies < 10);
    });
}

/* ---- CLONE_VFORK: a thread that starts another waits until that ends or calls exec ---- */

static volatile int has_ended;

static int end_late(void *arg)
{
    struct timespec rest = {0, 20000000};
    (void)arg;
    syscall(SYS_nanosleep, &rest, NULL);
    has_ended = 1;
    return 0;
}

static int pause_for_ever(void *arg)
{
    (void)arg;
    for (;;)
        syscall(SYS_pause);
    return 0;
}

static long start_and_wait(int (*run)(void *), void *arg)
{
    static char stack[STACK] __attribute__((aligned(16)));
    return clone(run, stack + STACK,
                 CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_VFORK,
                 arg);
}

/* A child whose first thread waits for one that does what it was given. */
static pid_t child_that_waits_for(int (*run)(void *), void *arg)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(start_and_wait(run, arg) > 0 ? 0 : 98);
    return child;
}

static void check_vfork(void)
{
    char number[] = "7";
    long tid = start_and_wait(end_late, NULL);
    CHECK(tid > 0 && tid != getpid());
    CHECK_EQ(has_ended, 1);
    pid_t child = child_that_waits_for(end_late, NULL);
    CHECK_EQ(status_of(child), 0);
    child = child_that_waits_for(exec_self, number);
    CHECK_EQ(status_of(child), 7 << 8);
    child = child_that_waits_for(pause_for_ever, NULL);
    CHECK_OK(kill(child, SIGKILL));
    CHECK_EQ(status_of(child), SIGKILL);
}

int main(int argc, char **argv)
{
    if (argc == 2)
        return syscall(SYS_gettid) == getpid() ? atoi(argv[1]) : 99;
    check_shared();
    check_together();
    check_ends();
    check_signals();
    check_fork();
    check_long_call();
    check_tls();
    check_vfork();
    return check_done();
}
