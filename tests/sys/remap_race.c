/* A mapping that moves while other threads and processes look: they find each page at the old place
 * or at the new one, with its contents, never at both and never at none.
 * needs: memory futex */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include "helpers.h"

/* Every third page is touched: 48 MB, which a kernel may move in pieces. */
enum { N_PAGES = 12288, STEP = 3, LOOKS = 256 * STEP, N_FORKS = 12, N_CUTS = 5, N_ONCE = 20 };
#define LENGTH ((size_t)N_PAGES * PAGE)

static char *places[2];
static int fd = -1;
static bool stop; /* atomic */
static bool moved_wrong;

static void *reserve(void)
{
    return mmap(NULL, LENGTH + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
                0);
}

/* Where it goes, nothing is mapped but what it replaces; where it was, there is nothing. */
static void *mover(void *arg)
{
    int *at = arg;
    while (!__atomic_load_n(&stop, __ATOMIC_SEQ_CST)) {
        void *to = places[!*at];
        if (mremap(places[*at], LENGTH, LENGTH, MREMAP_MAYMOVE | MREMAP_FIXED, to) != to)
            moved_wrong = true;
        *at = !*at;
        if (mmap(places[!*at], LENGTH, PROT_NONE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) != places[!*at])
            moved_wrong = true;
    }
    return NULL;
}

static char mark_of(int page)
{
    return (char)(page % 101 + 1);
}

static char *begin(int flags)
{
    char *at = mmap(NULL, LENGTH, PROT_READ | PROT_WRITE, flags, fd, 0);
    for (int i = 0; i < N_PAGES; i += STEP)
        at[(size_t)i * PAGE] = mark_of(i);
    places[0] = at;
    places[1] = (char *)reserve() + PAGE; /* no table fits as a whole */
    stop = false;
    return at;
}

/* The byte at the address as the kernel reads it; -1 if it cannot. */
static int peek(int writer, int reader, const char *at)
{
    unsigned char byte;
    if (write(writer, at, 1) != 1)
        return -1;
    return read(reader, &byte, 1) == 1 ? byte : -2;
}

/* The child's copy is whole, and at one place. */
static int child_checks(void)
{
    int ends[2], first, second;
    if (pipe(ends) < 0)
        return 1;
    first = peek(ends[1], ends[0], places[0]);
    second = peek(ends[1], ends[0], places[1]);
    if ((first == -1) == (second == -1))
        return 2;
    const char *at = places[first == -1], *gone = places[first != -1];
    for (int i = 0; i < N_PAGES; i++) {
        int wanted = i % STEP ? 0 : mark_of(i);
        if ((unsigned char)at[(size_t)i * PAGE] != wanted)
            return 3;
        if (i % 64 == 0 && peek(ends[1], ends[0], gone + (size_t)i * PAGE) != -1)
            return 4;
    }
    return 0;
}

static int fork_and_check(void)
{
    int status;
    pid_t pid = fork();
    if (pid == 0)
        _exit(child_checks());
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

static void test_fork(void)
{
    pthread_t thread;
    int at = 0, wrong = 0;
    begin(MAP_PRIVATE | MAP_ANONYMOUS);
    CHECK_EQ(pthread_create(&thread, NULL, mover, &at), 0);
    for (int i = 0; i < N_FORKS && !wrong; i++)
        wrong = fork_and_check();
    CHECK_EQ(wrong, 0);
    stop = true;
    CHECK_EQ(pthread_join(thread, NULL), 0);
    CHECK(!moved_wrong);
    munmap(places[at], LENGTH);
}

/* After a truncation no page of the file is mapped, wherever the mapping was meanwhile. */
static int count_left(const int *ends)
{
    int n = 0;
    for (int i = 0; i < N_PAGES; i += LOOKS) {
        n += peek(ends[1], ends[0], places[0] + (size_t)i * PAGE) != -1;
        n += peek(ends[1], ends[0], places[1] + (size_t)i * PAGE) != -1;
    }
    return n;
}

static void test_truncate(void)
{
    pthread_t thread;
    int ends[2], at = 0, left = 0;
    fd = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600);
    CHECK_OK(ftruncate(fd, LENGTH));
    CHECK_OK(pipe(ends));
    for (int i = 0; i < N_CUTS && !left; i++) {
        begin(MAP_SHARED);
        if (pthread_create(&thread, NULL, mover, &at) || ftruncate(fd, 0) < 0)
            left = -1;
        left += count_left(ends);
        stop = true;
        if (pthread_join(thread, NULL) || ftruncate(fd, LENGTH) < 0)
            left = -1;
        munmap(places[at], LENGTH);
        munmap(places[1] - PAGE, LENGTH + 2 * PAGE);
        at = 0;
    }
    CHECK_EQ(left, 0);
    CHECK(!moved_wrong);
    close(fd);
    unlink("file");
}

/* Zeros are mapped where the pages go: at each moment there is the one or the other. When the first
 * page has come, the last one is there, too, and gone from the old place. */
static void *watcher(void *arg)
{
    int ends[2], *wrong = arg;
    size_t last = (size_t)(N_PAGES - STEP) * PAGE;
    const volatile char *first = places[1];
    if (pipe(ends) < 0)
        *wrong = 1;
    __atomic_store_n(&stop, true, __ATOMIC_SEQ_CST);
    while (!*wrong && !*first && !first[last])
        ;
    if (!*wrong && (*first != mark_of(0) || first[last] != mark_of(N_PAGES - STEP)))
        *wrong = 2;
    if (peek(ends[1], ends[0], places[0] + last) != -1)
        *wrong = 3;
    close(ends[0]);
    close(ends[1]);
    return NULL;
}

static void move_once(int *wrong)
{
    pthread_t thread;
    begin(MAP_PRIVATE | MAP_ANONYMOUS);
    if (mprotect(places[1], LENGTH, PROT_READ) < 0 || pthread_create(&thread, NULL, watcher, wrong))
        *wrong = 4;
    while (!*wrong && !__atomic_load_n(&stop, __ATOMIC_SEQ_CST))
        sched_yield();
    if (mremap(places[0], LENGTH, LENGTH, MREMAP_MAYMOVE | MREMAP_FIXED, places[1]) != places[1] ||
        pthread_join(thread, NULL))
        *wrong = 5;
    munmap(places[1] - PAGE, LENGTH + 2 * PAGE);
}

static void test_once(void)
{
    int wrong = 0;
    for (int i = 0; i < N_ONCE && !wrong; i++)
        move_once(&wrong);
    CHECK_EQ(wrong, 0);
}

int main(void)
{
    test_once();
    test_fork();
    test_truncate();
    return check_done();
}
