/* /proc/PID/fdinfo tells of the locks and the lease that belong to a descriptor, and of no others;
 * /proc/locks of all, and of what waits for them.
 * needs: locks procfs */
/* SPDX-License-Identifier: MIT */
#include "proc_text.h"
#include <sys/file.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>

#ifndef F_OFD_SETLK
#define F_OFD_SETLK 37
#endif

static int fd;
static char place[64]; /* device and inode of the file, as /proc has them */

/* The lines about locks of a descriptor: all of the text after the first. */
static const char *locks_of(pid_t pid, int number)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/fdinfo/%d", (int)pid, number);
    slurp(path, 4096);
    const char *first = strstr(text, "lock:");
    return first ? first : "";
}

static int lock(int command, short type, off_t start, off_t length)
{
    struct flock wanted = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
    return fcntl(fd, command, &wanted);
}

static const char *line(int n, const char *kind, int pid, const char *range)
{
    static char wanted[160];
    snprintf(wanted, sizeof wanted, "lock:\t%d: %s %d %s %s\n", n, kind, pid, place, range);
    return wanted;
}

static void check_records(void)
{
    CHECK_STR(locks_of(getpid(), fd), "");
    CHECK_OK(lock(F_SETLK, F_WRLCK, 100, 50));
    CHECK_STR(locks_of(getpid(), fd), line(1, "POSIX  ADVISORY  WRITE", getpid(), "100 149"));
    CHECK_OK(lock(F_SETLK, F_RDLCK, 100, 0));
    CHECK_STR(locks_of(getpid(), fd), line(1, "POSIX  ADVISORY  READ", getpid(), "100 EOF"));
    CHECK_OK(lock(F_SETLK, F_UNLCK, 200, 100));
    char both[400];
    strcpy(both, line(1, "POSIX  ADVISORY  READ", getpid(), "100 199"));
    strcat(both, line(2, "POSIX  ADVISORY  READ", getpid(), "300 EOF"));
    CHECK_STR(locks_of(getpid(), fd), both);
    CHECK_OK(lock(F_SETLK, F_UNLCK, 0, 0));
    CHECK_STR(locks_of(getpid(), fd), "");
}

/* A record lock is told of under the open file through which it was set, also if it has another
 * descriptor; locks that become one, under that of the lower. */
static void check_files_of_records(void)
{
    char both[400];
    int first = fd, copy = dup(fd), other = open("locked", O_RDWR);
    CHECK_OK(lock(F_SETLK, F_WRLCK, 0, 10));
    CHECK_STR(locks_of(getpid(), first), line(1, "POSIX  ADVISORY  WRITE", getpid(), "0 9"));
    CHECK_STR(locks_of(getpid(), copy), line(1, "POSIX  ADVISORY  WRITE", getpid(), "0 9"));
    CHECK_STR(locks_of(getpid(), other), "");
    fd = other;
    CHECK_OK(lock(F_SETLK, F_WRLCK, 10, 10));
    CHECK_STR(locks_of(getpid(), first), line(1, "POSIX  ADVISORY  WRITE", getpid(), "0 19"));
    CHECK_STR(locks_of(getpid(), other), "");
    CHECK_OK(lock(F_SETLK, F_RDLCK, 5, 3));
    strcpy(both, line(1, "POSIX  ADVISORY  WRITE", getpid(), "0 4"));
    strcat(both, line(2, "POSIX  ADVISORY  WRITE", getpid(), "8 19"));
    CHECK_STR(locks_of(getpid(), first), both);
    CHECK_STR(locks_of(getpid(), other), line(1, "POSIX  ADVISORY  READ", getpid(), "5 7"));
    CHECK_OK(lock(F_SETLK, F_WRLCK, 0, 2)); /* has it already */
    CHECK_STR(locks_of(getpid(), first), both);
    CHECK_OK(lock(F_SETLK, F_WRLCK, 5, 3));
    CHECK_STR(locks_of(getpid(), first), line(1, "POSIX  ADVISORY  WRITE", getpid(), "0 19"));
    CHECK_OK(lock(F_SETLK, F_RDLCK, 0, 0)); /* takes the place of all */
    CHECK_STR(locks_of(getpid(), first), "");
    CHECK_STR(locks_of(getpid(), other), line(1, "POSIX  ADVISORY  READ", getpid(), "0 EOF"));
    fd = first;
    CHECK_OK(close(other)); /* drops the locks of all descriptors, as POSIX wants */
    CHECK_STR(locks_of(getpid(), first), "");
    close(copy);
}

/* A child has the open file, with its locks, but not the parent's record locks. */
static void check_whole_files(void)
{
    pid_t child = child_that_pauses();
    CHECK_OK(lock(F_SETLK, F_WRLCK, 0, 1));
    CHECK_STR(locks_of(child, fd), "");
    CHECK_OK(lock(F_SETLK, F_UNLCK, 0, 0));
    CHECK_OK(flock(fd, LOCK_EX));
    CHECK_STR(locks_of(getpid(), fd), line(1, "FLOCK  ADVISORY  WRITE", getpid(), "0 EOF"));
    CHECK_STR(locks_of(child, fd), line(1, "FLOCK  ADVISORY  WRITE", getpid(), "0 EOF"));
    CHECK_OK(flock(fd, LOCK_SH));
    CHECK_STR(locks_of(child, fd), line(1, "FLOCK  ADVISORY  READ", getpid(), "0 EOF"));
    CHECK_OK(flock(fd, LOCK_UN));
    CHECK_STR(locks_of(child, fd), "");
    CHECK_OK(lock(F_OFD_SETLK, F_WRLCK, 5, 5));
    CHECK_STR(locks_of(child, fd), line(1, "OFDLCK ADVISORY  WRITE", -1, "5 9"));
    kill(child, SIGKILL);
    CHECK_EQ(status_of(child), SIGKILL);
    CHECK_OK(lock(F_OFD_SETLK, F_UNLCK, 0, 0));
    CHECK_STR(locks_of(getpid(), fd), "");
}

/* The lines of /proc/locks about the file, without numbers: of the locks, or of what waits for one.
 * How many; -1 if one of those waits for a lock with another number. */
static int count_locks(char *lines, size_t size, bool waiting)
{
    char *line = NULL;
    size_t room = 0, length = 0;
    long number = 0;
    int n = 0;
    FILE *file = fopen("/proc/locks", "r");
    lines[0] = '\0';
    while (file && getline(&line, &room, file) > 0) {
        char *rest;
        long its = strtol(line, &rest, 10);
        bool waits = strncmp(rest, ": -> ", 5) == 0;
        if (!strstr(line, place))
            continue;
        if (!waits)
            number = its;
        else if (its != number)
            n = -1000000;
        rest += waits ? 5 : 2;
        if (waits != waiting)
            continue;
        n++;
        if (length + strlen(rest) < size)
            length += (size_t)snprintf(lines + length, size - length, "%s", rest);
    }
    free(line);
    if (file)
        fclose(file);
    return n < 0 ? -1 : n;
}

/* The same, where so many are wanted. Linux makes the list in pieces: while other processes take
 * and drop locks, a line comes twice or not at all. So there it is read again, until it is as
 * wanted. */
static int all_locks(char *lines, size_t size, bool waiting, int wanted)
{
    struct utsname name;
    int n = count_locks(lines, size, waiting);
    bool in_pieces = uname(&name) == 0 && strcmp(name.sysname, "Linux") == 0;
    for (int i = 0; i < 10000 && in_pieces && n != wanted; i++)
        n = count_locks(lines, size, waiting);
    return n;
}

static const char *one(const char *kind, int pid, const char *range)
{
    return strchr(line(0, kind, pid, range), ':') + 5; /* after "lock:\t0: " */
}

static void check_all_locks(void)
{
    char lines[4096];
    CHECK_EQ(all_locks(lines, sizeof lines, false, 0), 0);
    CHECK_OK(lock(F_SETLK, F_WRLCK, 100, 50));
    CHECK_EQ(all_locks(lines, sizeof lines, false, 1), 1);
    CHECK_STR(lines, one("POSIX  ADVISORY  WRITE", getpid(), "100 149"));
    CHECK_OK(lock(F_SETLK, F_UNLCK, 0, 0));
    CHECK_OK(flock(fd, LOCK_SH));
    CHECK_EQ(all_locks(lines, sizeof lines, false, 1), 1);
    CHECK_STR(lines, one("FLOCK  ADVISORY  READ", getpid(), "0 EOF"));
    CHECK_OK(flock(fd, LOCK_UN));
    CHECK_OK(lock(F_OFD_SETLK, F_WRLCK, 5, 5));
    CHECK_EQ(all_locks(lines, sizeof lines, false, 1), 1);
    CHECK_STR(lines, one("OFDLCK ADVISORY  WRITE", -1, "5 9"));
    CHECK_OK(lock(F_OFD_SETLK, F_UNLCK, 0, 0));
    CHECK_EQ(all_locks(lines, sizeof lines, false, 0), 0);
}

static void check_many_locks(void)
{
    char lines[4096];
    for (int i = 0; i < 1000; i++)
        if (lock(F_SETLK, i % 3 ? F_WRLCK : F_RDLCK, 2 * i, 1) < 0)
            NOTE("no lock %d", i);
    CHECK_EQ(all_locks(lines, sizeof lines, false, 1000), 1000);
    CHECK_OK(lock(F_SETLK, F_UNLCK, 0, 0));
}

/* Waits until so many wait for locks on the file. */
static void await_waiting(int n)
{
    char lines[4096];
    while (count_locks(lines, sizeof lines, true) != n)
        usleep(1000);
}

static pid_t child_that_wants(short type, off_t start, off_t length)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        int error = lock(F_SETLKW, type, start, length) < 0 ? errno : 0;
        _exit(error);
    }
    return child;
}

/* A child waits for the second of two locks, until it is killed, or has its lock. */
static void check_waiting(void)
{
    char lines[4096];
    CHECK_OK(lock(F_SETLK, F_RDLCK, 0, 10));
    CHECK_OK(lock(F_SETLK, F_WRLCK, 100, 10));
    pid_t child = child_that_wants(F_RDLCK, 5, 100);
    await_waiting(1);
    CHECK_EQ(all_locks(lines, sizeof lines, false, 2), 2);
    CHECK_EQ(all_locks(lines, sizeof lines, true, 1), 1);
    CHECK_STR(lines, one("POSIX  ADVISORY  READ", child, "5 104"));
    kill(child, SIGKILL);
    CHECK_EQ(status_of(child), SIGKILL);
    CHECK_EQ(all_locks(lines, sizeof lines, true, 0), 0);
    child = child_that_wants(F_WRLCK, 0, 0);
    await_waiting(1);
    CHECK_OK(lock(F_SETLK, F_UNLCK, 0, 10));
    await_waiting(1);
    CHECK_OK(lock(F_SETLK, F_UNLCK, 0, 0));
    CHECK_EQ(status_of(child), 0);
    CHECK_EQ(all_locks(lines, sizeof lines, false, 0), 0);
    CHECK_EQ(all_locks(lines, sizeof lines, true, 0), 0);
}

/* Waits until the number of lines about leases on the file, or of waits for leases to end, that
 * have this in them is that. */
static void await_leases(const char *what, int wanted)
{
    for (int n = -1; n != wanted;) {
        n = 0;
        slurp("/proc/locks", 4096);
        for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
            n += strstr(line, what) != NULL;
        if (n != wanted)
            usleep(1000);
    }
}

static pid_t child_that_opens(int flags)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(open("locked", flags) < 0 ? errno : 0);
    return child;
}

/* A lease is told of with what it is to become; so is what waits for its end. */
static void check_leases(void)
{
    char lines[4096], waits[64];
    signal(SIGIO, SIG_IGN);
    fd = open("locked", O_RDONLY);
    CHECK_OK(fcntl(fd, F_SETLEASE, F_RDLCK));
    CHECK_STR(locks_of(getpid(), fd), line(1, "LEASE  ACTIVE    READ", getpid(), "0 EOF"));
    CHECK_EQ(all_locks(lines, sizeof lines, false, 1), 1);
    CHECK_STR(lines, one("LEASE  ACTIVE    READ", getpid(), "0 EOF"));
    CHECK_OK(fcntl(fd, F_SETLEASE, F_WRLCK));
    CHECK_EQ(all_locks(lines, sizeof lines, false, 1), 1);
    CHECK_STR(lines, one("LEASE  ACTIVE    WRITE", getpid(), "0 EOF"));
    pid_t reader = child_that_opens(O_RDONLY);
    snprintf(waits, sizeof waits, "-> LEASE  BREAKER   READ %d <none>:0 0 EOF", (int)reader);
    await_leases(waits, 1);
    CHECK_EQ(all_locks(lines, sizeof lines, false, 1), 1);
    CHECK_STR(lines, one("LEASE  BREAKING  READ", getpid(), "0 EOF"));
    pid_t writer = child_that_opens(O_WRONLY);
    snprintf(waits, sizeof waits, "-> LEASE  BREAKER   WRITE %d <none>:0 0 EOF", (int)writer);
    await_leases(waits, 1);
    CHECK_EQ(all_locks(lines, sizeof lines, false, 1), 1);
    CHECK_STR(lines, one("LEASE  BREAKING  UNLCK", getpid(), "0 EOF"));
    CHECK_STR(locks_of(getpid(), fd), line(1, "LEASE  BREAKING  UNLCK", getpid(), "0 EOF"));
    kill(writer, SIGKILL);
    CHECK_EQ(status_of(writer), SIGKILL);
    await_leases(waits, 0);
    CHECK_OK(fcntl(fd, F_SETLEASE, F_UNLCK));
    CHECK_EQ(status_of(reader), 0);
    CHECK_EQ(all_locks(lines, sizeof lines, false, 0), 0);
    CHECK_STR(locks_of(getpid(), fd), "");
    close(fd);
}

int main(void)
{
    struct stat st;
    fd = open("locked", O_RDWR | O_CREAT, 0600);
    CHECK_OK(fstat(fd, &st));
    snprintf(place, sizeof place, "%02x:%02x:%lu", major(st.st_dev), minor(st.st_dev),
             (unsigned long)st.st_ino);
    check_records();
    check_files_of_records();
    check_whole_files();
    check_all_locks();
    check_many_locks();
    check_waiting();
    close(fd);
    check_leases();
    unlink("locked");
    return check_done();
}
