/* Pipes and signals, within a process and between two. */
/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int there[2], back[2];
static int partner = -1;
static volatile int n_signals;

static void open_pipe(long size)
{
    (void)size;
    MUST(pipe(there));
}

static void close_pipe(long size)
{
    (void)size;
    close(there[0]);
    close(there[1]);
}

static void pass(int from, int to)
{
    char byte = 'x';
    if ((to >= 0 && write(to, &byte, 1) != 1) || (from >= 0 && read(from, &byte, 1) != 1))
        fail("a byte through a pipe");
}

static void through_own_pipe(long n)
{
    while (n-- > 0)
        pass(there[0], there[1]);
}

/* A child that sends back each byte it gets, until the pipe ends. */
static void start_echo(long size)
{
    (void)size;
    MUST(pipe(there));
    MUST(pipe(back));
    partner = fork();
    MUST(partner);
    if (partner == 0) {
        char byte;
        close(there[1]);
        close(back[0]);
        while (read(there[0], &byte, 1) == 1)
            pass(-1, back[1]);
        _exit(0);
    }
    close(there[0]);
    close(back[1]);
}

static void stop_echo(long size)
{
    (void)size;
    close(there[1]);
    reap(partner);
    close(back[0]);
}

static void to_echo(long n)
{
    while (n-- > 0)
        pass(back[0], there[1]);
}

/* ---- Signals ---- */

static void count_signal(int signal)
{
    (void)signal;
    n_signals++;
}

static void handle(int signal)
{
    struct sigaction action;
    memset(&action, 0, sizeof(action));
    action.sa_handler = count_signal;
    MUST(sigaction(signal, &action, NULL));
}

static void handle_own(long size)
{
    (void)size;
    handle(SIGUSR1);
}

static void signal_self(long n)
{
    int wanted = n_signals + n, pid = getpid();
    while (n-- > 0)
        MUST(kill(pid, SIGUSR1));
    if (n_signals != wanted)
        fail("as many signals as were sent");
}

/* Waits for one more SIGUSR1, which is blocked but here. */
static void await_signal(const sigset_t *open_mask, int seen)
{
    while (n_signals == seen)
        sigsuspend(open_mask);
}

static void block_usr1(sigset_t *open_mask)
{
    sigset_t usr1;
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    MUST(sigprocmask(SIG_BLOCK, &usr1, open_mask));
}

static sigset_t open_mask;

/* A child that answers each signal with one. */
static void start_answerer(long size)
{
    (void)size;
    handle(SIGUSR1);
    block_usr1(&open_mask);
    int parent = getpid();
    partner = fork();
    MUST(partner);
    for (; partner == 0;) {
        int seen = n_signals;
        await_signal(&open_mask, seen);
        MUST(kill(parent, SIGUSR1));
    }
}

static void stop_answerer(long size)
{
    (void)size;
    MUST(kill(partner, SIGKILL));
    MUST(waitpid(partner, NULL, 0));
    MUST(sigprocmask(SIG_SETMASK, &open_mask, NULL));
}

static void to_answerer(long n)
{
    while (n-- > 0) {
        int seen = n_signals;
        MUST(kill(partner, SIGUSR1));
        await_signal(&open_mask, seen);
    }
}

static const struct row rows[] = {
    {"pipe-own", through_own_pipe, 500, open_pipe, close_pipe, 0, 0},
    {"pipe-round-trip", to_echo, 100, start_echo, stop_echo, 0, 0},
    {"signal-own", signal_self, 500, handle_own, NULL, 0, 0},
    {"signal-round-trip", to_answerer, 100, start_answerer, stop_answerer, 0, 0},
};
const struct group ipc_group = {"ipc", rows, sizeof(rows) / sizeof(rows[0])};
