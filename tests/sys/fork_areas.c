/* fork of a process with many areas while its other threads map, unmap, grow stacks, and a file is
 * cut off: the child has what was there at one moment.
 * needs: memfd memory */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sched.h>

enum {
    THREAD = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |
             CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID,
    STACK = 65536,
    AREAS = 3000, /* several pieces of a copy */
    ROUNDS = 20,
    STACKS = 200,
    STACK_ROOM = 300 * PAGE,
};

static volatile int stop, n_moves;
static char *stripes, *stacks[STACKS];

static int tid; /* 0 again when the thread has ended */

static void start(int (*run)(void *))
{
    static char stack[STACK] __attribute__((aligned(16)));
    CHECK_OK(clone(run, stack + STACK, THREAD, NULL, &tid, NULL, &tid));
}

static void stop_thread(void)
{
    stop = 1;
    while (__atomic_load_n(&tid, __ATOMIC_SEQ_CST))
        sched_yield();
    stop = 0;
}

static void *raw_map(void *at, size_t n, int prot, int flags)
{
    return (void *)syscall(SYS_mmap, at, n, prot, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
}

/* Two pages of which always one is there: first the new one comes, then the old one goes. */
static char *pair;

static int move_page(void *arg)
{
    (void)arg;
    for (int at = 0; !stop; at = !at, n_moves++) {
        char *new = raw_map(pair + (size_t)!at * STACK, PAGE, PROT_READ | PROT_WRITE, MAP_FIXED);
        new[0] = 1;
        syscall(SYS_munmap, pair + (size_t)at * STACK, PAGE);
    }
    return 0;
}

static bool is_mapped(const void *page)
{
    return syscall(SYS_msync, page, PAGE, MS_ASYNC) == 0;
}

/* Each second page has another protection, each fourth is shared memory of its own. */
static void map_many(void)
{
    bool right = true;
    stripes = raw_map(NULL, AREAS * PAGE, PROT_READ, 0);
    for (int i = 0; i < AREAS; i += 2) {
        char *page = stripes + (size_t)i * PAGE;
        int prot = PROT_READ | PROT_WRITE, flags = MAP_ANONYMOUS | MAP_FIXED;
        flags |= i % 4 ? MAP_SHARED : MAP_PRIVATE;
        right = right && mmap(page, PAGE, prot, flags, -1, 0) == page;
        if (right)
            page[0] = (char)(i % 100 + 1);
    }
    CHECK(right);
}

static bool many_are_right(void)
{
    for (int i = 0; i < AREAS; i++)
        if (stripes[i * PAGE] != (i % 2 ? 0 : (char)(i % 100 + 1)))
            return false;
    return true;
}

static void test_moves(void)
{
    int wrong = 0;
    pair = raw_map(NULL, 2 * STACK, PROT_READ | PROT_WRITE, 0);
    CHECK_OK(munmap(pair + STACK, PAGE));
    start(move_page);
    while (!n_moves)
        sched_yield();
    for (int i = 0; i < ROUNDS; i++) {
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            bool low = is_mapped(pair), high = is_mapped(pair + STACK);
            _exit(!(low || high) ? 1 : !many_are_right() ? 2 : 0);
        }
        wrong += status_of(child) != 0;
    }
    stop_thread();
    CHECK_EQ(wrong, 0);
}

/* In each round all stacks grow by a page, while the other thread forks. */
static volatile int round_now;

static int grow_stacks(void *arg)
{
    (void)arg;
    for (int page = 1; page <= ROUNDS; page++) {
        while (round_now < page)
            if (stop)
                return 0;
        for (int i = 0; i < STACKS; i++)
            stacks[i][-page * PAGE] = (char)page;
    }
    return 0;
}

/* What a child has of a stack is all that has been written there; it grows on with zeros. */
static bool stacks_are_right(void)
{
    for (int i = 0; i < STACKS; i++) {
        int page = 1;
        while (page <= ROUNDS && is_mapped(stacks[i] - page * PAGE))
            page++;
        if (*(volatile char *)(stacks[i] - page * PAGE) != 0)
            return false;
        char *beside = raw_map(stacks[i] + PAGE, PAGE, PROT_READ, MAP_FIXED_NOREPLACE);
        if (beside != stacks[i] + PAGE)
            return false;
    }
    return true;
}

static void test_stacks(void)
{
    int wrong = 0;
    bool right = true;
    char *room = raw_map(NULL, (size_t)STACKS * STACK_ROOM, PROT_READ, 0);
    CHECK_OK(munmap(room, (size_t)STACKS * STACK_ROOM));
    for (int i = 0; i < STACKS; i++) {
        stacks[i] = room + (size_t)(i + 1) * STACK_ROOM - 2 * PAGE;
        right = right && raw_map(stacks[i], PAGE, PROT_READ | PROT_WRITE,
                                 MAP_FIXED_NOREPLACE | MAP_GROWSDOWN) == stacks[i];
    }
    CHECK(right);
    start(grow_stacks);
    for (int i = 0; i < ROUNDS; i++) {
        fflush(stdout);
        round_now = i + 1;
        pid_t child = fork();
        if (child == 0)
            _exit(stacks_are_right() ? 0 : 1);
        wrong += status_of(child) != 0;
    }
    stop_thread();
    CHECK_EQ(wrong, 0);
}

/* A page that is cut off is gone from the child, whenever the child comes to be. */
static int file;

static int cut_file(void *arg)
{
    (void)arg;
    while (!stop) {
        syscall(SYS_ftruncate, file, 0);
        syscall(SYS_ftruncate, file, PAGE);
        n_moves++;
    }
    return 0;
}

static void test_cut(void)
{
    int wrong = 0, p[2];
    file = (int)syscall(SYS_memfd_create, "file", 0);
    CHECK_OK(pipe(p));
    CHECK_OK(ftruncate(file, PAGE));
    char *shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    start(cut_file);
    for (int i = 0; i < ROUNDS; i++) {
        char byte = 1;
        if (pwrite(file, &byte, 1, 0) != 1 || write(p[1], shared, 1) == 1)
            wrong += read(p[0], &byte, 1) != 1;
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            /* From now on all that the parent writes is seen, and nothing that was cut off. */
            ftruncate(file, 0);
            ftruncate(file, PAGE);
            pwrite(file, "x", 1, 0);
            bool seen = write(p[1], shared, 1) != 1 || (read(p[0], &byte, 1) == 1 && byte != 1);
            _exit(seen ? 0 : 1);
        }
        wrong += status_of(child) != 0;
    }
    stop_thread();
    CHECK_EQ(wrong, 0);
    close(file);
}

int main(void)
{
    map_many();
    CHECK(many_are_right());
    test_moves();
    test_stacks();
    test_cut();
    return check_done();
}
