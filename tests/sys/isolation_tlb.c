/* Nothing stale is reached through a TLB: a thread on another processor reads and writes pages
 * while their tables are copied, shared by a fork, unmapped and filled anew. On one processor the
 * same steps come one after the other. Bounded by rounds.
 * needs: futex memory */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sched.h>

enum {
    THREAD = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |
             CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID,
    STACK = 65536,
    SPAN = 0x200000, /* what one table of pages covers */
    ROUNDS = 40,
};

#define REGION ((char *)0x40000000000)
#define PAGE   (REGION + 5 * 4096)
#define BESIDE (REGION + 9 * 4096)
#define NEXT   (REGION + SPAN)

/* In a page of its own that a fork leaves shared, with tables of its own. */
static volatile struct {
    int go, ready, over, delay, stop;
    long wrong, value, seen;
} * f;

static int to_other[2], from_other[2], wake[2], done[2];
static int tid;

/* Raw calls only: the thread shares errno. */
static long call(long number, long a, const volatile void *b, long c)
{
    return syscall(number, a, b, c);
}

static void start(int (*run)(void *))
{
    static char *stack;
    if (!stack)
        stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    f->stop = f->go = f->ready = f->over = 0;
    CHECK(clone(run, stack + STACK, THREAD, NULL, &tid, NULL, &tid) > 0);
}

static void join(void)
{
    for (int it; (it = __atomic_load_n(&tid, __ATOMIC_ACQUIRE));)
        syscall(SYS_futex, &tid, 0, it, NULL, NULL, 0);
}

/* Spins for a while, then lets others run: there may be one processor only. */
static void await(volatile int *flag)
{
    for (long n = 0; !*flag; n++) {
        if (n > 3000)
            call(SYS_sched_yield, 0, 0, 0);
    }
}

static char *map_at(char *at, size_t n, char fill)
{
    char *memory = mmap(at, n, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
    *memory = fill;
    return memory;
}

/* A child that shares all pages until it is told to end. */
static pid_t sleeper_fork(int hold[2])
{
    char c;
    if (pipe(hold))
        _exit(1);
    pid_t child = fork();
    if (child == 0)
        _exit(read(hold[0], &c, 1) != 1);
    return child;
}

static void sleeper_end(pid_t child, int hold[2])
{
    CHECK_EQ(write(hold[1], "x", 1), 1);
    CHECK_EQ(waitpid(child, NULL, 0), child);
    close(hold[0]);
    close(hold[1]);
}

/* ---- A table is copied while another processor walks through it for the first time ---- */

/* Another process with a page of its own there: it runs where the thread has run just before. */
static _Noreturn void other_process(void)
{
    char c;
    map_at(PAGE, 4096, 'Z');
    while (read(to_other[0], &c, 1) == 1) {
        if (*(volatile char *)PAGE != 'Z')
            f->wrong++;
        if (write(from_other[1], "x", 1) != 1)
            break;
    }
    _exit(0);
}

static int first_access(void *arg)
{
    (void)arg;
    for (char c; call(SYS_read, wake[0], &c, 1) == 1 && !f->stop;) {
        f->ready = 1;
        await(&f->go);
        for (volatile int i = f->delay; i > 0; i--)
            continue;
        (void)*(volatile char *)PAGE;
        await(&f->over);
        call(SYS_write, to_other[1], "x", 1);
        call(SYS_read, from_other[0], &c, 1);
        call(SYS_write, done[1], "x", 1);
    }
    return 0;
}

static void copy_round(int n)
{
    int hold[2];
    char c;
    pid_t child = sleeper_fork(hold); /* keeps the tables shared */
    *(volatile char *)NEXT = (char)n; /* all tables are own again, but the one of PAGE */
    f->ready = f->go = f->over = 0;
    f->delay = n * 37 % 3001;
    CHECK_EQ(write(wake[1], "x", 1), 1);
    await(&f->ready);
    f->go = 1;
    CHECK_OK(mprotect(BESIDE, 4096, n & 1 ? PROT_READ | PROT_WRITE : PROT_READ)); /* copies it */
    f->over = 1;
    CHECK_EQ(read(done[0], &c, 1), 1);
    sleeper_end(child, hold);
    *(volatile char *)PAGE = 'S';
}

static void check_copied_table(void)
{
    if (pipe(to_other) || pipe(from_other) || pipe(wake) || pipe(done))
        _exit(1);
    pid_t other = fork();
    if (other == 0) {
        close(to_other[1]);
        other_process();
    }
    map_at(REGION, 2 * SPAN, 'r');
    *PAGE = *BESIDE = *NEXT = 'S';
    start(first_access);
    f->wrong = 0;
    for (int n = 0; n < ROUNDS; n++)
        copy_round(n);
    CHECK_EQ(f->wrong, 0);
    f->stop = 1;
    CHECK_EQ(write(wake[1], "x", 1), 1);
    join();
    kill(other, SIGKILL);
    CHECK_EQ(waitpid(other, NULL, 0), other);
}

/* ---- A thread writes while the process forks ---- */

static int write_on(void *arg)
{
    (void)arg;
    for (long n = 1; !f->stop; n++) {
        *(volatile long *)PAGE = n;
        f->ready = 1;
        if (n % 4096 == 0)
            call(SYS_sched_yield, 0, 0, 0);
    }
    return 0;
}

static void check_fork_snapshot(void)
{
    int changed = 0;
    start(write_on);
    await(&f->ready);
    for (int n = 0; n < ROUNDS / 3; n++) {
        pid_t pid = fork();
        if (pid == 0) {
            long first = *(volatile long *)PAGE;
            for (int i = 0; i < 20000; i++) {
                if (*(volatile long *)PAGE != first)
                    _exit(1);
            }
            _exit(0);
        }
        int status = 0;
        CHECK_EQ(waitpid(pid, &status, 0), pid);
        changed += status != 0;
    }
    CHECK_EQ(changed, 0);
    f->stop = 1;
    join();
}

/* ---- What a thread writes, or unmaps, another one sees ---- */

/* Reads what the page says each time that it is told to. */
static int read_on(void *arg)
{
    (void)arg;
    for (;;) {
        await(&f->go);
        if (f->stop)
            return 0;
        f->go = 0;
        f->seen = *(volatile long *)PAGE;
        f->ready = 1;
    }
}

static long seen_there(void)
{
    f->ready = 0;
    __atomic_store_n(&f->go, 1, __ATOMIC_SEQ_CST);
    await(&f->ready);
    return f->seen;
}

static void check_seen(void)
{
    int hold[2], old_copy = 0, old_page = 0, old_place = 0;
    start(read_on);
    for (long n = 1; n <= ROUNDS; n++) {
        *(volatile long *)PAGE = n;
        pid_t child = sleeper_fork(hold);
        old_copy += seen_there() != n; /* known there as a page that is shared */
        *(volatile long *)PAGE = -n;   /* copied */
        old_copy += seen_there() != -n;
        sleeper_end(child, hold);
        munmap(PAGE, 4096);
        map_at(PAGE, 4096, 0);
        old_page += seen_there() != 0;
        *(volatile long *)BESIDE = n;
        CHECK(mremap(BESIDE, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, PAGE) == PAGE);
        old_place += seen_there() != n;
        map_at(BESIDE, 4096, 0);
    }
    CHECK_EQ(old_copy, 0);
    CHECK_EQ(old_page, 0);
    CHECK_EQ(old_place, 0);
    f->stop = f->go = 1;
    join();
}

int main(void)
{
    f = mmap((void *)0x50000000000, 4096, PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    check_copied_table();
    check_fork_snapshot();
    check_seen();
    return check_done();
}
