/* pipe, pipe2: order, ends, blocking, atomic writes, SIGPIPE. */
#include "check.h"
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

static volatile sig_atomic_t n_signals;
static void on_signal(int number)
{
    (void)number;
    n_signals++;
}

static void check_basics(void)
{
    int p[2], available;
    char buf[16];
    struct stat st;
    CHECK_OK(pipe(p));
    CHECK_OK(fstat(p[0], &st));
    CHECK(S_ISFIFO(st.st_mode));
    CHECK_EQ(write(p[1], "hello", 5), 5);
    CHECK_OK(ioctl(p[0], FIONREAD, &available));
    CHECK_EQ(available, 5);
    CHECK_EQ(read(p[0], buf, 2), 2);
    CHECK_EQ(read(p[0], buf + 2, sizeof buf - 2), 3);
    CHECK_EQ(memcmp(buf, "hello", 5), 0);
    CHECK_EQ(read(p[0], buf, 0), 0);
    CHECK_ERR(lseek(p[0], 0, SEEK_CUR), ESPIPE);
    CHECK_ERR(pread(p[0], buf, 1, 0), ESPIPE);
    CHECK_ERR(write(p[0], "x", 1), EBADF);
    CHECK_ERR(read(p[1], buf, 1), EBADF);
    close(p[1]);
    CHECK_EQ(read(p[0], buf, sizeof buf), 0);
    close(p[0]);
    CHECK_OK(pipe2(p, O_CLOEXEC | O_NONBLOCK));
    CHECK_EQ(fcntl(p[0], F_GETFD), FD_CLOEXEC);
    CHECK_EQ(fcntl(p[1], F_GETFL) & (O_ACCMODE | O_NONBLOCK), O_WRONLY | O_NONBLOCK);
    CHECK_ERR(read(p[0], buf, 1), EAGAIN);
    close(p[0]);
    close(p[1]);
    CHECK_ERR(pipe2(p, O_CREAT), EINVAL);
    CHECK_ERR(syscall(SYS_pipe, NULL), EFAULT);
}

static void check_full(void)
{
    static char block[4096];
    int p[2];
    long n = 0;
    CHECK_OK(pipe2(p, O_NONBLOCK));
    while (write(p[1], block, sizeof block) == sizeof block)
        n += sizeof block;
    CHECK_EQ(errno, EAGAIN);
    CHECK_EQ(n, 65536);
    struct pollfd poll_out = {.fd = p[1], .events = POLLOUT},
                  poll_in = {.fd = p[0], .events = POLLIN};
    CHECK_EQ(poll(&poll_out, 1, 0), 0);
    CHECK_EQ(poll(&poll_in, 1, 0), 1);
    CHECK_EQ(read(p[0], block, sizeof block), sizeof block);
    CHECK_EQ(poll(&poll_out, 1, 0), 1);
    close(p[1]);
    poll_in.revents = 0;
    CHECK_EQ(poll(&poll_in, 1, 0), 1);
    CHECK_EQ(poll_in.revents, POLLIN | POLLHUP);
    close(p[0]);
}

static void check_sigpipe(void)
{
    int p[2];
    CHECK_OK(pipe(p));
    close(p[0]);
    signal(SIGPIPE, on_signal);
    CHECK_ERR(write(p[1], "x", 1), EPIPE);
    CHECK_EQ(n_signals, 1);
    signal(SIGPIPE, SIG_IGN);
    CHECK_ERR(write(p[1], "x", 1), EPIPE);
    struct pollfd poll_out = {.fd = p[1], .events = POLLOUT};
    CHECK_EQ(poll(&poll_out, 1, 0), 1);
    CHECK_EQ(poll_out.revents, POLLOUT | POLLERR);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGPIPE, SIG_DFL);
        _exit(write(p[1], "x", 1) + 10);
    }
    int status;
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE);
    close(p[1]);
}

/* Two writers of PIPE_BUF blocks and one reader: no block is torn, all arrive. */
static void check_atomic(void)
{
    enum { BLOCKS = 200 };
    static char block[PIPE_BUF];
    int p[2], torn = 0, n = 0;
    CHECK_OK(pipe(p));
    for (int writer = 0; writer < 2; writer++)
        if (fork() == 0) {
            memset(block, 'a' + writer, sizeof block);
            for (int i = 0; i < BLOCKS; i++)
                if (write(p[1], block, sizeof block) != sizeof block)
                    _exit(1);
            _exit(0);
        }
    close(p[1]);
    for (;;) {
        ssize_t got = 0, m;
        while (got < PIPE_BUF && (m = read(p[0], block + got, sizeof block - got)) > 0)
            got += m;
        if (got == 0)
            break;
        n++;
        for (int i = 1; i < PIPE_BUF; i++)
            torn += block[i] != block[0];
    }
    CHECK_EQ(n, 2 * BLOCKS);
    CHECK_EQ(torn, 0);
    int status;
    while (wait(&status) > 0)
        CHECK_EQ(status, 0);
    close(p[0]);
}

/* A reader that sleeps is woken by data, by the end, and by a signal. */
static void check_blocking(void)
{
    int p[2];
    char byte = 0;
    CHECK_OK(pipe(p));
    pid_t child = fork();
    if (child == 0) {
        usleep(20000);
        _exit(write(p[1], "z", 1) != 1);
    }
    CHECK_EQ(read(p[0], &byte, 1), 1);
    CHECK_EQ(byte, 'z');
    waitpid(child, NULL, 0);

    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGALRM, &action, NULL);
    n_signals = 0;
    alarm(1);
    CHECK_ERR(read(p[0], &byte, 1), EINTR);
    CHECK_EQ(n_signals, 1);
    close(p[0]);
    close(p[1]);
}

static volatile sig_atomic_t n_broken;

static void count_broken(int number)
{
    n_broken += number == SIGPIPE;
}

/* A reader that goes in the middle of a long write: what was written counts, and SIGPIPE comes. */
static void check_reader_leaves(void)
{
    static char block[200000];
    int ends[2];
    CHECK_OK(pipe(ends));
    signal(SIGPIPE, count_broken);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        close(ends[1]);
        usleep(50000);
        _exit(0);
    }
    close(ends[0]);
    long n = write(ends[1], block, sizeof block);
    CHECK(n > 0 && n < (long)sizeof block);
    CHECK_EQ(n_broken, 1);
    CHECK_EQ(waitpid(child, NULL, 0), child);
    close(ends[1]);
}

/* F_SETPIPE_SZ rounds up to a power of two of pages, and keeps what the pipe holds. */
static void check_capacity(void)
{
    static char block[65536], back[sizeof block];
    int p[2];
    CHECK_OK(pipe2(p, O_NONBLOCK));
    CHECK_EQ(fcntl(p[0], F_GETPIPE_SZ), 65536);
    CHECK_EQ(fcntl(p[1], F_SETPIPE_SZ, 1), 4096);
    CHECK_EQ(fcntl(p[0], F_GETPIPE_SZ), 4096);
    CHECK_EQ(fcntl(p[1], F_SETPIPE_SZ, 4097), 8192);
    CHECK_EQ(fcntl(p[1], F_SETPIPE_SZ, 40000), 65536);
    CHECK_ERR(fcntl(p[1], F_SETPIPE_SZ, -1), EINVAL);
    CHECK_EQ(fcntl(p[1], F_SETPIPE_SZ, 0), 4096);
    CHECK_EQ(fcntl(p[1], F_SETPIPE_SZ, 65536), 65536);
    for (size_t i = 0; i < sizeof block; i++)
        block[i] = (char)(i * 7 + i / 256);
    CHECK_EQ(write(p[1], block, 20000), 20000);
    CHECK_EQ(read(p[0], back, 10000), 10000);
    CHECK_ERR(fcntl(p[1], F_SETPIPE_SZ, 8192), EBUSY);
    CHECK_EQ(fcntl(p[1], F_SETPIPE_SZ, 16384), 16384);
    CHECK_EQ(fcntl(p[1], F_SETPIPE_SZ, 1 << 20), 1 << 20);
    CHECK_EQ(read(p[0], back + 10000, sizeof back - 10000), 10000);
    CHECK_EQ(memcmp(block, back, 20000), 0);
    for (int i = 0; i < 16; i++)
        CHECK_EQ(write(p[1], block, sizeof block), sizeof block);
    CHECK_ERR(write(p[1], block, 1), EAGAIN);
    close(p[0]);
    close(p[1]);
    int fd = open("/dev/null", O_RDWR);
    CHECK_ERR(fcntl(fd, F_GETPIPE_SZ), EBADF);
    CHECK_ERR(fcntl(fd, F_SETPIPE_SZ, 4096), EBADF);
    close(fd);
}

/* Only root may have more than /proc/sys/fs/pipe-max-size, one megabyte. */
static void check_capacity_of_users(void)
{
    if (!as_root("a user's largest pipe"))
        return;
    CHECK_CHILD("a user's largest pipe", {
        int p[2];
        CHILD_REQUIRE(setresuid(1000, 1000, 1000) == 0 && pipe(p) == 0);
        CHILD_REQUIRE(fcntl(p[1], F_SETPIPE_SZ, 1 << 20) == 1 << 20);
        CHILD_REQUIRE(fcntl(p[1], F_SETPIPE_SZ, (1 << 20) + 1) == -1 && errno == EPERM);
    });
}

int main(void)
{
    check_basics();
    check_capacity();
    check_capacity_of_users();
    check_full();
    check_sigpipe();
    check_atomic();
    check_blocking();
    check_reader_leaves();
    return check_done();
}
