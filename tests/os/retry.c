/* Calls that a signal interrupts are made again (PEP 475), and the handler has run: a timer
 * interrupts each one several times, and only then comes what it waits for.
 * needs: times fifo posix files */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include <os.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>

static volatile int *n_signals; /* shared with children */

static void on_alarm(int number)
{
    (void)number;
    ++*n_signals;
}

/* A signal each `ms`, 0 for none; handlers do not ask the kernel to restart calls. */
static void set_timer(int ms)
{
    struct itimerval timer = {{0, ms * 1000}, {0, ms * 1000}};
    struct sigaction action = {.sa_handler = on_alarm};
    sigaction(SIGALRM, &action, NULL);
    *n_signals = 0;
    setitimer(ITIMER_REAL, &timer, NULL);
}

/* True if signals came; no more will. */
static bool interrupted(void)
{
    bool some = *n_signals > 0;
    set_timer(0);
    return some;
}

static void sleep_ms(int ms)
{
    struct timespec left = {0, ms * 1000000};
    while (nanosleep(&left, &left) < 0)
        ;
}

/* A child that runs the block when some signals have come, then exits with 5. */
#define LATER(...)                   \
    ({                               \
        *n_signals = 0;              \
        pid_t later_pid = os.fork(); \
        if (later_pid == 0) {        \
            while (*n_signals < 5)   \
                sleep_ms(1);         \
            __VA_ARGS__;             \
            os._exit(5);             \
        }                            \
        set_timer(20);               \
        later_pid;                   \
    })

static void check_pipes(void)
{
    struct os_pipe_result p = os.pipe();
    char text[70000];
    memset(text, 't', sizeof text);

    pid_t child = LATER(write(p.w, "late", 4));
    CHECK_EQ(os.read(p.r, text, 100), 4);
    CHECK(interrupted());
    os.waitpid(child, 0);

    struct iovec parts = {text, 100};
    child = LATER(write(p.w, "late", 4));
    CHECK_EQ(os.readv(p.r, &parts, 1), 4);
    CHECK(interrupted());
    os.waitpid(child, 0);

    /* A full pipe: the write waits until someone reads. */
    os.set_blocking(p.w, false);
    while (os.write(p.w, text, 4096) > 0)
        ;
    os.set_blocking(p.w, true);
    child = LATER(read(p.r, text, 65536));
    CHECK_EQ(os.write(p.w, "x", 1), 1);
    CHECK(interrupted());
    os.waitpid(child, 0);
    os.close(p.r);
    os.close(p.w);
}

static void check_waits(void)
{
    pid_t child = LATER((void)0);
    struct os_wait_result result = os.waitpid(child, 0);
    CHECK(result.pid == child && os.waitstatus_to_exitcode(result.status) == 5);
    CHECK(interrupted());

    child = LATER((void)0);
    result = os.wait();
    CHECK(result.pid == child && os.waitstatus_to_exitcode(result.status) == 5);
    CHECK(interrupted());

    child = LATER((void)0);
    CHECK_EQ(os.wait4(child, 0).pid, child);
    CHECK(interrupted());

    child = LATER((void)0);
    CHECK_EQ(os.wait3(0).pid, child);
    CHECK(interrupted());

    child = LATER((void)0);
    CHECK_EQ(os.waitid(P_PID, (id_t)child, WEXITED).si_status, 5);
    CHECK(interrupted());
}

/* The open of a FIFO waits for the other side. */
static void check_open(void)
{
    CHECK_OK(os.mkfifo("fifo", 0666));
    pid_t child = LATER(open("fifo", O_WRONLY));
    int fd = os.open("fifo", O_RDONLY);
    CHECK(fd >= 0);
    CHECK(interrupted());
    os.close(fd);
    os.waitpid(child, 0);
}

int main(void)
{
    n_signals = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    set_timer(0);
    check_pipes();
    check_waits();
    check_open();

    /* C's own read tells the program: os retries, it is not the kernel that restarts. */
    struct os_pipe_result p = os.pipe();
    char byte;
    set_timer(20);
    CHECK_ERR(read(p.r, &byte, 1), EINTR);
    CHECK(interrupted());
    return check_done();
}
