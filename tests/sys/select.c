/* select, pselect6: the three sets, times, masks; each errno.
 * needs: poll */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sys/select.h>
#include <sys/time.h>

static volatile sig_atomic_t count;
static void note(int number)
{
    (void)number;
    count++;
}

static fd_set only(int fd)
{
    fd_set set;
    FD_ZERO(&set);
    FD_SET(fd, &set);
    return set;
}

static void check_sets(void)
{
    int p[2];
    CHECK_OK(pipe(p));
    struct timeval now = {0, 0};
    fd_set in = only(p[0]), out = only(p[1]), except = only(p[0]);
    CHECK_EQ(select(p[1] + 1, &in, &out, &except, &now), 1);
    CHECK(!FD_ISSET(p[0], &in));
    CHECK(FD_ISSET(p[1], &out));
    CHECK(!FD_ISSET(p[0], &except));
    CHECK_EQ(write(p[1], "x", 1), 1);
    in = only(p[0]);
    FD_SET(p[1], &in);
    out = only(p[1]);
    CHECK_EQ(select(p[1] + 1, &in, &out, NULL, NULL), 2);
    CHECK(FD_ISSET(p[0], &in));
    in = only(p[0]);
    CHECK_EQ(select(p[0], &in, NULL, NULL, &now), 0); /* below nfds only */
    CHECK_EQ(dup2(p[0], 200), 200);
    in = only(200);
    CHECK_EQ(select(201, &in, NULL, NULL, NULL), 1);
    CHECK(FD_ISSET(200, &in));
    close(200);
    close(p[1]);
    char byte;
    CHECK_EQ(read(p[0], &byte, 1), 1);
    in = only(p[0]);
    CHECK_EQ(select(p[0] + 1, &in, NULL, NULL, NULL), 1); /* the end is readable */
    close(p[0]);
}

static void check_time(void)
{
    int p[2];
    CHECK_OK(pipe(p));
    fd_set in = only(p[0]);
    struct timeval t = {0, 50000};
    long from = now_ms();
    CHECK_EQ(select(p[0] + 1, &in, NULL, NULL, &t), 0);
    CHECK(now_ms() - from >= 50);
    CHECK_EQ(t.tv_sec == 0 && t.tv_usec == 0, 1); /* Linux writes what is left */
    CHECK(!FD_ISSET(p[0], &in));
    t = (struct timeval){100, 0};
    CHECK_EQ(write(p[1], "x", 1), 1);
    in = only(p[0]);
    CHECK_EQ(select(p[0] + 1, &in, NULL, NULL, &t), 1);
    CHECK(t.tv_sec >= 90);
    t = (struct timeval){0, 1000};
    CHECK_EQ(select(0, NULL, NULL, NULL, &t), 0);
    close(p[0]);
    close(p[1]);
}

static void check_errors(void)
{
    fd_set in = only(77);
    struct timeval t = {0, 0};
    CHECK_ERR(select(78, &in, NULL, NULL, &t), EBADF);
    CHECK(FD_ISSET(77, &in)); /* nothing changed */
    CHECK_ERR(select(-1, &in, NULL, NULL, &t), EINVAL);
    t.tv_sec = -1;
    CHECK_ERR(syscall(SYS_select, 0, NULL, NULL, NULL, &t), EINVAL);
    t = (struct timeval){0, 0};
    CHECK_ERR(syscall(SYS_select, 1, BAD_KERNEL, NULL, NULL, &t), EFAULT);
    CHECK_ERR(syscall(SYS_select, 1, NULL, BAD_LOW, NULL, &t), EFAULT);
    CHECK_ERR(syscall(SYS_select, 0, NULL, NULL, NULL, BAD_HOLE), EFAULT);
    CHECK_ERR(syscall(SYS_pselect6, 0, NULL, NULL, NULL, &(struct timespec){0, -1}, NULL), EINVAL);
    CHECK_ERR(syscall(SYS_pselect6, 0, NULL, NULL, NULL, NULL, BAD_LOW), EFAULT);
}

static void check_mask(void)
{
    sigset_t none = set_of(0), block = set_of(SIGUSR1), now;
    on(SIGUSR1, note, 0);
    sigprocmask(SIG_BLOCK, &block, NULL);
    raise(SIGUSR1);
    struct timespec t = {0, 10000000};
    CHECK_EQ(pselect(0, NULL, NULL, NULL, &t, NULL), 0);
    CHECK_EQ(t.tv_nsec, 10000000); /* the library's pselect leaves it */
    CHECK_EQ(count, 0);
    CHECK_ERR(pselect(0, NULL, NULL, NULL, NULL, &none), EINTR);
    CHECK_EQ(count, 1);
    sigprocmask(SIG_BLOCK, NULL, &now);
    CHECK(sigismember(&now, SIGUSR1));
    sigprocmask(SIG_UNBLOCK, &block, NULL);
}

int main(void)
{
    check_sets();
    check_time();
    check_errors();
    check_mask();
    return check_done();
}
