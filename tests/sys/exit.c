/* exit, exit_group: statuses, what an end closes and frees, what the parent is told. */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sched.h>

static void check_status(void)
{
    static const int statuses[] = {0, 1, 127, 255, 256, 257, -1, 0x7fffffff};
    int wrong = 0, status;
    fflush(stdout);
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        pid_t child = fork();
        if (child == 0)
            syscall(i % 2 ? SYS_exit : SYS_exit_group, statuses[i]);
        status = status_of(child);
        wrong += !WIFEXITED(status) || WEXITSTATUS(status) != (statuses[i] & 0xff);
    }
    CHECK_EQ(wrong, 0);
}

static volatile sig_atomic_t told;
static siginfo_t last;
static void on_child(int number, siginfo_t *info, void *context)
{
    (void)number, (void)context;
    told++;
    last = *info;
}

static void check_told(void)
{
    struct sigaction action = {.sa_sigaction = on_child, .sa_flags = SA_SIGINFO};
    sigaction(SIGCHLD, &action, NULL);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(12);
    while (!told)
        sleep_ms(5);
    CHECK_EQ(told, 1);
    CHECK_EQ(last.si_signo, SIGCHLD);
    CHECK_EQ(last.si_code, CLD_EXITED);
    CHECK_EQ(last.si_pid == child, 1);
    CHECK_EQ(last.si_uid, getuid());
    CHECK_EQ(last.si_status, 12);
    CHECK_EQ(status_of(child), 12 << 8);
    told = 0;
    child = fork();
    if (child == 0) {
        raise(SIGKILL);
        _exit(0);
    }
    while (!told)
        sleep_ms(5);
    CHECK_EQ(last.si_code, CLD_KILLED);
    CHECK_EQ(last.si_status, SIGKILL);
    CHECK_EQ(status_of(child), SIGKILL);
    signal(SIGCHLD, SIG_DFL);
}

static void check_closed(void)
{
    int p[2];
    char byte;
    CHECK_OK(pipe(p));
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        close(p[0]);
        _exit(write(p[1], "x", 1) != 1);
    }
    close(p[1]);
    CHECK_EQ(read(p[0], &byte, 1), 1);
    CHECK_EQ(read(p[0], &byte, 1), 0); /* the last writer ended */
    CHECK_EQ(status_of(child), 0);
    close(p[0]);
}

/* The word that set_tid_address names is cleared at the end (it is shared memory here). */
static void check_cleared(void)
{
    int *word = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    *word = 5;
    fflush(stdout);
    long child = clone_here(SIGCHLD | CLONE_CHILD_CLEARTID | CLONE_VM | CLONE_VFORK, NULL, word);
    if (child == 0)
        syscall(SYS_exit, 0);
    CHECK_EQ(status_of(child), 0);
    CHECK_EQ(*word, 0);
    CHECK_EQ(syscall(SYS_set_tid_address, NULL), getpid());
    munmap(word, PAGE);
}

int main(void)
{
    check_status();
    check_told();
    check_closed();
    check_cleared();
    return check_done();
}
