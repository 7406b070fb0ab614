/* fcntl's record locks and flock: ranges that split and join, who is in the way, waiting in turn,
 * deadlock, what a close or an end lets go; errors.
 * needs: locks procfs */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sys/file.h>

static int fd;

static int lock(int command, int type, long start, long length)
{
    struct flock l = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
    return fcntl(fd, command, &l);
}

/* Bytes 0 to 19 as another process finds them: '.' free, 'r' or 'w' locked. */
static const char *map_of_locks(void)
{
    static char map[21];
    int p[2];
    if (pipe(p) < 0)
        return "no pipe";
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        for (int i = 0; i < 20; i++) {
            struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = i, .l_len = 1};
            if (fcntl(fd, F_GETLK, &l) < 0)
                _exit(1);
            map[i] = l.l_type == F_UNLCK ? '.' : l.l_type == F_RDLCK ? 'r' : 'w';
            if (l.l_type != F_UNLCK && l.l_pid != getppid())
                map[i] = '?';
        }
        _exit(write(p[1], map, 20) != 20);
    }
    if (status_of(child) != 0 || read(p[0], map, 20) != 20)
        strcpy(map, "no answer");
    close(p[0]);
    close(p[1]);
    return map;
}

static void check_ranges(void)
{
    CHECK_OK(lock(F_SETLK, F_WRLCK, 5, 10));
    CHECK_STR(map_of_locks(), ".....wwwwwwwwww.....");
    CHECK_OK(lock(F_SETLK, F_UNLCK, 8, 3));
    CHECK_STR(map_of_locks(), ".....www...wwww.....");
    CHECK_OK(lock(F_SETLK, F_RDLCK, 6, 6));
    CHECK_STR(map_of_locks(), ".....wrrrrrrwww.....");
    CHECK_OK(lock(F_SETLK, F_WRLCK, 0, 0)); /* to the end, wherever it is */
    CHECK_STR(map_of_locks(), "wwwwwwwwwwwwwwwwwwww");
    CHECK_OK(lock(F_SETLK, F_UNLCK, 10, 0));
    CHECK_STR(map_of_locks(), "wwwwwwwwww..........");
    CHECK_OK(lock(F_SETLK, F_UNLCK, 0, 0));
    CHECK_OK(lock(F_SETLK, F_WRLCK, 10, -4)); /* the four before */
    CHECK_STR(map_of_locks(), "......wwww..........");
    CHECK_ERR(lock(F_SETLK, F_WRLCK, 2, -4), EINVAL);
    CHECK_ERR(lock(F_SETLK, F_WRLCK, -1, 4), EINVAL);
    CHECK_OK(lock(F_SETLK, F_UNLCK, 0, 0));
    CHECK_EQ(lseek(fd, 4, SEEK_SET), 4);
    struct flock here = {.l_type = F_WRLCK, .l_whence = SEEK_CUR, .l_start = 1, .l_len = 2};
    CHECK_OK(fcntl(fd, F_SETLK, &here));
    CHECK_STR(map_of_locks(), ".....ww.............");
    struct flock end = {.l_type = F_RDLCK, .l_whence = SEEK_END, .l_start = -2, .l_len = 2};
    CHECK_OK(fcntl(fd, F_SETLK, &end));
    CHECK_STR(map_of_locks(), ".....ww...........rr");
    CHECK_OK(lock(F_SETLK, F_UNLCK, 0, 0));
    CHECK_STR(map_of_locks(), "....................");
}

/* Each child holds the lock while it adds one, not atomically, to the file's number. */
static void check_waiting(void)
{
    enum { CHILDREN = 6, TIMES = 30 };
    int wrong = 0, counter = open("counter", O_RDWR | O_CREAT, 0666), value = 0;
    CHECK_EQ(write(counter, &value, sizeof value), sizeof value);
    fflush(stdout);
    for (int i = 0; i < CHILDREN; i++)
        if (fork() == 0) {
            for (int n = 0; n < TIMES; n++) {
                CHILD_REQUIRE(lock(F_SETLKW, F_WRLCK, 0, 1) == 0);
                CHILD_REQUIRE(pread(counter, &value, sizeof value, 0) == sizeof value);
                value++;
                if (n % 8 == 0)
                    sleep_ms(1);
                CHILD_REQUIRE(pwrite(counter, &value, sizeof value, 0) == sizeof value);
                CHILD_REQUIRE(lock(F_SETLK, F_UNLCK, 0, 1) == 0);
            }
            _exit(0);
        }
    for (int status; wait(&status) > 0;)
        wrong += status != 0;
    CHECK_EQ(wrong, 0);
    CHECK_EQ(pread(counter, &value, sizeof value, 0), sizeof value);
    CHECK_EQ(value, CHILDREN * TIMES);
    close(counter);
}

/* Two that wait for each other: one is told. */
static void check_deadlock(void)
{
    int p[2];
    char byte;
    CHECK_OK(pipe(p));
    CHECK_OK(lock(F_SETLK, F_WRLCK, 0, 1));
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        CHILD_REQUIRE(lock(F_SETLK, F_WRLCK, 1, 1) == 0);
        CHILD_REQUIRE(write(p[1], "x", 1) == 1);
        CHILD_REQUIRE(lock(F_SETLKW, F_WRLCK, 0, 1) == 0); /* when the parent gives up */
        _exit(0);
    }
    CHECK_EQ(read(p[0], &byte, 1), 1);
    CHECK(reaches_state(child, 'S'));
    sleep_ms(20);
    CHECK_ERR(lock(F_SETLKW, F_WRLCK, 1, 1), EDEADLK);
    CHECK_OK(lock(F_SETLK, F_UNLCK, 0, 1));
    CHECK_EQ(status_of(child), 0);
    CHECK_OK(lock(F_SETLK, F_WRLCK, 0, 0)); /* an end lets all go */
    CHECK_OK(lock(F_SETLK, F_UNLCK, 0, 0));
    close(p[0]);
    close(p[1]);
}

/* flock's locks belong to the open file: shared by dup and fork, apart for another open. */
static void check_flock(void)
{
    int one = open("f", O_RDONLY), other = open("f", O_RDONLY), copy = dup(one);
    CHECK_OK(flock(one, LOCK_EX));
    CHECK_ERR(flock(other, LOCK_SH | LOCK_NB), EWOULDBLOCK);
    CHECK_OK(flock(copy, LOCK_EX | LOCK_NB));
    CHECK_OK(flock(one, LOCK_SH));
    CHECK_OK(flock(other, LOCK_SH | LOCK_NB));
    CHECK_ERR(flock(one, LOCK_EX | LOCK_NB), EWOULDBLOCK);
    CHECK_OK(flock(other, LOCK_UN));
    CHECK_OK(flock(one, LOCK_EX));
    CHECK_CHILD("a child has the same lock", {
        CHILD_REQUIRE(flock(one, LOCK_EX | LOCK_NB) == 0);
        CHILD_REQUIRE(flock(other, LOCK_EX | LOCK_NB) == -1 && errno == EWOULDBLOCK);
    });
    close(one);
    CHECK_ERR(flock(other, LOCK_SH | LOCK_NB), EWOULDBLOCK); /* the copy holds it */
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        close(copy);
        _exit(flock(open("f", O_RDONLY), LOCK_EX) != 0);
    }
    CHECK(reaches_state(child, 'S'));
    close(copy);
    CHECK_EQ(status_of(child), 0);
    CHECK_OK(flock(other, LOCK_EX | LOCK_NB));
    CHECK_OK(lock(F_SETLK, F_WRLCK, 0, 0)); /* the two kinds do not see each other */
    CHECK_OK(lock(F_SETLK, F_UNLCK, 0, 0));
    CHECK_ERR(flock(77, LOCK_EX), EBADF);
    CHECK_ERR(flock(other, 16), EINVAL);
    CHECK_ERR(flock(other, LOCK_SH | LOCK_EX), EINVAL);
    close(other);
}

static int ofd(int file, int command, int type, long start, long length, struct flock *told)
{
    *told = (struct flock){.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
    return fcntl(file, command, told);
}

static bool names(int file, int type, long start, long length, int t, long s, long l)
{
    struct flock told;
    return ofd(file, F_OFD_GETLK, type, start, length, &told) == 0 && told.l_type == t &&
           (t == F_UNLCK || (told.l_start == s && told.l_len == l));
}

/* The lock that is named: the lowest of the owner that came first. Neighbours of a kind are one. */
static void check_names(void)
{
    struct flock l;
    int a = open("f", O_RDWR), b = open("f", O_RDWR), c = open("f", O_RDWR);
    CHECK_OK(ofd(a, F_OFD_SETLK, F_WRLCK, 100, 10, &l));
    CHECK_OK(ofd(b, F_OFD_SETLK, F_WRLCK, 0, 10, &l));
    CHECK(names(c, F_WRLCK, 0, 0, F_WRLCK, 100, 10));
    CHECK_OK(ofd(a, F_OFD_SETLK, F_WRLCK, 50, 10, &l));
    CHECK(names(c, F_WRLCK, 0, 0, F_WRLCK, 50, 10));
    CHECK_OK(ofd(a, F_OFD_SETLK, F_UNLCK, 0, 0, &l));
    CHECK_OK(ofd(a, F_OFD_SETLK, F_WRLCK, 20, 10, &l));
    CHECK(names(c, F_WRLCK, 0, 0, F_WRLCK, 0, 10));
    CHECK_OK(ofd(b, F_OFD_SETLK, F_WRLCK, 10, 10, &l));
    CHECK(names(c, F_WRLCK, 0, 0, F_WRLCK, 0, 20));
    CHECK_OK(ofd(b, F_OFD_SETLK, F_RDLCK, 5, 2, &l));
    CHECK(names(c, F_WRLCK, 6, 1, F_RDLCK, 5, 2));
    CHECK(names(c, F_RDLCK, 5, 2, F_UNLCK, 0, 0));
    CHECK(names(c, F_RDLCK, 5, 3, F_WRLCK, 7, 13));
    CHECK_OK(ofd(b, F_OFD_SETLK, F_RDLCK, 7, 3, &l));
    CHECK(names(c, F_WRLCK, 9, 1, F_RDLCK, 5, 5));
    CHECK_OK(ofd(b, F_OFD_SETLK, F_WRLCK, 5, 5, &l));
    CHECK(names(c, F_WRLCK, 9, 1, F_WRLCK, 0, 20));
    CHECK_ERR(ofd(c, F_OFD_SETLK, F_RDLCK, 19, 2, &l), EAGAIN);
    CHECK_OK(lock(F_SETLK, F_WRLCK, 1000, 10));
    CHECK_OK(ofd(c, F_OFD_GETLK, F_WRLCK, 1005, 0, &l));
    CHECK_EQ(l.l_pid, getpid());
    CHECK_OK(ofd(fd, F_GETLK, F_WRLCK, 0, 5, &l));
    CHECK_EQ(l.l_pid, -1);
    CHECK_ERR(ofd(fd, F_GETLK, F_UNLCK, 0, 5, &l), EINVAL);
    l = (struct flock){.l_type = F_WRLCK, .l_start = LONG_MAX, .l_len = 2};
    CHECK_ERR(fcntl(c, F_SETLK, &l), EOVERFLOW);
    l.l_type = 7;
    CHECK_ERR(fcntl(c, F_SETLK, &l), EOVERFLOW);
    CHECK_ERR(fcntl(c, F_GETLK, &l), EINVAL);
    CHECK_OK(lock(F_SETLK, F_UNLCK, 0, 0));
    close(a);
    close(b);
    close(c);
}

/* A whole file's lock that is to change its kind is lost when that fails. LOCK_MAND is nothing. */
static void check_conversion(void)
{
    int a = open("f", O_RDONLY), b = open("f", O_RDONLY), path = open("f", O_PATH);
    CHECK_OK(flock(a, LOCK_SH));
    CHECK_OK(flock(b, LOCK_SH));
    CHECK_ERR(flock(a, LOCK_EX | LOCK_NB), EWOULDBLOCK);
    CHECK_OK(flock(b, LOCK_EX | LOCK_NB));
    CHECK_ERR(flock(a, LOCK_SH | LOCK_NB), EWOULDBLOCK);
    CHECK_OK(flock(b, LOCK_SH | LOCK_NB));
    CHECK_OK(flock(a, LOCK_SH | LOCK_NB));
    CHECK_OK(flock(77, 32 | 64));
    CHECK_OK(flock(a, -1));
    CHECK_ERR(flock(77, LOCK_NB), EINVAL);
    CHECK_ERR(flock(path, LOCK_SH), EBADF);
    close(a);
    close(b);
    close(path);
}

/* A waiter is woken by the owner in its way, and one that is killed leaves nothing. */
static void check_wake(void)
{
    int p[2];
    char byte;
    CHECK_OK(pipe(p));
    CHECK_OK(lock(F_SETLK, F_WRLCK, 0, 10));
    fflush(stdout);
    pid_t waits = fork();
    if (waits == 0) {
        CHILD_REQUIRE(lock(F_SETLKW, F_RDLCK, 5, 1) == 0);
        CHILD_REQUIRE(write(p[1], "x", 1) == 1);
        pause();
    }
    pid_t killed = fork();
    if (killed == 0)
        _exit(lock(F_SETLKW, F_WRLCK, 0, 10));
    CHECK(reaches_state(waits, 'S') && reaches_state(killed, 'S'));
    CHECK_OK(kill(killed, SIGKILL));
    CHECK_EQ(status_of(killed), SIGKILL);
    CHECK_OK(lock(F_SETLK, F_UNLCK, 0, 5)); /* not what is waited for */
    CHECK(reaches_state(waits, 'S'));
    CHECK_OK(lock(F_SETLK, F_RDLCK, 4, 6)); /* to read both may */
    CHECK_EQ(read(p[0], &byte, 1), 1);
    CHECK_OK(lock(F_SETLK, F_WRLCK, 0, 5));
    CHECK_ERR(lock(F_SETLK, F_WRLCK, 0, 6), EAGAIN);
    CHECK_OK(kill(waits, SIGKILL));
    CHECK_EQ(status_of(waits), SIGKILL);
    CHECK_OK(lock(F_SETLK, F_WRLCK, 0, 6));
    CHECK_OK(lock(F_SETLK, F_UNLCK, 0, 0));
    close(p[0]);
    close(p[1]);
}

/* Many locks on one file: set one by one, looked for, let go at once. (Linux looks at all for each:
 * 20,000 take it ten seconds.) */
static void check_many(void)
{
    enum { MANY = 4000 };
    int wrong = 0, other = open("f", O_RDWR);
    for (long i = 0; i < MANY; i++)
        wrong += lock(F_SETLK, i % 3 ? F_RDLCK : F_WRLCK, 7919 * i % MANY * 2, 1) != 0;
    CHECK_EQ(wrong, 0);
    for (long i = 0; i < MANY; i += 17)
        wrong += !names(other, F_WRLCK, 7919 * i % MANY * 2 - 1 + (i == 0), 2,
                        i % 3 ? F_RDLCK : F_WRLCK, 7919 * i % MANY * 2, 1);
    CHECK_EQ(wrong, 0);
    CHECK_OK(lock(F_SETLK, F_WRLCK, 0, MANY)); /* over half of them */
    CHECK(names(other, F_RDLCK, 0, 0, F_WRLCK, 0, MANY));
    CHECK_OK(lock(F_SETLK, F_UNLCK, 0, 0));
    CHECK(names(other, F_WRLCK, 0, 0, F_UNLCK, 0, 0));
    close(other);
}

int main(void)
{
    fd = open("f", O_RDWR | O_CREAT, 0666);
    CHECK_OK(ftruncate(fd, 20));
    check_ranges();
    check_waiting();
    check_deadlock();
    check_flock();
    check_names();
    check_conversion();
    check_wake();
    check_many();
    return check_done();
}
