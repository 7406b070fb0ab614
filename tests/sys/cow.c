/* Copy on write: a tree of processes writes at random to memory that all of them began with; each
 * sees its own. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "check.h"
#include <sys/mman.h>

enum { PAGE = 4096, PAGES = 600, DEPTH = 3, WORDS = PAGE / sizeof(uint64_t) };

static volatile uint64_t *memory;
static uint64_t expected[PAGES], seed;

static uint64_t next_random(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

/* Reads and writes pages at random; how many held something else than expected. */
static int work(int n)
{
    int wrong = 0;
    while (n-- > 0) {
        uint64_t page = next_random() % PAGES;
        wrong += memory[page * WORDS] != expected[page];
        if (next_random() % 2)
            memory[page * WORDS] = expected[page] = next_random();
    }
    return wrong;
}

static int wrong_pages(void)
{
    int wrong = 0;
    for (int page = 0; page < PAGES; page++)
        wrong += memory[page * WORDS] != expected[page];
    return wrong;
}

/* Works, has children do the same, and looks whether anything of theirs shows here. */
static int tree(int depth)
{
    int wrong = work(200), status;
    for (uint64_t i = 0; depth < DEPTH && i < 2; i++) {
        pid_t child = fork();
        if (child == 0) {
            seed = seed * 3 + i + 1;
            _exit(tree(depth + 1) != 0);
        }
        wrong += work(100);
        if (child < 0 || (i == 0 && waitpid(child, &status, 0) == child && status != 0))
            wrong++;
    }
    while (waitpid(-1, &status, 0) > 0)
        wrong += status != 0;
    return wrong + wrong_pages();
}

int main(void)
{
    memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED);
    for (seed = 1; seed < 4; seed++) {
        uint64_t number = seed;
        CHECK_EQ(tree(0), 0);
        seed = number;
    }
    return check_done();
}
