/* Leases: who may have one, who breaks it and by what, what the holder is told; time-out; hints.
 * needs: locks procfs users posix files */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <poll.h>

static const char *const break_time = "/proc/sys/fs/lease-break-time";
static int tell; /* the signal that these tests ask for, blocked */

static void check_rules(void)
{
    int p[2], dir = open(".", O_RDONLY);
    make_file("f", "text");
    CHECK_OK(pipe(p));
    int rw = open("f", O_RDWR), ro = open("f", O_RDONLY), path = open("f", O_PATH);
    CHECK_EQ(fcntl(ro, F_GETLEASE), F_UNLCK);
    CHECK_EQ(fcntl(dir, F_GETLEASE), F_UNLCK);
    CHECK_ERR(fcntl(path, F_GETLEASE), EBADF);
    CHECK_ERR(fcntl(path, F_SETLEASE, F_RDLCK), EBADF);
    CHECK_ERR(fcntl(77, F_SETLEASE, F_RDLCK), EBADF);
    CHECK_ERR(fcntl(ro, F_SETLEASE, 3), EINVAL);
    CHECK_ERR(fcntl(dir, F_SETLEASE, F_RDLCK), EINVAL);
    CHECK_ERR(fcntl(p[0], F_SETLEASE, F_RDLCK), EINVAL);
    CHECK_ERR(fcntl(ro, F_SETLEASE, F_UNLCK), EAGAIN);
    CHECK_ERR(fcntl(ro, F_SETLEASE, F_RDLCK), EAGAIN); /* it is open for writing */
    CHECK_ERR(fcntl(rw, F_SETLEASE, F_RDLCK), EAGAIN);
    CHECK_ERR(fcntl(ro, F_SETLEASE, F_WRLCK), EAGAIN);
    CHECK_ERR(fcntl(rw, F_SETLEASE, F_WRLCK), EAGAIN);
    close(ro);
    CHECK_OK(fcntl(rw, F_SETLEASE, F_WRLCK)); /* the only one */
    CHECK_EQ(fcntl(rw, F_GETLEASE), F_WRLCK);
    CHECK_ERR(fcntl(rw, F_SETLEASE, F_RDLCK), EAGAIN);
    CHECK_OK(fcntl(rw, F_SETLEASE, F_WRLCK));
    close(rw);
    ro = open("f", O_RDONLY);
    int second = open("f", O_RDONLY);
    CHECK_OK(fcntl(ro, F_SETLEASE, F_RDLCK));
    CHECK_OK(fcntl(second, F_SETLEASE, F_RDLCK));
    CHECK_ERR(fcntl(ro, F_SETLEASE, F_WRLCK), EAGAIN);
    CHECK_EQ(fcntl(ro, F_GETLEASE), F_RDLCK);
    close(second);
    CHECK_OK(fcntl(ro, F_SETLEASE, F_WRLCK));
    CHECK_OK(fcntl(ro, F_SETLEASE, F_RDLCK));
    second = dup(ro); /* the same open file, the same lease */
    CHECK_EQ(fcntl(second, F_GETLEASE), F_RDLCK);
    close(second);
    CHECK_EQ(fcntl(ro, F_GETLEASE), F_RDLCK);
    close(ro);
    close(dir);
    close(path);
    close(p[0]);
    close(p[1]);
}

static void check_owner(void)
{
    int fd = open("f", O_RDONLY);
    CHECK_EQ(fcntl(fd, F_GETOWN), 0);
    CHECK_OK(fcntl(fd, F_SETLEASE, F_RDLCK));
    CHECK_EQ(fcntl(fd, F_GETOWN), getpid());
    CHECK_OK(fcntl(fd, F_SETSIG, tell));
    CHECK_OK(fcntl(fd, F_SETLEASE, F_UNLCK));
    CHECK_EQ(fcntl(fd, F_GETOWN), 0);
    CHECK_EQ(fcntl(fd, F_GETSIG), 0);
    close(fd);
    if (!as_root("a lease on another user's file"))
        return;
    CHECK_OK(chmod("f", 0666));
    become(USER);
    fd = open("f", O_RDONLY);
    CHECK_ERR(fcntl(fd, F_SETLEASE, F_RDLCK), EACCES);
    CHECK_ERR(fcntl(fd, F_SETLEASE, 3), EINVAL);
    become_root();
    close(fd);
}

static int leased(const char *path, int flags, int type)
{
    int fd = open(path, flags);
    CHECK_OK(fcntl(fd, F_SETLEASE, type));
    CHECK_OK(fcntl(fd, F_SETSIG, tell));
    return fd;
}

/* Waits for the signal about the lease, for a minute at most. */
static siginfo_t told(int number)
{
    struct timespec most = {60, 0};
    sigset_t set = set_of(number);
    siginfo_t info = {0};
    if (sigtimedwait(&set, &info, &most) < 0)
        NOTE("no signal %d", number);
    return info;
}

static bool is_told(int number)
{
    sigset_t set = set_of(number);
    return sigtimedwait(&set, NULL, &(struct timespec){0, 0}) == number;
}

/* What does not wait is refused, but the holder is told, once. */
static void check_nonblocking(void)
{
    int fd = leased("f", O_RDONLY, F_RDLCK);
    int other = open("f", O_RDONLY | O_NONBLOCK);
    CHECK(other >= 0); /* reads go together */
    close(other);
    CHECK(!is_told(tell));
    CHECK_ERR(open("f", O_WRONLY | O_NONBLOCK), EAGAIN);
    siginfo_t info = told(tell);
    CHECK_EQ(info.si_signo, tell);
    CHECK_EQ(info.si_fd, fd);
    CHECK_EQ(info.si_code, POLL_MSG);
    CHECK_EQ(info.si_band, POLLIN | POLLRDNORM | POLLMSG);
    CHECK_ERR(open("f", O_RDWR | O_NONBLOCK), EAGAIN);
    CHECK(!is_told(tell));
    CHECK_EQ(fcntl(fd, F_GETLEASE), F_UNLCK); /* what it is to become */
    CHECK_OK(fcntl(fd, F_SETLEASE, F_UNLCK));
    int writer = open("f", O_WRONLY | O_NONBLOCK);
    CHECK(writer >= 0);
    close(writer);
    close(fd);
    fd = leased("f", O_RDONLY, F_WRLCK);
    CHECK_ERR(open("f", O_RDONLY | O_NONBLOCK), EAGAIN);
    CHECK_EQ(fcntl(fd, F_GETLEASE), F_RDLCK);
    CHECK(is_told(tell));
    CHECK_ERR(open("f", O_WRONLY | O_NONBLOCK), EAGAIN);
    CHECK_EQ(fcntl(fd, F_GETLEASE), F_UNLCK);
    CHECK(is_told(tell));
    other = open("f", O_PATH); /* opens nothing */
    CHECK(other >= 0);
    close(other);
    close(fd);
    fd = open("f", O_RDWR); /* SIGIO, where no other signal was asked for */
    CHECK_OK(fcntl(fd, F_SETLEASE, F_WRLCK));
    CHECK_ERR(open("f", O_RDONLY | O_NONBLOCK), EAGAIN);
    CHECK_EQ(told(SIGIO).si_code, SI_KERNEL);
    close(fd);
}

/* A child that opens, or truncates if flags are -1; it exits with 0 if that was possible. */
static pid_t child_that_opens(const char *path, int flags)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit((flags < 0 ? truncate(path, 1) : open(path, flags)) < 0 ? errno : 0);
    return child;
}

static void check_waiting(void)
{
    int fd = leased("f", O_RDONLY, F_RDLCK);
    pid_t child = child_that_opens("f", O_WRONLY);
    CHECK_EQ(told(tell).si_fd, fd);
    CHECK(reaches_state(child, 'S'));
    CHECK_ERR(fcntl(fd, F_SETLEASE, F_RDLCK), EAGAIN); /* it counts as a writer already */
    CHECK_OK(fcntl(fd, F_SETLEASE, F_UNLCK));
    CHECK_EQ(status_of(child), 0);
    close(fd);
    fd = leased("f", O_RDONLY, F_WRLCK); /* for one who reads it may become smaller */
    child = child_that_opens("f", O_RDONLY);
    CHECK_EQ(told(tell).si_fd, fd);
    CHECK(reaches_state(child, 'S'));
    CHECK_OK(fcntl(fd, F_SETLEASE, F_RDLCK));
    CHECK_EQ(status_of(child), 0);
    CHECK_EQ(fcntl(fd, F_GETLEASE), F_RDLCK);
    child = child_that_opens("f", -1); /* truncate by path */
    CHECK_EQ(told(tell).si_fd, fd);
    CHECK(reaches_state(child, 'S'));
    CHECK_OK(fcntl(fd, F_SETLEASE, F_UNLCK));
    CHECK_EQ(status_of(child), 0);
    close(fd);
    fd = leased("f", O_RDWR, F_WRLCK);
    CHECK_OK(ftruncate(fd, 0)); /* its own file is open already */
    CHECK(!is_told(tell));
    close(fd);
}

static void ignore_it(int number)
{
    (void)number;
}

static void check_interrupted(void)
{
    int fd = leased("f", O_RDONLY, F_RDLCK);
    on(SIGUSR1, ignore_it, 0);
    pid_t child = child_that_signals(SIGUSR1);
    CHECK_ERR(open("f", O_WRONLY), EINTR);
    CHECK_EQ(status_of(child), 0);
    CHECK(is_told(tell));
    on(SIGUSR1, SIG_DFL, 0);
    close(fd);
}

static bool write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY);
    bool done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    close(fd);
    return done;
}

static void check_timeout(void)
{
    char former[32];
    snprintf(former, sizeof former, "%s", contents(break_time));
    if (!as_root("the time that a holder has"))
        return;
    CHECK_STR(contents("/proc/sys/fs/leases-enable"), "1\n");
    if (!write_text(break_time, "1\n")) {
        SKIP("the time that a holder has", "cannot be set here");
        return;
    }
    CHECK_STR(contents(break_time), "1\n");
    int fd = leased("f", O_RDONLY, F_RDLCK);
    pid_t child = child_that_opens("f", O_WRONLY);
    CHECK_EQ(told(tell).si_fd, fd);
    CHECK_EQ(status_of(child), 0); /* without us */
    CHECK_EQ(fcntl(fd, F_GETLEASE), F_UNLCK);
    CHECK_ERR(fcntl(fd, F_SETLEASE, F_UNLCK), EAGAIN);
    CHECK_EQ(fcntl(fd, F_GETOWN), 0);
    close(fd);
    fd = leased("f", O_RDONLY, F_WRLCK);
    child = child_that_opens("f", O_RDONLY);
    CHECK_EQ(status_of(child), 0);
    CHECK_EQ(fcntl(fd, F_GETLEASE), F_RDLCK); /* as much as it can stay */
    CHECK(is_told(tell));
    close(fd);
    CHECK(!write_text(break_time, "soon\n"));
    CHECK(write_text(break_time, "-5\n"));
    CHECK_STR(contents(break_time), "-5\n");
    CHECK(write_text(break_time, former));
}

/* The signal goes where F_SETOWN says, as far as who said it may send one there. */
static void check_other_owner(void)
{
    sigset_t io = set_of(SIGIO);
    if (!as_root("a signal for another process"))
        return;
    sigprocmask(SIG_UNBLOCK, &io, NULL);
    pid_t victim = child_that_pauses();
    CHECK_OK(chown("f", USER, USER));
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        if (setgid(USER) < 0 || setuid(USER) < 0)
            _exit(1);
        int fd = open("f", O_RDONLY);
        _exit(fcntl(fd, F_SETOWN, victim) < 0 || fcntl(fd, F_SETLEASE, F_RDLCK) < 0 ||
              open("f", O_WRONLY | O_NONBLOCK) >= 0 || errno != EAGAIN);
    }
    CHECK_EQ(status_of(child), 0);
    CHECK_OK(kill(victim, SIGTERM));
    int status = status_of(victim);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM); /* not SIGIO */
    victim = child_that_pauses();
    CHECK_OK(chown("f", 0, 0));
    int fd = open("f", O_RDONLY);
    CHECK_OK(fcntl(fd, F_SETOWN, victim));
    CHECK_OK(fcntl(fd, F_SETLEASE, F_RDLCK));
    CHECK_EQ(fcntl(fd, F_GETOWN), victim);
    CHECK_ERR(open("f", O_WRONLY | O_NONBLOCK), EAGAIN);
    status = status_of(victim);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGIO);
    sigprocmask(SIG_BLOCK, &io, NULL);
    close(fd);
}

/* F_SETOWN_EX says what kind of thing a number is; F_GETOWN tells a group as a negative one. */
static void check_owner_ex(void)
{
    int fd = open("f", O_RDONLY), self = getpid(), group = getpgrp();
    struct f_owner_ex owner = {7, 7}, thread = {F_OWNER_TID, self}, process = {F_OWNER_PID, self},
                      of_group = {F_OWNER_PGRP, group};
    struct f_owner_ex unknown = {3, self}, nobody = {F_OWNER_PID, 0x3ffffffe};
    CHECK_OK(fcntl(fd, F_GETOWN_EX, &owner));
    CHECK_EQ(owner.pid, 0);
    CHECK_OK(fcntl(fd, F_SETOWN_EX, &thread));
    CHECK_OK(fcntl(fd, F_GETOWN_EX, &owner));
    CHECK(owner.type == F_OWNER_TID && owner.pid == self);
    CHECK_EQ(fcntl(fd, F_GETOWN), self);
    CHECK_OK(fcntl(fd, F_SETOWN_EX, &of_group));
    CHECK_OK(fcntl(fd, F_GETOWN_EX, &owner));
    CHECK(owner.type == F_OWNER_PGRP && owner.pid == group);
    CHECK(fcntl(fd, F_GETOWN) == -group);
    CHECK_OK(fcntl(fd, F_SETOWN_EX, &process));
    CHECK_ERR(fcntl(fd, F_SETOWN_EX, &unknown), EINVAL);
    CHECK_ERR(fcntl(fd, F_SETOWN_EX, &nobody), ESRCH);
    CHECK_ERR(fcntl(fd, F_SETOWN_EX, BAD_LOW), EFAULT);
    CHECK_ERR(fcntl(fd, F_GETOWN_EX, BAD_LOW), EFAULT);
    CHECK_OK(fcntl(fd, F_GETOWN_EX, &owner));
    CHECK(owner.type == F_OWNER_PID && owner.pid == self);
    close(fd);
}

/* The owner may be a group: each member is told, however many there are. */
static void check_group(void)
{
    enum { MANY = 100 };
    static pid_t members[MANY];
    if (!as_root("a signal for a group"))
        return;
    int fd = open("f", O_RDONLY), n_told = 0;
    fflush(stdout);
    for (int i = 0; i < MANY; i++) {
        members[i] = child_that_pauses();
        CHILD_REQUIRE(setpgid(members[i], members[0]) == 0);
    }
    CHECK_OK(fcntl(fd, F_SETOWN, -members[0]));
    CHECK_OK(fcntl(fd, F_SETSIG, SIGUSR2));
    CHECK_OK(fcntl(fd, F_SETLEASE, F_RDLCK));
    CHECK_ERR(open("f", O_WRONLY | O_NONBLOCK), EAGAIN);
    for (int i = 0; i < MANY; i++)
        n_told += status_of(members[i]) == SIGUSR2;
    CHECK_EQ(n_told, MANY);
    close(fd);
}

static void check_hints(void)
{
    uint64_t hint = 77, wanted = 3;
    int fd = open("f", O_RDONLY), same = open("f", O_RDWR), dir = open(".", O_RDONLY);
    CHECK_OK(fcntl(fd, F_GET_RW_HINT, &hint));
    CHECK_EQ(hint, 0);
    CHECK_OK(fcntl(fd, F_SET_RW_HINT, &wanted));
    CHECK_OK(fcntl(same, F_GET_RW_HINT, &hint));
    CHECK_EQ(hint, 3); /* the file's, not the descriptor's */
    CHECK_OK(fcntl(dir, F_SET_RW_HINT, &wanted));
    for (wanted = 6; wanted; wanted <<= 8)
        CHECK_ERR(fcntl(fd, F_SET_RW_HINT, &wanted), EINVAL);
    CHECK_ERR(fcntl(fd, F_SET_RW_HINT, BAD_LOW), EFAULT);
    CHECK_ERR(fcntl(fd, F_GET_RW_HINT, BAD_KERNEL), EFAULT);
    close(dir);
    close(same);
    if (as_root("another user's hint")) {
        become(USER);
        CHECK_ERR(fcntl(fd, F_SET_RW_HINT, BAD_LOW), EPERM);
        CHECK_OK(fcntl(fd, F_GET_RW_HINT, &hint));
        become_root();
    }
    CHECK_EQ(hint, 3);
    close(fd);
}

int main(void)
{
    tell = SIGRTMIN + 1;
    sigset_t set = set_of(tell);
    sigaddset(&set, SIGIO);
    sigprocmask(SIG_BLOCK, &set, NULL);
    check_rules();
    check_owner();
    check_nonblocking();
    check_waiting();
    check_interrupted();
    check_timeout();
    check_other_owner();
    check_owner_ex();
    check_group();
    check_hints();
    return check_done();
}
