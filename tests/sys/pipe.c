/* pipe, pipe2: order, ends, blocking, atomic writes, packets, bad addresses, SIGPIPE.
 * needs: procfs users fifo files poll pipes */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/uio.h>

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
        _exit(!reaches_state(getppid(), 'S') || write(p[1], "z", 1) != 1);
    }
    CHECK_EQ(read(p[0], &byte, 1), 1);
    CHECK_EQ(byte, 'z');
    waitpid(child, NULL, 0);

    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGALRM, &action, NULL);
    n_signals = 0;
    pid_t signaller = child_that_signals(SIGALRM);
    CHECK_ERR(read(p[0], &byte, 1), EINTR);
    CHECK_EQ(n_signals, 1);
    CHECK_EQ(status_of(signaller), 0);
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
        _exit(!reaches_state(getppid(), 'S'));
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

enum { PAYER = 54321, LARGE_PIPES = 64 };

/* A user's pipes have 16384 pages together (/proc/sys/fs/pipe-user-pages-soft). Beyond that a new
 * one gets two, as on the newest Linux, and none may grow. Root's do as they like. */
static void check_pages_of_users(void)
{
    CHECK_STR(contents("/proc/sys/fs/pipe-user-pages-soft"), "16384\n");
    CHECK_STR(contents("/proc/sys/fs/pipe-user-pages-hard"), "0\n");
    if (!as_root("the pages of a user's pipes"))
        return;
    CHECK_OK(chmod(".", 0755));
    CHECK_OK(mkfifo("payed", 0666));
    CHECK_OK(chmod("payed", 0666));
    CHECK_CHILD("the pages of a user's pipes", {
        int p[2];
        int large[LARGE_PIPES][2];
        CHILD_REQUIRE(setresuid(PAYER, PAYER, PAYER) == 0);
        for (int i = 0; i < LARGE_PIPES; i++) {
            CHILD_REQUIRE(pipe(large[i]) == 0);
            CHILD_REQUIRE(fcntl(large[i][1], F_SETPIPE_SZ, 1 << 20) == 1 << 20);
        }
        CHILD_REQUIRE(pipe(p) == 0);
        CHILD_REQUIRE(fcntl(p[1], F_GETPIPE_SZ) == 8192);
        CHILD_REQUIRE(fcntl(p[1], F_SETPIPE_SZ, 16384) == -1 && errno == EPERM);
        CHILD_REQUIRE(fcntl(p[1], F_SETPIPE_SZ, 4096) == 4096);
        CHILD_REQUIRE(fcntl(p[1], F_SETPIPE_SZ, 8192) == -1 && errno == EPERM);
        int fifo = open("payed", O_RDWR);
        CHILD_REQUIRE(fifo >= 0 && fcntl(fifo, F_GETPIPE_SZ) == 8192);
        close(fifo);
        close(large[0][0]);
        close(large[0][1]);
        CHILD_REQUIRE(fcntl(p[1], F_SETPIPE_SZ, 65536) == 65536);
        CHILD_REQUIRE(pipe(large[0]) == 0);
        CHILD_REQUIRE(fcntl(large[0][1], F_GETPIPE_SZ) == 65536);
    });
    CHECK_CHILD("who pays is the real user, who may is the effective one", {
        int p[2];
        CHILD_REQUIRE(setresuid(PAYER, 0, 0) == 0);
        for (int i = 0; i <= LARGE_PIPES; i++)
            CHILD_REQUIRE(pipe(p) == 0 && fcntl(p[1], F_SETPIPE_SZ, 1 << 20) == 1 << 20);
        CHILD_REQUIRE(pipe(p) == 0 && fcntl(p[1], F_GETPIPE_SZ) == 65536);
        CHILD_REQUIRE(setresuid(PAYER, PAYER, PAYER) == 0);
        CHILD_REQUIRE(pipe(p) == 0 && fcntl(p[1], F_GETPIPE_SZ) == 8192);
    });
}

static int waiting(int fd)
{
    int n = -1;
    return ioctl(fd, FIONREAD, &n) < 0 ? -1 : n;
}

/* A page, and after it one that is not there. */
static char *edge_page(void)
{
    char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(page + 4096, 4096);
    return page;
}

/* Reads that fail halfway take only what they gave; p is an empty pipe that does not block. */
static void check_bad_reads(const int p[2])
{
    static char block[8192], back[8192];
    char *page = edge_page(), *edge = page + 4096;
    struct iovec three[3] = {{back, 3}, {BAD_LOW, 4}, {back, 3}};
    for (size_t i = 0; i < sizeof block; i++)
        block[i] = (char)(i * 7 + i / 256);
    CHECK_EQ(write(p[1], "hello world", 11), 11);
    CHECK_ERR(read(p[0], BAD_LOW, 11), EFAULT);
    CHECK_ERR(read(p[0], edge - 5, 11), EFAULT);
    CHECK_ERR(readv(p[0], three, 3), EFAULT);
    CHECK_EQ(read(p[0], back, sizeof back), 11);
    CHECK_EQ(memcmp(back, "hello world", 11), 0);
    CHECK_EQ(write(p[1], block, 4096), 4096);
    CHECK_ERR(read(p[0], BAD_LOW, 11), EFAULT);
    CHECK_EQ(write(p[1], block + 4096, 4096), 4096);
    CHECK_EQ(read(p[0], page, 8192), 4096);
    CHECK_EQ(memcmp(page, block, 4096), 0);
    CHECK_EQ(waiting(p[0]), 4096);
    CHECK_ERR(read(p[0], page + 100, 8192), EFAULT);
    CHECK_EQ(read(p[0], back, 10), 10);
    CHECK_ERR(read(p[0], BAD_LOW, 8192), EFAULT);
    CHECK_EQ(read(p[0], back + 10, 8192), 4086);
    CHECK_EQ(memcmp(back, block + 4096, 4096), 0);
    CHECK_ERR(read(p[0], back, 1), EAGAIN);
    munmap(page, 4096);
}

/* Writes that fail halfway leave behind what they report, and nothing else. */
static void check_bad_writes(const int p[2])
{
    static char back[20000];
    char *page = edge_page(), *edge = page + 4096;
    struct iovec two[2] = {{back, 3}, {BAD_LOW, 4}};
    CHECK_ERR(write(p[1], edge - 5, 11), EFAULT);
    CHECK_ERR(write(p[1], edge - 5, 8192), EFAULT);
    CHECK_ERR(writev(p[1], two, 2), EFAULT);
    CHECK_EQ(waiting(p[0]), 0);
    CHECK_EQ(write(p[1], page, 8192), 4096);
    CHECK_EQ(waiting(p[0]), 4096);
    CHECK_EQ(read(p[0], back, sizeof back), 4096);
    CHECK_EQ(write(p[1], "abc", 3), 3);
    memset(edge - 200, 'x', 200);
    CHECK_ERR(write(p[1], edge - 20, 100), EFAULT);
    CHECK_EQ(write(p[1], edge - 200, 4196), 100);
    CHECK_EQ(waiting(p[0]), 103);
    CHECK_EQ(read(p[0], back, sizeof back), 103);
    CHECK(memcmp(back, "abcxxx", 6) == 0 && back[102] == 'x');
    munmap(page, 4096);
}

static void check_bad_addresses(void)
{
    int p[2];
    CHECK_OK(pipe2(p, O_NONBLOCK));
    check_bad_reads(p);
    check_bad_writes(p);
    close(p[0]);
    close(p[1]);
    CHECK_OK(mkfifo("named", 0600));
    p[0] = open("named", O_RDONLY | O_NONBLOCK);
    p[1] = open("named", O_WRONLY | O_NONBLOCK);
    check_bad_reads(p);
    check_bad_writes(p);
    close(p[0]);
    close(p[1]);
    CHECK_OK(unlink("named"));
}

/* An address that cannot be read takes nothing from another process that reads the same pipe. */
static void check_bad_reader_beside(void)
{
    int p[2];
    char back[16];
    CHECK_OK(pipe(p));
    CHECK_EQ(write(p[1], "for another", 11), 11);
    CHECK_CHILD("read into a bad address", {
        for (int i = 0; i < 20; i++)
            CHILD_REQUIRE(read(p[0], BAD_LOW, 11) == -1 && errno == EFAULT);
    });
    CHECK_EQ(read(p[0], back, sizeof back), 11);
    close(p[0]);
    close(p[1]);
}

/* O_DIRECT: each write is a packet, one read takes one. */
static void check_packets(void)
{
    static char block[8192];
    struct iovec two[2] = {{block, 1}, {block + 1, 9}};
    int p[2], n;
    CHECK_OK(pipe2(p, O_DIRECT | O_NONBLOCK));
    CHECK_EQ(fcntl(p[0], F_GETFL), O_RDONLY | O_NONBLOCK);
    CHECK_EQ(fcntl(p[1], F_GETFL), O_WRONLY | O_NONBLOCK | O_DIRECT);
    CHECK_EQ(write(p[1], "one", 3), 3);
    CHECK_EQ(write(p[1], "two22", 5), 5);
    CHECK_EQ(write(p[1], "three", 5), 5);
    CHECK_EQ(waiting(p[0]), 13);
    CHECK_EQ(read(p[0], block, 2), 2);
    CHECK_EQ(read(p[0], block, 100), 5);
    CHECK_EQ(memcmp(block, "two22", 5), 0);
    CHECK_ERR(read(p[0], BAD_LOW, 100), EFAULT);
    CHECK_EQ(readv(p[0], two, 2), 5);
    CHECK_EQ(memcmp(block, "three", 5), 0);
    CHECK_ERR(read(p[0], block, 100), EAGAIN);
    CHECK_EQ(write(p[1], block, 5000), 5000);
    CHECK_EQ(read(p[0], block, sizeof block), 4096);
    CHECK_EQ(read(p[0], block, sizeof block), 904);
    CHECK_EQ(write(p[1], block, 0), 0);
    CHECK_ERR(read(p[0], block, 1), EAGAIN);
    for (n = 0; write(p[1], "x", 1) == 1; n++)
        ;
    CHECK_EQ(n, 16);
    while (read(p[0], block, 100) > 0)
        n--;
    CHECK_EQ(n, 0);
    CHECK_OK(fcntl(p[1], F_SETFL, O_NONBLOCK));
    CHECK(write(p[1], "a", 1) == 1 && write(p[1], "b", 1) == 1);
    CHECK_EQ(read(p[0], block, 100), 2);
    CHECK_OK(fcntl(p[1], F_SETFL, O_NONBLOCK | O_DIRECT));
    CHECK(write(p[1], "c", 1) == 1 && write(p[1], "d", 1) == 1);
    CHECK_EQ(read(p[0], block, 100), 1);
    CHECK_EQ(read(p[0], block, 100), 1);
    close(p[0]);
    close(p[1]);
    CHECK_ERR(open("/dev/null", O_RDWR | O_DIRECT), EINVAL);
    n = open("/dev/null", O_RDWR);
    CHECK_ERR(fcntl(n, F_SETFL, O_DIRECT), EINVAL);
    close(n);
}

/* A pipe is full when its pages are, be they filled or not. */
static void check_slots(void)
{
    static char block[100000];
    int p[2], n;
    CHECK_OK(pipe2(p, O_NONBLOCK));
    struct pollfd out = {.fd = p[1], .events = POLLOUT};
    for (n = 0; write(p[1], block, 3000) == 3000; n++)
        ;
    CHECK_EQ(n, 16);
    CHECK_EQ(write(p[1], block, 1096), 1096);
    CHECK_ERR(write(p[1], block, 1), EAGAIN);
    CHECK_EQ(read(p[0], block, 100), 100);
    CHECK_ERR(write(p[1], block, 1), EAGAIN);
    CHECK_EQ(poll(&out, 1, 0), 0);
    CHECK_EQ(read(p[0], block, 2900), 2900);
    CHECK_EQ(poll(&out, 1, 0), 1);
    CHECK_EQ(write(p[1], block, 3000), 3000);
    CHECK_EQ(poll(&out, 1, 0), 0);
    while (read(p[0], block, sizeof block) > 0)
        ;
    CHECK_EQ(write(p[1], block, 100), 100);
    CHECK_EQ(write(p[1], block, 5000), 5000);
    CHECK_ERR(fcntl(p[1], F_SETPIPE_SZ, 4096), EBUSY);
    CHECK_EQ(fcntl(p[1], F_SETPIPE_SZ, 8192), 8192);
    CHECK_ERR(write(p[1], block, 100000), EAGAIN);
    CHECK_EQ(waiting(p[0]), 5100);
    CHECK_ERR(fcntl(p[1], F_SETPIPE_SZ, (1u << 31) + 1), EINVAL);
    close(p[0]);
    close(p[1]);
}

/* Calls with an offset: ESPIPE whichever end it is, and whatever else is wrong but the offset. */
static void check_offsets(void)
{
    char byte[2] = "x";
    struct iovec one = {byte, 1};
    int p[2];
    CHECK_OK(pipe2(p, O_NONBLOCK));
    for (int i = 0; i < 2; i++) {
        CHECK_ERR(pread(p[i], byte, 1, 0), ESPIPE);
        CHECK_ERR(pwrite(p[i], byte, 1, 0), ESPIPE);
        CHECK_ERR(syscall(SYS_preadv, p[i], &one, 1, 0, 0), ESPIPE);
        CHECK_ERR(syscall(SYS_pwritev, p[i], &one, 1, 0, 0), ESPIPE);
        CHECK_ERR(syscall(SYS_preadv2, p[i], &one, 1, 0, 0, 0), ESPIPE);
        CHECK_ERR(syscall(SYS_pwritev2, p[i], &one, 1, 0, 0, 0), ESPIPE);
        CHECK_ERR(pread(p[i], byte, 1, -1), EINVAL);
        CHECK_ERR(syscall(SYS_preadv2, p[i], &one, 1, -2l, 0, 0), EINVAL);
    }
    CHECK_ERR(pread(p[0], BAD_KERNEL, 1, 0), ESPIPE);
    CHECK_ERR(syscall(SYS_preadv, p[0], BAD_LOW, 1, 0, 0), ESPIPE);
    CHECK_ERR(syscall(SYS_preadv, p[0], &one, -1, 0, 0), ESPIPE);
    CHECK_ERR(syscall(SYS_preadv2, p[0], &one, 1, 0, 0, 0x40000000), ESPIPE);
    CHECK_ERR(syscall(SYS_preadv2, p[0], &one, 1, -1l, 0, 0x40000000), EOPNOTSUPP);
    CHECK_ERR(syscall(SYS_preadv2, p[0], &one, 1, -1l, 0, 0), EAGAIN);
    CHECK_ERR(syscall(SYS_preadv2, p[1], &one, 1, -1l, 0, 0), EBADF);
    CHECK_ERR(syscall(SYS_pwritev2, p[0], &one, 1, -1l, 0, 0), EBADF);
    CHECK_EQ(syscall(SYS_pwritev2, p[1], &one, 1, -1l, 0, 0), 1);
    CHECK_EQ(syscall(SYS_preadv2, p[0], &one, 1, -1l, 0, 0), 1);
    close(p[0]);
    close(p[1]);
}

static int reopen(int fd, int flags)
{
    char path[40];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return open(path, flags);
}

/* A pipe without a name is opened through /proc/PID/fd at once, whoever else has it open. */
static void check_reopened(void)
{
    int p[2], fd;
    char byte;
    CHECK_OK(pipe(p));
    close(p[1]);
    CHECK_OK(fd = reopen(p[0], O_RDONLY));
    CHECK_EQ(read(fd, &byte, 1), 0);
    struct pollfd in = {.fd = fd, .events = POLLIN};
    CHECK(poll(&in, 1, 0) == 1 && in.revents == POLLHUP);
    close(fd);
    CHECK_OK(fd = reopen(p[0], O_RDONLY | O_NONBLOCK));
    in.fd = fd;
    CHECK(poll(&in, 1, 0) == 1 && in.revents == POLLHUP);
    close(fd);
    CHECK_OK(fd = reopen(p[0], O_RDWR));
    CHECK_EQ(write(fd, "x", 1), 1);
    CHECK_EQ(read(p[0], &byte, 1), 1);
    close(fd);
    CHECK_OK(fd = reopen(p[0], O_WRONLY));
    CHECK_EQ(write(fd, "x", 1), 1);
    close(fd);
    CHECK_EQ(read(p[0], &byte, 1), 1);
    CHECK_EQ(read(p[0], &byte, 1), 0);
    CHECK_ERR(reopen(p[0], O_RDONLY | O_DIRECT), EINVAL);
    CHECK_ERR(reopen(p[0], O_RDONLY | O_DIRECTORY), ENOTDIR);
    CHECK_ERR(reopen(p[0], 3), EINVAL);
    close(p[0]);
    CHECK_OK(pipe(p));
    close(p[0]);
    CHECK_OK(fd = reopen(p[1], O_WRONLY));
    signal(SIGPIPE, SIG_IGN);
    CHECK_ERR(write(fd, "x", 1), EPIPE);
    close(fd);
    CHECK_OK(fd = reopen(p[1], O_WRONLY | O_NONBLOCK));
    close(fd);
    CHECK_OK(fd = reopen(p[1], O_RDONLY));
    CHECK_EQ(write(p[1], "x", 1), 1);
    close(fd);
    close(p[1]);
}

int main(void)
{
    check_basics();
    check_bad_addresses();
    check_bad_reader_beside();
    check_packets();
    check_slots();
    check_offsets();
    check_reopened();
    check_capacity();
    check_capacity_of_users();
    check_pages_of_users();
    check_full();
    check_sigpipe();
    check_atomic();
    check_blocking();
    check_reader_leaves();
    return check_done();
}
