/* Copy on write under load: trees of forks that write, grow, unmap and end in any order. */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"

enum { PAGES = 256 };

static unsigned random_state;
static unsigned rnd(unsigned below)
{
    random_state = random_state * 1103515245 + 12345;
    return (random_state >> 16) % below;
}

/* Memory with a known value in each page; `values` is what this process believes. */
static unsigned char *memory, values[PAGES];

static void scribble(int times)
{
    while (times--) {
        int page = rnd(PAGES);
        values[page] = rnd(256);
        memory[page * PAGE + rnd(8) * 512] = values[page];
        memory[page * PAGE] = values[page];
    }
}

static int n_wrong(void)
{
    int wrong = 0;
    for (int i = 0; i < PAGES; i++)
        wrong += memory[i * PAGE] != values[i];
    return wrong;
}

/* Each level writes, has two children that do the same, writes, and finds just what it wrote. */
static int tree(int depth, unsigned seed)
{
    pid_t pids[2];
    int wrong = 0;
    random_state = seed;
    scribble(60);
    if (depth > 0) {
        for (int i = 0; i < 2; i++) {
            if ((pids[i] = fork()) == 0)
                _exit(tree(depth - 1, seed * 2 + i) != 0);
            scribble(30);
        }
        for (int i = 0; i < 2; i++)
            wrong += status_of(pids[i]) != 0;
    }
    scribble(20);
    return wrong + n_wrong();
}

static void check_trees(void)
{
    memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(values, 0, sizeof values);
    fflush(stdout);
    CHECK_EQ(tree(5, 1), 0);
    munmap(memory, PAGES * PAGE);
    int fd = open("file", O_RDWR | O_CREAT, 0666);
    CHECK_OK(ftruncate(fd, PAGES * PAGE));
    for (int i = 0; i < PAGES; i++) {
        values[i] = i;
        if (pwrite(fd, values + i, 1, i * PAGE) != 1)
            NOTE("cannot write the file");
    }
    memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    CHECK_EQ(tree(4, 99), 0);
    unsigned char byte;
    int wrong = 0;
    for (int i = 0; i < PAGES; i++)
        wrong += pread(fd, &byte, 1, i * PAGE) != 1 || byte != (unsigned char)i;
    CHECK_EQ(wrong, 0); /* the file itself saw nothing of that */
    munmap(memory, PAGES * PAGE);
    close(fd);
}

/* Shared memory: all see all writes; each adds under an atomic. */
static void check_shared(void)
{
    enum { CHILDREN = 8, TIMES = 5000 };
    unsigned *shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int wrong = 0;
    fflush(stdout);
    for (int i = 0; i < CHILDREN; i++)
        if (fork() == 0) {
            for (int n = 0; n < TIMES; n++)
                __atomic_add_fetch(shared, 1, __ATOMIC_RELAXED);
            _exit(0);
        }
    for (int status; wait(&status) > 0;)
        wrong += status != 0;
    CHECK_EQ(wrong, 0);
    CHECK_EQ(*shared, CHILDREN * TIMES);
    munmap(shared, PAGE);
}

/* A child's changes of the map are its own. */
static void check_maps(void)
{
    char *at = mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(at, 7, 64 * PAGE);
    for (int round = 0; round < 20; round++) {
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            munmap(at + 8 * PAGE, 16 * PAGE);
            mprotect(at, 4 * PAGE, PROT_READ);
            char *low = mmap(at + 8 * PAGE, 4 * PAGE, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
            CHILD_REQUIRE(low == at + 8 * PAGE && low[0] == 0);
            memset(low, round, 4 * PAGE);
            memset(at + 30 * PAGE, round, PAGE);
            CHILD_REQUIRE(at[0] == 7 && at[63 * PAGE] == 7);
            _exit(0);
        }
        at[30 * PAGE] = 7;
        if (status_of(child) != 0)
            CHECK(!"the child's map");
    }
    int wrong = 0;
    for (int i = 0; i < 64 * PAGE; i++)
        wrong += at[i] != 7;
    CHECK_EQ(wrong, 0);
    munmap(at, 64 * PAGE);
}

/* Many small forks of a process with much memory, while it goes on writing. */
static void check_many(void)
{
    int wrong = 0;
    memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(values, 0, sizeof values);
    fflush(stdout);
    for (int i = 0; i < 150; i++) {
        pid_t child = fork();
        if (child == 0) {
            random_state = i;
            if (i % 3)
                scribble(10);
            _exit(n_wrong() != 0);
        }
        scribble(5);
        if (i % 4 == 3)
            while (waitpid(-1, NULL, WNOHANG) > 0)
                ;
    }
    for (int status; wait(&status) > 0;)
        wrong += status != 0;
    CHECK_EQ(wrong, 0);
    CHECK_EQ(n_wrong(), 0);
}

int main(void)
{
    check_trees();
    check_shared();
    check_maps();
    check_many();
    return check_done();
}
