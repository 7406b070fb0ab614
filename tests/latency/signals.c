/* Long calls about signals: many that wait, many that are told, timers. */
/* SPDX-License-Identifier: MIT */
#include "latency.h"

static void block(int from, int to)
{
    sigset_t set;
    sigemptyset(&set);
    for (int i = from; i <= to; i++)
        sigaddset(&set, i);
    sigprocmask(SIG_BLOCK, &set, NULL);
}

/* As root: so many signals may wait. */
static void allow_signals(void)
{
    struct rlimit limit = {100000, 100000};
    MUST(setrlimit(RLIMIT_SIGPENDING, &limit));
}

/* Queues n signals of several numbers, the highest first: the one that is taken next comes last. */
static void queue_mixed(int n)
{
    siginfo_t info = {0};
    info.si_code = -1;
    block(34, 64);
    for (int i = 0; i < n; i++)
        MUST(syscall(SYS_rt_sigqueueinfo, getpid(), 64 - i * 31l / n, &info));
}

static void take_mixed(int n)
{
    sigset_t set;
    sigfillset(&set);
    for (int i = 0; i < n; i++)
        if (sigtimedwait(&set, NULL, &(struct timespec){0}) < 0)
            die("take a signal");
}

static void take_with(int n_queued)
{
    queue_mixed(n_queued);
    measure();
    take_mixed(1000);
    measured();
}

static void do_take_few(void)
{
    take_with(1000);
}

static void do_take_many(void)
{
    take_with(60000);
}

static volatile int n_handled;

static void count(int number)
{
    (void)number;
    n_handled++;
}

/* One change of the mask, and all are delivered. */
static void do_deliver_mixed(void)
{
    sigset_t none;
    queue_mixed(60000);
    for (int i = 34; i <= 64; i++)
        signal(i, count);
    sigemptyset(&none);
    measure();
    sigprocmask(SIG_SETMASK, &none, NULL);
    measured();
}

static void do_discard_mixed(void)
{
    queue_mixed(60000);
    measure();
    for (int i = 34; i <= 64; i++)
        signal(i, SIG_IGN);
    measured();
}

static void do_exit_pending(void)
{
    queue_mixed(60000);
    measure();
    _exit(0);
}

/* Each of many processes is a child of one with many threads, of which none takes SIGCHLD. */
static void do_continue_children(void)
{
    int n = many(1500);
    block(SIGCHLD, SIGCHLD);
    signal(SIGCHLD, count);
    pid_t first = fork();
    if (first == 0)
        pause_for_ever();
    setpgid(first, first);
    for (int i = 1; i < n; i++) {
        pid_t pid = fork();
        if (pid == 0)
            pause_for_ever();
        MUST(pid);
        setpgid(pid, first);
    }
    start_threads(many(1500));
    kill(-first, SIGSTOP);
    usleep(100000);
    measure();
    kill(-first, SIGCONT);
    measured();
    usleep(20000);
    kill(-first, SIGKILL);
}

static void kill_group(int number)
{
    int n = many(3000);
    pid_t first = fork();
    if (first == 0) {
        setpgid(0, 0);
        signal(SIGUSR1, count);
        fork_many(n, pause_for_ever);
        pause_for_ever();
    }
    MUST(first);
    wait_ready((unsigned)n + 1);
    measure();
    MUST(kill(-first, number));
    measured();
}

static void do_kill_group(void)
{
    kill_group(SIGKILL);
}

static void do_stop_group(void)
{
    kill_group(SIGTSTP);
}

static void do_handle_group(void)
{
    kill_group(SIGUSR1);
}

static void do_kill_every(void)
{
    fork_many(many(4000), pause_for_ever);
    wait_ready((unsigned)many(4000));
    measure();
    MUST(kill(-1, SIGTERM));
    measured();
}

static void do_stop_threads(void)
{
    pid_t pid = process_of_threads(many(3000));
    measure();
    MUST(kill(pid, SIGSTOP));
    usleep(100000);
    MUST(kill(pid, SIGCONT));
    measured();
    kill(pid, SIGKILL);
}

/* A signal to each of many threads, which do not block it. */
static void do_tgkill(void)
{
    signal(SIGUSR1, count);
    start_threads(many(3000));
    measure();
    for (int tid = getpid() + 1; tid <= getpid() + many(3000); tid++)
        syscall(SYS_tgkill, getpid(), tid, SIGUSR1);
    measured();
}

static void do_setitimer(void)
{
    struct itimerval often = {{0, 100}, {0, 100}};
    signal(SIGALRM, count);
    signal(SIGVTALRM, count);
    signal(SIGPROF, count);
    start_threads(many(3000));
    MUST(setitimer(ITIMER_REAL, &often, NULL));
    MUST(setitimer(ITIMER_VIRTUAL, &often, NULL));
    measure();
    for (int i = 0; i < 1000; i++)
        MUST(setitimer(ITIMER_PROF, &often, NULL));
    measured();
}

static void sleep_a_while(void)
{
    __atomic_fetch_add(&shared->n_ready, 1, __ATOMIC_SEQ_CST);
    usleep(100000);
    pause_for_ever();
}

/* Many sleeps that end in the same moment. */
static void do_timers_due(void)
{
    fork_many(many(3000), sleep_a_while);
    measure();
    usleep(300000);
    measured();
}

/* The owner of a file is a group, each member of which is told that a lease must end. */
static void do_break_lease(void)
{
    int n = many(3000), fd = open("f", O_RDONLY | O_CREAT, 0600);
    MUST(fd);
    signal(SIGIO, SIG_IGN);
    fork_many(n, pause_for_ever);
    wait_ready((unsigned)n);
    MUST(fcntl(fd, F_SETOWN, -getpgrp()));
    MUST(fcntl(fd, F_SETLEASE, F_RDLCK));
    measure();
    if (open("f", O_WRONLY | O_NONBLOCK) >= 0)
        die("no lease");
    measured();
}

static volatile sig_atomic_t pressed;

static void on_key(int number)
{
    (void)number;
    pressed = 1;
}

/* A key in front of a large group. latency.t presses it. */
static void do_key(void)
{
    int n = many(3000);
    signal(SIGTTOU, SIG_IGN);
    MUST(setpgid(0, 0));
    MUST(tcsetpgrp(0, getpgrp()));
    fork_many(n, pause_for_ever);
    wait_ready((unsigned)n);
    signal(SIGINT, on_key);
    measure();
    printf("press\n");
    fflush(stdout);
    while (!pressed)
        usleep(100);
    for (int i = 0; i < n; i++)
        while (wait4(-1, NULL, 0, NULL) < 0)
            ;
    measured();
}

static const struct row rows[] = {
    {"1,000 signals are taken of 1,000 of 31 numbers", do_take_few, allow_signals},
    {"1,000 signals are taken of 60,000 of 31 numbers", do_take_many, allow_signals},
    {"60,000 signals of 31 numbers are handled", do_deliver_mixed, allow_signals},
    {"60,000 signals of 31 numbers are dropped", do_discard_mixed, allow_signals},
    {"exit with 60,000 pending signals", do_exit_pending, allow_signals},
    {"SIGCONT to 1,500 children of a process with 1,500 threads", do_continue_children, NULL},
    {"SIGKILL to a group of 3,000", do_kill_group, NULL},
    {"SIGTSTP to a group of 3,000", do_stop_group, NULL},
    {"a signal with a handler to a group of 3,000", do_handle_group, NULL},
    {"kill(-1) with 4,000 processes", do_kill_every, NULL},
    {"SIGSTOP and SIGCONT to a process with 3,000 threads", do_stop_threads, NULL},
    {"tgkill to each of 3,000 threads", do_tgkill, NULL},
    {"1,000 calls of setitimer with 3,000 threads", do_setitimer, NULL},
    {"3,000 sleeps end at once", do_timers_due, NULL},
    {"a lease is broken that a group of 3,000 owns", do_break_lease, NULL},
    {"^C in front of a group of 3,000", do_key, NULL},
};
const struct rows signal_rows = {rows, sizeof(rows) / sizeof(rows[0])};
