/* Pipes and processes under load: rings, fans, ends that break, signals in between. */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <poll.h>

/* A ring of processes: a number goes round, each adds one. */
static void check_ring(void)
{
    enum { PROCESSES = 24, ROUNDS = 50 };
    int first[2], in, p[2];
    unsigned token = 0;
    CHECK_OK(pipe(first));
    in = first[0];
    fflush(stdout);
    for (int i = 0; i < PROCESSES; i++) {
        if (pipe(p) < 0)
            NOTE("no pipe");
        if (fork() == 0) {
            close(first[1]);
            close(p[0]);
            while (read(in, &token, sizeof token) == sizeof token) {
                token++;
                if (write(p[1], &token, sizeof token) != sizeof token)
                    _exit(1);
            }
            _exit(0);
        }
        close(in);
        close(p[1]);
        in = p[0];
    }
    int wrong = 0;
    for (int i = 0; i < ROUNDS; i++) {
        wrong += write(first[1], &token, sizeof token) != sizeof token;
        wrong += read(in, &token, sizeof token) != sizeof token;
    }
    CHECK_EQ(wrong, 0);
    CHECK_EQ(token, PROCESSES * ROUNDS);
    close(first[1]); /* the end goes round as well */
    CHECK_EQ(read(in, &token, sizeof token), 0);
    for (int status; wait(&status) > 0;)
        wrong += status != 0;
    CHECK_EQ(wrong, 0);
    close(in);
}

/* Many writers, many readers, one pipe: each record arrives once. */
static void check_fan(void)
{
    enum { WRITERS = 8, READERS = 4, RECORDS = 400 };
    int p[2], wrong = 0;
    unsigned *seen =
        mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK_OK(pipe(p));
    fflush(stdout);
    for (int i = 0; i < READERS; i++)
        if (fork() == 0) {
            unsigned record[4];
            ssize_t n;
            close(p[1]);
            while ((n = read(p[0], record, sizeof record)) == sizeof record) {
                CHILD_REQUIRE(record[0] == record[3] && record[0] < WRITERS * RECORDS);
                __atomic_add_fetch(seen + record[0], 1, __ATOMIC_RELAXED);
            }
            _exit(n != 0);
        }
    for (int i = 0; i < WRITERS; i++)
        if (fork() == 0) {
            for (unsigned n = 0; n < RECORDS; n++) {
                unsigned id = i * RECORDS + n, record[4] = {id, 1, 2, id};
                CHILD_REQUIRE(write(p[1], record, sizeof record) == sizeof record);
            }
            _exit(0);
        }
    close(p[0]);
    close(p[1]);
    for (int status; wait(&status) > 0;)
        wrong += status != 0;
    CHECK_EQ(wrong, 0);
    for (int i = 0; i < WRITERS * RECORDS; i++)
        wrong += seen[i] != 1;
    CHECK_EQ(wrong, 0);
    munmap(seen, 4 * PAGE);
}

/* 2 MB through a pipe in pieces of all sizes. */
static void check_bulk(void)
{
    enum { TOTAL = 2 << 20 };
    static unsigned char block[100000];
    int p[2];
    CHECK_OK(pipe(p));
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        close(p[0]);
        for (unsigned at = 0, size = 1; at < TOTAL; size = size * 7 % 99991) {
            unsigned n = size < TOTAL - at ? size : TOTAL - at;
            for (unsigned i = 0; i < n; i++)
                block[i] = (at + i) * 31 >> 3;
            CHILD_REQUIRE(write(p[1], block, n) == (ssize_t)n);
            at += n;
        }
        _exit(0);
    }
    close(p[1]);
    unsigned at = 0, wrong = 0, size = 50000;
    for (ssize_t n; (n = read(p[0], block, size)) > 0; size = size * 5 % 65521 + 1)
        for (ssize_t i = 0; i < n; i++, at++)
            wrong += block[i] != (unsigned char)(at * 31 >> 3);
    CHECK_EQ(at, TOTAL);
    CHECK_EQ(wrong, 0);
    CHECK_EQ(status_of(child), 0);
    close(p[0]);
}

/* Children that are killed while they write, read and fork: the others go on, all are reaped. */
static void check_kills(void)
{
    enum { VICTIMS = 20 };
    int p[2], killed = 0;
    char byte;
    CHECK_OK(pipe(p));
    fflush(stdout);
    for (int i = 0; i < VICTIMS; i++) {
        pid_t child = fork();
        if (child == 0) {
            close(p[0]);
            setpgid(0, 0);
            for (;;) {
                pid_t grandchild = fork();
                if (grandchild == 0)
                    _exit(write(p[1], "x", 1) != 1);
                waitpid(grandchild, NULL, 0);
            }
        }
        setpgid(child, child);
        if (read(p[0], &byte, 1) != 1)
            NOTE("nothing came");
        kill(-child, SIGKILL);
        killed += status_of(child) == SIGKILL;
    }
    CHECK_EQ(killed, VICTIMS);
    close(p[1]);
    while (read(p[0], &byte, 1) == 1)
        ;
    close(p[0]);
}

static volatile sig_atomic_t count;
static void note(int number)
{
    (void)number;
    count++;
}

/* Two processes that signal each other and read in between; no wake-up is lost. */
static void check_ping(void)
{
    enum { TIMES = 300 };
    sigset_t block = set_of(SIGUSR1), none = set_of(0);
    on(SIGUSR1, note, 0);
    sigprocmask(SIG_BLOCK, &block, NULL);
    fflush(stdout);
    pid_t parent = getpid(), child = fork();
    if (child == 0) {
        for (int i = 0; i < TIMES; i++) {
            sigsuspend(&none);
            kill(parent, SIGUSR1);
        }
        _exit(count == TIMES ? 0 : 1);
    }
    for (int i = 0; i < TIMES; i++) {
        kill(child, SIGUSR1);
        sigsuspend(&none);
    }
    CHECK_EQ(count, TIMES);
    CHECK_EQ(status_of(child), 0);
    sigprocmask(SIG_UNBLOCK, &block, NULL);
}

int main(void)
{
    check_ring();
    check_fan();
    check_bulk();
    check_kills();
    check_ping();
    return check_done();
}
