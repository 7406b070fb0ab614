/* FIFOs: opening waits for the other side; what is written comes out; ends that go away.
 * needs: procfs fifo poll */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <poll.h>

static volatile sig_atomic_t n_alarms;
static void on_alarm(int number)
{
    (void)number;
    n_alarms++;
}

static void check_nonblocking(void)
{
    char buf[16];
    CHECK_OK(mkfifo("f", 0666));
    CHECK_ERR(open("f", O_WRONLY | O_NONBLOCK), ENXIO);
    int in = open("f", O_RDONLY | O_NONBLOCK);
    CHECK_OK(in);
    CHECK_EQ(read(in, buf, sizeof buf), 0);
    int out = open("f", O_WRONLY | O_NONBLOCK);
    CHECK_OK(out);
    CHECK_ERR(read(in, buf, sizeof buf), EAGAIN);
    CHECK_EQ(write(out, "abc", 3), 3);
    struct pollfd both[2] = {{.fd = in, .events = POLLIN}, {.fd = out, .events = POLLOUT}};
    CHECK_EQ(poll(both, 2, 0), 2);
    CHECK_EQ(both[0].revents, POLLIN);
    CHECK_EQ(both[1].revents, POLLOUT);
    CHECK_EQ(read(in, buf, sizeof buf), 3);
    CHECK_EQ(write(out, "de", 2), 2);
    close(out);
    CHECK_EQ(poll(both, 1, 0), 1);
    CHECK_EQ(both[0].revents, POLLIN | POLLHUP);
    CHECK_EQ(read(in, buf, sizeof buf), 2);
    CHECK_EQ(read(in, buf, sizeof buf), 0);
    int late = open("f", O_RDONLY | O_NONBLOCK); /* it saw no writer go */
    both[0].fd = late;
    CHECK_EQ(poll(both, 1, 0), 0);
    close(late);
    close(in);
    CHECK_ERR(open("f", O_RDWR | O_DIRECT), EINVAL);
}

static void check_both_ways(void)
{
    char buf[16];
    struct stat st;
    int fd = open("f", O_RDWR);
    CHECK_OK(fd);
    CHECK_EQ(write(fd, "hello", 5), 5);
    CHECK_EQ(read(fd, buf, sizeof buf), 5);
    CHECK_ERR(lseek(fd, 0, SEEK_SET), ESPIPE);
    CHECK_OK(fstat(fd, &st));
    CHECK(S_ISFIFO(st.st_mode));
    CHECK_EQ(st.st_size, 0);
    int again = open("f", O_WRONLY);
    CHECK_OK(again);
    CHECK_EQ(write(again, "x", 1), 1);
    close(again);
    CHECK_EQ(read(fd, buf, sizeof buf), 1);
    close(fd);
    fd = open("f", O_RDONLY | O_NONBLOCK);
    CHECK_EQ(read(fd, buf, sizeof buf), 0);
    close(fd);
}

/* Each side's open sleeps until the other one comes. */
static void check_meeting(void)
{
    char buf[16];
    for (int child_writes = 0; child_writes < 2; child_writes++) {
        pid_t child = fork();
        if (child == 0) {
            int fd = open("f", child_writes ? O_WRONLY : O_RDONLY);
            if (child_writes)
                _exit(write(fd, "hi", 2) == 2 ? 0 : 1);
            _exit(read(fd, buf, sizeof buf) == 2 ? 0 : 1);
        }
        CHECK(reaches_state(child, 'S'));
        int fd = open("f", child_writes ? O_RDONLY : O_WRONLY), status;
        CHECK_OK(fd);
        CHECK_EQ(child_writes ? read(fd, buf, sizeof buf) : write(fd, "hi", 2), 2);
        CHECK_EQ(waitpid(child, &status, 0), child);
        CHECK_EQ(status, 0);
        close(fd);
    }
}

static void check_interrupted(void)
{
    struct sigaction action = {.sa_handler = on_alarm};
    struct sigaction old;
    sigaction(SIGALRM, &action, &old);
    pid_t signaller = child_that_signals(SIGALRM);
    CHECK_ERR(open("f", O_RDONLY), EINTR);
    CHECK_EQ(n_alarms, 1);
    CHECK_EQ(status_of(signaller), 0);
    CHECK_ERR(open("f", O_WRONLY | O_NONBLOCK), ENXIO);
    sigaction(SIGALRM, &old, NULL);
}

/* The pipe lives on without a name, and another one with its name is another pipe. */
static void check_unlinked(void)
{
    char buf[4];
    int old = open("f", O_RDWR | O_NONBLOCK);
    CHECK_OK(unlink("f"));
    CHECK_OK(mkfifo("f", 0666));
    int fresh = open("f", O_RDWR | O_NONBLOCK);
    CHECK_EQ(write(old, "a", 1), 1);
    CHECK_ERR(read(fresh, buf, 1), EAGAIN);
    CHECK_EQ(read(old, buf, 1), 1);
    close(old);
    close(fresh);
    CHECK_OK(unlink("f"));
}

/* Several writers at once: no write of at most PIPE_BUF is torn. */
static void check_atomic(void)
{
    enum { WRITERS = 4, EACH = 300, LENGTH = 1000 };
    static char block[LENGTH];
    int torn = 0, blocks = 0;
    CHECK_OK(mkfifo("g", 0600));
    for (int i = 0; i < WRITERS; i++)
        if (fork() == 0) {
            int fd = open("g", O_WRONLY);
            memset(block, 'a' + i, LENGTH);
            for (int j = 0; j < EACH; j++)
                if (write(fd, block, LENGTH) != LENGTH)
                    _exit(1);
            _exit(0);
        }
    int fd = open("g", O_RDWR); /* for writing too: no end between two writers */
    for (size_t have = 0; blocks < WRITERS * EACH;) {
        ssize_t n = read(fd, block + have, LENGTH - have);
        if (n <= 0)
            break;
        have += n;
        if (have < LENGTH)
            continue;
        for (int i = 1; i < LENGTH; i++)
            torn += block[i] != block[0];
        blocks++;
        have = 0;
    }
    int status, good = 0;
    for (int i = 0; i < WRITERS; i++)
        good += wait(&status) > 0 && status == 0;
    CHECK_EQ(torn, 0);
    CHECK_EQ(blocks, WRITERS * EACH);
    CHECK_EQ(good, WRITERS);
    close(fd);
    CHECK_OK(unlink("g"));
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    check_nonblocking();
    check_both_ways();
    check_meeting();
    check_interrupted();
    check_unlinked();
    check_atomic();
    return check_done();
}
