/* poll, ppoll: what is ready, of pipes, files, devices and closed descriptors; times, masks; each
 * errno.
 * needs: procfs poll settings */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <poll.h>
#include <sys/resource.h>

static volatile sig_atomic_t count;
static void note(int number)
{
    (void)number;
    count++;
}

/* What one descriptor is ready for, without waiting. */
static int ready(int fd, int events)
{
    struct pollfd fds = {fd, events, 0x7fff};
    int n = poll(&fds, 1, 0);
    return n < 0 ? -1 : n == (fds.revents != 0) ? fds.revents : -2;
}

static void check_kinds(void)
{
    int p[2], both = POLLIN | POLLOUT;
    CHECK_OK(pipe(p));
    CHECK_EQ(ready(p[0], both), 0);
    CHECK_EQ(ready(p[1], both), POLLOUT);
    CHECK_EQ(write(p[1], "x", 1), 1);
    CHECK_EQ(ready(p[0], both), POLLIN);
    CHECK_EQ(ready(p[0], POLLIN | POLLRDNORM), POLLIN | POLLRDNORM);
    CHECK_EQ(ready(p[0], 0), 0);
    close(p[1]);
    CHECK_EQ(ready(p[0], POLLIN), POLLIN | POLLHUP);
    CHECK_EQ(ready(p[0], 0), POLLHUP);
    close(p[0]);
    CHECK_EQ(ready(p[0], POLLIN), POLLNVAL);
    CHECK_EQ(ready(-1, POLLIN), 0); /* is passed over */
    CHECK_OK(pipe(p));
    close(p[0]);
    CHECK_EQ(ready(p[1], POLLOUT), POLLOUT | POLLERR);
    close(p[1]);
    int file = open("f", O_RDWR | O_CREAT, 0666);
    CHECK_EQ(ready(file, both), both);
    close(file);
    int dir = open(".", O_RDONLY);
    CHECK_EQ(ready(dir, both), both);
    close(dir);
    int null = open("/dev/null", O_RDWR);
    CHECK_EQ(ready(null, both), both);
    close(null);
    int zero = open("/dev/zero", O_RDWR);
    CHECK_EQ(ready(zero, both), both);
    close(zero);
}

static void check_waiting(void)
{
    int p[2], q[2];
    CHECK_OK(pipe(p));
    CHECK_OK(pipe(q));
    struct pollfd fds[3] = {{p[0], POLLIN, 0}, {-5, POLLIN, 9}, {q[0], POLLIN, 0}};
    long from = now_ms();
    CHECK_EQ(poll(fds, 3, 50), 0);
    CHECK(now_ms() - from >= 50);
    CHECK_EQ(fds[1].revents, 0);
    CHECK_EQ(poll(NULL, 0, 1), 0);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(!reaches_state(getppid(), 'S') || write(q[1], "q", 1) != 1);
    CHECK_EQ(poll(fds, 3, -1), 1);
    CHECK_EQ(fds[0].revents, 0);
    CHECK_EQ(fds[2].revents, POLLIN);
    CHECK_EQ(status_of(child), 0);
    child = fork();
    if (child == 0) {
        close(p[0]);
        close(q[0]);
        _exit(!reaches_state(getppid(), 'S')); /* the last writer ends with it */
    }
    char byte;
    CHECK_EQ(read(q[0], &byte, 1), 1);
    close(p[1]);
    close(q[1]);
    CHECK_EQ(poll(fds, 3, -1) >= 1, 1);
    CHECK((fds[0].revents | fds[2].revents) == POLLHUP);
    CHECK_EQ(status_of(child), 0);
    struct pollfd all[50];
    for (int i = 0; i < 50; i++)
        all[i] = (struct pollfd){p[0], 0, 0};
    CHECK_EQ(poll(all, 50, -1), 50);
    close(p[0]);
    close(q[0]);
}

static void check_many(void)
{
    enum { MANY = 300 };
    static struct pollfd fds[MANY];
    int p[2], n_ready = 0;
    CHECK_OK(pipe(p));
    for (int i = 0; i < MANY; i++)
        fds[i] = (struct pollfd){.fd = dup(p[0]), .events = POLLIN};
    CHECK(fds[MANY - 1].fd > 0);
    CHECK_EQ(poll(fds, MANY, 10), 0);
    CHECK_EQ(write(p[1], "x", 1), 1);
    CHECK_EQ(poll(fds, MANY, 1000), MANY);
    for (int i = 0; i < MANY; i++)
        n_ready += fds[i].revents == POLLIN;
    CHECK_EQ(n_ready, MANY);
    for (int i = 0; i < MANY; i++)
        close(fds[i].fd);
    close(p[0]);
    close(p[1]);
}

static void check_errors(void)
{
    struct pollfd fds = {0, POLLIN, 0};
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    CHECK_ERR(syscall(SYS_poll, &fds, limit.rlim_cur + 1, 0), EINVAL);
    CHECK_ERR(syscall(SYS_poll, BAD_KERNEL, 1, 0), EFAULT);
    CHECK_ERR(syscall(SYS_poll, NULL, 1, 0), EFAULT);
    CHECK_OK(syscall(SYS_poll, NULL, 0, 0));
    struct timespec bad = {0, 1000000000};
    CHECK_ERR(syscall(SYS_ppoll, &fds, 1, &bad, NULL, 8), EINVAL);
    CHECK_ERR(syscall(SYS_ppoll, &fds, 1, BAD_LOW, NULL, 8), EFAULT);
    sigset_t none = set_of(0);
    struct timespec zero = {0, 0};
    CHECK_ERR(syscall(SYS_ppoll, &fds, 1, &zero, &none, 4), EINVAL);
    CHECK_ERR(syscall(SYS_ppoll, &fds, 1, &zero, BAD_KERNEL, 8), EFAULT);
}

/* A signal that was pending comes as soon as ppoll's mask lets it, and the old mask returns. */
static void check_mask(void)
{
    sigset_t none = set_of(0), block = set_of(SIGUSR1), now;
    int p[2];
    CHECK_OK(pipe(p));
    struct pollfd fds = {p[0], POLLIN, 0};
    on(SIGUSR1, note, 0);
    sigprocmask(SIG_BLOCK, &block, NULL);
    raise(SIGUSR1);
    CHECK_EQ(poll(&fds, 1, 10), 0);
    CHECK_ERR(ppoll(&fds, 1, NULL, &none), EINTR);
    CHECK_EQ(count, 1);
    sigprocmask(SIG_BLOCK, NULL, &now);
    CHECK(sigismember(&now, SIGUSR1));
    raise(SIGUSR1);
    CHECK_EQ(write(p[1], "x", 1), 1);
    CHECK_EQ(ppoll(&fds, 1, NULL, &none), 1); /* ready goes before the signal */
    struct timespec t = {0, 20000000};
    CHECK_EQ(ppoll(NULL, 0, &t, &block), 0);
    sigprocmask(SIG_UNBLOCK, &block, NULL);
    CHECK_EQ(count, 2);
    close(p[0]);
    close(p[1]);
}

static int taken_pipe[2];

static pid_t child_that_polls(void)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        struct pollfd fds = {taken_pipe[0], POLLIN, 0};
        alarm(60); /* a lost wake-up ends in SIGALRM */
        _exit(poll(&fds, 1, -1));
    }
    return child;
}

/* Wakes the poll of a child and takes the byte away at once. True if the child did not see it, and
 * sleeps again. */
static bool takes_first(pid_t child)
{
    char byte;
    bool asleep = reaches_state(child, 'S');
    bool taken = write(taken_pipe[1], "x", 1) == 1 && read(taken_pipe[0], &byte, 1) == 1;
    while (!strchr("SZ", state_of(child)))
        sleep_ms(1);
    return asleep && taken && state_of(child) == 'S';
}

/* What wakes a poll may be gone before it looks, because another process has read it. It sleeps
 * again, and hears of what comes next. */
static void check_taken(void)
{
    bool taken = false, heard = true;
    CHECK_OK(pipe(taken_pipe));
    for (int tries = 0; tries < 100 && !taken && heard; tries++) {
        pid_t child = child_that_polls();
        taken = takes_first(child);
        heard = !taken || write(taken_pipe[1], "x", 1) == 1;
        heard = status_of(child) == W_EXITCODE(1, 0) && heard;
    }
    CHECK(heard);
    if (!taken)
        NOTE("the child was always faster");
    close(taken_pipe[0]);
    close(taken_pipe[1]);
}

int main(void)
{
    check_kinds();
    check_taken();
    check_waiting();
    check_errors();
    check_many();
    check_mask();
    return check_done();
}
