/* /proc/PID/fdinfo tells of the locks that belong to a descriptor, and of no others. */
#include "proc_text.h"
#include <sys/file.h>
#include <sys/sysmacros.h>

#ifndef F_OFD_SETLK
#define F_OFD_SETLK 37
#endif

static int fd;
static char place[64]; /* device and inode of the file, as /proc has them */

/* The lines about locks of a descriptor: all of the text behind the first. */
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

int main(void)
{
    struct stat st;
    fd = open("locked", O_RDWR | O_CREAT, 0600);
    CHECK_OK(fstat(fd, &st));
    snprintf(place, sizeof place, "%02x:%02x:%lu", major(st.st_dev), minor(st.st_dev),
             (unsigned long)st.st_ino);
    check_records();
    check_whole_files();
    close(fd);
    unlink("locked");
    return check_done();
}
