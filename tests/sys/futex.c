/* futex: waits, wakes, bits, moves and time-outs, between processes that share memory.
 * needs: procfs futex */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"

/* Linux's numbers: its header does not come with every libc. */
enum {
    WAIT = 0,
    WAKE = 1,
    REQUEUE = 3,
    CMP_REQUEUE = 4,
    WAIT_BITSET = 9,
    WAKE_BITSET = 10,
    PRIVATE = 128,
    REALTIME = 256,
};

static unsigned *words; /* shared with children */

static long futex(void *word, int op, unsigned value, const void *timeout, void *word2,
                  unsigned value3)
{
    return syscall(SYS_futex, word, op, value, timeout, word2, value3);
}

static void check_errors(void)
{
    struct timespec soon = {0, 10000000}, wrong = {0, 1000000000};
    words[0] = 5;
    CHECK_ERR(futex(words, WAIT, 4, NULL, NULL, 0), EAGAIN);
    CHECK_ERR(futex(words, WAIT | PRIVATE, 4, NULL, NULL, 0), EAGAIN);
    CHECK_ERR(futex(words, WAIT, 5, &soon, NULL, 0), ETIMEDOUT);
    CHECK_ERR(futex(words, WAIT | PRIVATE, 5, &soon, NULL, 0), ETIMEDOUT);
    CHECK_ERR(futex(words, WAIT, 5, &wrong, NULL, 0), EINVAL);
    CHECK_ERR(futex(words, WAIT, 5, BAD_LOW, NULL, 0), EFAULT);
    CHECK_ERR(futex((char *)words + 1, WAIT, 5, &soon, NULL, 0), EINVAL);
    CHECK_ERR(futex(BAD_KERNEL, WAIT, 5, &soon, NULL, 0), EFAULT);
    CHECK_ERR(futex(NULL, WAIT, 5, &soon, NULL, 0), EFAULT);
    CHECK_ERR(futex(words, WAIT_BITSET, 5, NULL, NULL, 0), EINVAL);
    CHECK_ERR(futex(words, WAKE_BITSET, 1, NULL, NULL, 0), EINVAL);
    CHECK_ERR(futex(words, 99, 0, NULL, NULL, 0), ENOSYS);
    CHECK_EQ(futex(words, WAKE, 1, NULL, NULL, 0), 0);
    CHECK_ERR(futex(words, CMP_REQUEUE, 1, (void *)1, words + 1, 6), EAGAIN);
}

static void check_absolute(void)
{
    struct timespec until;
    words[0] = 5;
    clock_gettime(CLOCK_MONOTONIC, &until);
    CHECK_ERR(futex(words, WAIT_BITSET, 5, &until, NULL, ~0u), ETIMEDOUT);
    clock_gettime(CLOCK_REALTIME, &until);
    CHECK_ERR(futex(words, WAIT_BITSET | REALTIME, 5, &until, NULL, ~0u), ETIMEDOUT);
}

/* A child that sleeps on a word, with these bits; it exits with 0 when it was woken. */
static void sleeper(int word, unsigned bits)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(futex(words + word, WAIT_BITSET, 0, NULL, NULL, bits) == 0 ? 0 : 1);
    CHECK(reaches_state(child, 'S'));
}

static void reap(int n)
{
    int status, good = 0;
    for (int i = 0; i < n; i++)
        good += wait(&status) > 0 && status == 0;
    CHECK_EQ(good, n);
}

static void check_wakes(void)
{
    words[0] = words[1] = 0;
    for (int i = 0; i < 3; i++)
        sleeper(0, ~0u);
    CHECK_EQ(futex(words + 1, WAKE, 10, NULL, NULL, 0), 0);
    CHECK_EQ(futex(words, WAKE, 1, NULL, NULL, 0), 1);
    CHECK_EQ(futex(words, WAKE, 10, NULL, NULL, 0), 2);
    reap(3);
    sleeper(0, 1);
    sleeper(0, 2);
    CHECK_EQ(futex(words, WAKE_BITSET, 10, NULL, NULL, 4), 0);
    CHECK_EQ(futex(words, WAKE_BITSET, 10, NULL, NULL, 2), 1);
    CHECK_EQ(futex(words, WAKE_BITSET, 10, NULL, NULL, 3), 1);
    reap(2);
}

static void check_requeue(void)
{
    words[0] = words[1] = 0;
    for (int i = 0; i < 3; i++)
        sleeper(0, ~0u);
    CHECK_EQ(futex(words, CMP_REQUEUE, 1, (void *)10, words + 1, 0), 3);
    CHECK_EQ(futex(words, WAKE, 10, NULL, NULL, 0), 0);
    CHECK_EQ(futex(words + 1, WAKE, 10, NULL, NULL, 0), 2);
    reap(3);
}

/* Two processes take turns through a word each, many times. */
static void check_turns(void)
{
    enum { TURNS = 500 };
    words[0] = 0;
    pid_t child = fork();
    for (unsigned i = 0; i < TURNS; i++) {
        unsigned mine = 2 * i + (child == 0);
        unsigned seen;
        while ((seen = __atomic_load_n(words, __ATOMIC_SEQ_CST)) != mine)
            futex(words, WAIT, seen, NULL, NULL, 0);
        __atomic_store_n(words, mine + 1, __ATOMIC_SEQ_CST);
        futex(words, WAKE, 1, NULL, NULL, 0);
    }
    if (child == 0)
        _exit(0);
    reap(1);
    CHECK_EQ(words[0], 2 * TURNS);
}

static void on_alarm(int number)
{
    (void)number;
}

static void check_interrupted(void)
{
    struct sigaction action = {.sa_handler = on_alarm};
    sigaction(SIGALRM, &action, NULL);
    words[0] = 0;
    pid_t signaller = child_that_signals(SIGALRM);
    CHECK_ERR(futex(words, WAIT, 0, NULL, NULL, 0), EINTR);
    CHECK_EQ(status_of(signaller), 0);
    CHECK_EQ(futex(words, WAKE, 1, NULL, NULL, 0), 0);
}

/* What is private to a process is another word in each. */
static void check_private(void)
{
    static unsigned own;
    pid_t child = fork();
    struct timespec limit = {0, 200000000};
    if (child == 0)
        _exit(futex(&own, WAIT, 0, &limit, NULL, 0) < 0 && errno == ETIMEDOUT ? 0 : 1);
    usleep(50000);
    CHECK_EQ(futex(&own, WAKE, 1, NULL, NULL, 0), 0);
    reap(1);
}

int main(void)
{
    words = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    check_errors();
    check_absolute();
    check_wakes();
    check_requeue();
    check_turns();
    check_interrupted();
    check_private();
    return check_done();
}
