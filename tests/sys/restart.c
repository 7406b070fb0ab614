/* What a signal does to a call that sleeps: EINTR or going on, call by call, with and without
 * SA_RESTART.
 * needs: procfs futex files fifo poll times */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <poll.h>
#include <sys/select.h>

static volatile sig_atomic_t count;
static int ends[2], full[2], fifo_fd;

static void note(int number)
{
    (void)number;
    count++;
}

/* Calls the function; when it sleeps a child sends SIGUSR1 and, to end what goes on, calls
 * `release` when it sleeps again. True if the handler ran once. */
static bool interrupted(int flags, long (*call)(void), void (*release)(void), long *result,
                        int *error)
{
    count = 0;
    on(SIGUSR1, note, flags);
    fflush(stdout);
    pid_t parent = getpid(), child = fork();
    if (child == 0) {
        if (!signal_sleeper(parent, SIGUSR1))
            _exit(1);
        if (release && reaches_state(parent, 'S'))
            release();
        _exit(0);
    }
    errno = 0;
    *result = call();
    *error = errno;
    return status_of(child) == 0 && count == 1;
}

static char byte;
static long read_pipe(void)
{
    return read(ends[0], &byte, 1);
}
static void write_pipe(void)
{
    (void)!write(ends[1], "x", 1);
}
static long write_full(void)
{
    return write(full[1], "x", 1);
}
static void drain_full(void)
{
    static char block[4096];
    (void)!read(full[0], block, sizeof block);
}
static long open_fifo(void)
{
    return fifo_fd = open("fifo", O_RDONLY);
}
static void open_other_end(void)
{
    int fd = open("fifo", O_WRONLY);
    sleep_ms(50);
    close(fd);
}
static pid_t sleeper;
static long wait_child(void)
{
    return waitpid(sleeper, NULL, 0);
}
static void kill_sleeper(void)
{
    kill(sleeper, SIGKILL);
}
static long wait_lock(void)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fcntl(open("locked", O_RDWR), F_SETLKW, &lock);
}
static long do_nanosleep(void)
{
    struct timespec time = {5, 0}, left = {0, 0};
    long result = syscall(SYS_nanosleep, &time, &left);
    if (left.tv_sec != 4)
        NOTE("%ld seconds are left", (long)left.tv_sec);
    return result;
}
static long do_clock_nanosleep(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += 5;
    return syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
}
static long do_poll(void)
{
    struct pollfd fds = {ends[0], POLLIN, 0};
    return poll(&fds, 1, 5000);
}
static long do_select(void)
{
    fd_set set;
    FD_ZERO(&set);
    FD_SET(ends[0], &set);
    return select(ends[0] + 1, &set, NULL, NULL, NULL);
}
static long do_pause(void)
{
    return pause();
}
static long do_sigsuspend(void)
{
    sigset_t none = set_of(0);
    return sigsuspend(&none);
}

static void check_restarted(void)
{
    long result;
    int error;
    CHECK(interrupted(0, read_pipe, write_pipe, &result, &error));
    CHECK_EQ(result, -1);
    CHECK_EQ(error, EINTR);
    CHECK_EQ(read(ends[0], &byte, 1), 1);
    CHECK(interrupted(SA_RESTART, read_pipe, write_pipe, &result, &error));
    CHECK_EQ(result, 1);
    CHECK(interrupted(0, write_full, drain_full, &result, &error));
    CHECK_EQ(result, -1);
    CHECK_EQ(error, EINTR);
    CHECK_EQ(write(full[1], "x", 1), 1);
    CHECK(fcntl(full[1], F_SETFL, O_NONBLOCK) == 0);
    while (write(full[1], "x", 1) == 1)
        ;
    CHECK(fcntl(full[1], F_SETFL, 0) == 0);
    CHECK(interrupted(SA_RESTART, write_full, drain_full, &result, &error));
    CHECK_EQ(result, 1);
    CHECK_OK(mkfifo("fifo", 0666));
    CHECK(interrupted(0, open_fifo, NULL, &result, &error));
    CHECK_EQ(result, -1);
    CHECK_EQ(error, EINTR);
    CHECK(interrupted(SA_RESTART, open_fifo, open_other_end, &result, &error));
    CHECK(result >= 0);
    close(fifo_fd);
    fflush(stdout);
    sleeper = fork();
    if (sleeper == 0)
        for (;;)
            pause();
    CHECK(interrupted(0, wait_child, NULL, &result, &error));
    CHECK_EQ(result, -1);
    CHECK_EQ(error, EINTR);
    CHECK(interrupted(SA_RESTART, wait_child, kill_sleeper, &result, &error));
    CHECK_EQ(result == sleeper, 1);
}

/* Someone else holds the lock all the time. */
static void check_lock(void)
{
    long result;
    int error, p[2];
    make_file("locked", "x");
    CHECK_OK(pipe(p));
    fflush(stdout);
    pid_t holder = fork();
    if (holder == 0) {
        struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
        fcntl(open("locked", O_RDWR), F_SETLK, &lock);
        close(p[1]);
        for (;;)
            pause();
    }
    close(p[1]);
    CHECK_EQ(read(p[0], &byte, 1), 0);
    CHECK(interrupted(0, wait_lock, NULL, &result, &error));
    CHECK_EQ(result, -1);
    CHECK_EQ(error, EINTR);
    sleeper = holder;
    CHECK(interrupted(SA_RESTART, wait_lock, kill_sleeper, &result, &error));
    CHECK_EQ(result, 0);
    CHECK_EQ(status_of(holder), SIGKILL);
    close(p[0]);
}

/* These end with EINTR whatever the flags are. */
static void check_never_restarted(void)
{
    static const struct {
        const char *name;
        long (*call)(void);
    } calls[] = {{"nanosleep", do_nanosleep}, {"clock_nanosleep", do_clock_nanosleep},
                 {"poll", do_poll},           {"select", do_select},
                 {"pause", do_pause},         {"sigsuspend", do_sigsuspend}};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        for (int flags = 0; flags <= SA_RESTART; flags += SA_RESTART) {
            long result;
            int error;
            char what[80];
            bool once = interrupted(flags, calls[i].call, NULL, &result, &error);
            snprintf(what, sizeof what, "%s%s gives EINTR", calls[i].name,
                     flags ? " with SA_RESTART" : "");
            check_eq(once && result == -1 ? error : 0, EINTR, what, __FILE__, __LINE__);
        }
}

/* A signal that is ignored or stops and goes on does not end a call that can go on. */
static void check_stop(void)
{
    int status;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        long from = now_ms();
        struct timespec time = {0, 200000000};
        CHILD_REQUIRE(nanosleep(&time, NULL) == 0);
        CHILD_REQUIRE(now_ms() - from >= 200);
        CHILD_REQUIRE(read(ends[0], &byte, 1) == 1);
        _exit(0);
    }
    sleep_ms(20);
    kill(child, SIGSTOP);
    CHECK_EQ(waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status), 1);
    kill(child, SIGCONT);
    kill(child, SIGWINCH);
    sleep_ms(300);
    kill(child, SIGSTOP);
    CHECK_EQ(waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status), 1);
    kill(child, SIGCONT);
    write_pipe();
    CHECK_EQ(status_of(child), 0);
}

static long poll_shortly(void)
{
    struct pollfd fds = {ends[0], POLLIN, 0};
    return poll(&fds, 1, 1000);
}
static long futex_shortly(void)
{
    static int word;
    struct timespec time = {1, 0};
    return syscall(SYS_futex, &word, 0 /* FUTEX_WAIT */, 0, &time, NULL, 0);
}

/* A stop without a handler changes neither the result of a call nor when its time is over: the wait
 * of a second, stopped after 700 ms, does not begin anew. 0 if so, else what the child said. */
static int stopped_in(long (*call)(void), long wanted)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        long start = now_ms(), result = call();
        _exit(result != wanted ? 1 : now_ms() - start < 990 ? 2 : now_ms() - start > 1650 ? 3 : 0);
    }
    sleep_ms(700);
    kill(child, SIGSTOP);
    sleep_ms(50);
    kill(child, SIGCONT);
    return status_of(child);
}

/* On a busy machine the wait may end late without having begun anew. A wait that does begin anew
 * ends late every time. */
static void check_stopped(const char *what, long (*call)(void), long wanted)
{
    enum { LATE = 3 << 8, TRIES = 10 };
    int status = LATE;
    for (int i = 0; i < TRIES && status == LATE; i++)
        status = stopped_in(call, wanted);
    if (status)
        NOTE("%s: status %x", what, status);
    CHECK_EQ(status, 0);
}

int main(void)
{
    CHECK_OK(pipe(ends));
    CHECK_OK(pipe2(full, O_NONBLOCK));
    while (write(full[1], &byte, 1) == 1)
        ;
    CHECK_OK(fcntl(full[1], F_SETFL, 0));
    check_restarted();
    check_lock();
    check_never_restarted();
    check_stop();
    check_stopped("poll", poll_shortly, 0);
    check_stopped("futex", futex_shortly, -1);
    return check_done();
}
