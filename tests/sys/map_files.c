/* Files that are mapped: their times, holes that are punched below a mapping, /dev/zero from an
 * offset on, ends past all files.
 * needs: memfd memory holes files */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"

enum { PAGES = 4, KEEP_SIZE = 1, PUNCH_HOLE = 2, ATIME = 1000, MTIME = 2000 };

static int file_of_pages(void)
{
    int fd = (int)syscall(SYS_memfd_create, "file", 0);
    CHECK_OK(ftruncate(fd, PAGES * PAGE));
    return fd;
}

static volatile char *map(int fd, int prot, int flags)
{
    return mmap(NULL, PAGES * PAGE, prot, flags, fd, 0);
}

/* ---- Times ---- */

static struct timespec changed_at; /* ctime when the times were set */

/* Gives the file old times, in the past of every clock tick that follows. */
static void make_old(int fd)
{
    struct timespec times[2] = {{ATIME, 0}, {MTIME, 0}};
    struct stat st;
    futimens(fd, times);
    fstat(fd, &st);
    changed_at = st.st_ctim;
    sleep_ms(20);
}

static bool was_read(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 && st.st_atim.tv_sec != ATIME;
}

static bool was_written(int fd)
{
    struct stat st;
    fstat(fd, &st);
    bool written = st.st_mtim.tv_sec != MTIME;
    bool changed =
        st.st_ctim.tv_sec != changed_at.tv_sec || st.st_ctim.tv_nsec != changed_at.tv_nsec;
    if (written != changed)
        NOTE("mtime and ctime differ in what they tell");
    return written && changed;
}

static void test_write_times(void)
{
    int fd = file_of_pages();
    make_old(fd);
    volatile char *shared = map(fd, PROT_READ | PROT_WRITE, MAP_SHARED);
    CHECK(was_read(fd) && !was_written(fd));
    make_old(fd);
    (void)shared[0];
    CHECK(!was_read(fd) && !was_written(fd));
    shared[PAGE] = 1; /* a fault */
    CHECK(was_written(fd));
    make_old(fd);
    shared[PAGE] = 2; /* none */
    CHECK(!was_written(fd));
    CHECK_OK(msync((void *)shared, PAGES * PAGE, MS_SYNC));
    CHECK(!was_written(fd));
    CHECK_CHILD("writes", shared[2 * PAGE] = 1);
    CHECK(was_written(fd));
    make_old(fd);
    int zero = open("/dev/zero", O_RDONLY);
    CHECK_EQ(read(zero, (void *)(shared + 3 * PAGE), 4), 4); /* the kernel writes */
    CHECK(was_written(fd));
    close(zero);
    close(fd);
}

static void test_no_write_times(void)
{
    int fd = file_of_pages();
    make_old(fd);
    volatile char *private = map(fd, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    CHECK(was_read(fd));
    private[0] = 1;
    CHECK(private[0] == 1 && !was_written(fd));
    make_old(fd);
    volatile char *ready = map(fd, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE);
    CHECK(was_read(fd) && !was_written(fd));
    ready[0] = 1;
    CHECK(!was_written(fd)); /* its pages were there to be written */
    close(fd);
}

static void test_noatime(void)
{
    struct timespec times[2] = {{ATIME, 0}, {MTIME, 0}};
    char byte;
    make_file("noatime", "x");
    int fd = open("noatime", O_RDONLY | O_NOATIME);
    CHECK_OK(futimens(fd, times));
    CHECK(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0) != MAP_FAILED);
    CHECK_EQ(read(fd, &byte, 1), 1);
    CHECK(!was_read(fd));
    CHECK_OK(fcntl(fd, F_SETFL, 0));
    CHECK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0) != MAP_FAILED);
    CHECK(was_read(fd));
    close(fd);
}

/* ---- Holes ---- */

static long punch(int fd, long offset, long n)
{
    return syscall(SYS_fallocate, fd, PUNCH_HOLE | KEEP_SIZE, offset, n);
}

/* A hole takes the file's own pages from a mapping, in the hole and nowhere else; no copies. */
static void test_punched(void)
{
    int fd = file_of_pages();
    volatile char *shared = map(fd, PROT_READ | PROT_WRITE, MAP_SHARED);
    volatile char *private = map(fd, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    for (int i = 0; i < PAGES * PAGE; i++)
        shared[i] = 1;
    private[PAGE] = private[3 * PAGE] = 2; /* copies */
    CHECK(private[2 * PAGE] == 1);         /* the file's page */
    CHECK_OK(punch(fd, PAGE - 10, 2 * PAGE + 20));
    CHECK(shared[0] == 1 && shared[PAGE - 11] == 1 && shared[PAGE - 10] == 0);
    CHECK(shared[PAGE] == 0 && shared[2 * PAGE] == 0 && shared[3 * PAGE + 9] == 0);
    CHECK_EQ(shared[3 * PAGE + 10], 1);
    CHECK(private[PAGE] == 2 && private[3 * PAGE] == 2 && private[3 * PAGE + 9] == 1);
    CHECK_EQ(private[2 * PAGE], 0);
    shared[2 * PAGE] = 3;
    CHECK_EQ(private[2 * PAGE], 3);
    CHECK_OK(ftruncate(fd, PAGE));
    CHECK_OK(ftruncate(fd, PAGES * PAGE));
    CHECK(private[PAGE] == 0 && private[3 * PAGE] == 0); /* what is cut off takes copies along */
    close(fd);
}

/* Copies stay also where a child shares the table, and the child's stay too. */
static void test_punched_after_fork(void)
{
    int fd = file_of_pages(), told[2], asked[2];
    volatile char *private = map(fd, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    char byte = 1;
    for (int i = 0; i < PAGES; i++)
        CHECK_EQ(pwrite(fd, &byte, 1, (off_t)i * PAGE), 1);
    private[0] = 2;
    CHECK_EQ(private[PAGE], 1);
    CHECK_OK(pipe(told));
    CHECK_OK(pipe(asked));
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        private[2 * PAGE] = 2;
        if (write(told[1], &byte, 1) != 1 || read(asked[0], &byte, 1) != 1)
            _exit(1);
        _exit(private[0] == 2 && private[PAGE] == 0 && private[2 * PAGE] == 2 ? 0 : 2);
    }
    CHECK_EQ(read(told[0], &byte, 1), 1);
    CHECK_OK(punch(fd, 0, PAGES * PAGE));
    CHECK(private[0] == 2 && private[PAGE] == 0 && private[2 * PAGE] == 0);
    CHECK_EQ(write(asked[1], &byte, 1), 1);
    CHECK_EQ(status_of(child), 0);
    close(fd);
}

/* ---- Offsets ---- */

static void test_offsets(void)
{
    struct stat st;
    int zero = open("/dev/zero", O_RDWR), fd = file_of_pages(), p[2], prot = PROT_READ | PROT_WRITE;
    if (fstat(zero, &st) < 0 || !S_ISCHR(st.st_mode)) {
        SKIP("/dev/zero", "it is no device here");
        return;
    }
    CHECK_OK(pipe(p));
    char *shared = mmap(NULL, 3 * PAGE, prot, MAP_SHARED, zero, PAGE);
    CHECK_EQ(write(p[1], shared + PAGE, 1), 1);
    CHECK_ERR(write(p[1], shared + 2 * PAGE, 1), EFAULT); /* as long as the mapping, seen from 1 */
    shared = mmap(NULL, PAGE, prot, MAP_SHARED, zero, 1l << 40);
    CHECK_ERR(write(p[1], shared, 1), EFAULT);
    char *own = mmap(NULL, PAGE, prot, MAP_PRIVATE, zero, 1l << 40);
    CHECK_EQ(write(p[1], own, 1), 1);
    CHECK_ERR(mmap(NULL, 2 * PAGE, prot, MAP_SHARED, zero, -PAGE), EOVERFLOW);
    CHECK_ERR(mmap(NULL, 2 * PAGE, prot, MAP_SHARED, fd, LONG_MAX - 2 * PAGE + 1), EOVERFLOW);
    CHECK_OK(mmap(NULL, 2 * PAGE, prot, MAP_SHARED, fd, LONG_MAX - 3 * PAGE + 1));
    CHECK_ERR(mmap(NULL, PAGE, prot, MAP_PRIVATE, fd, LONG_MIN), EOVERFLOW);
    close(zero);
    close(fd);
}

int main(void)
{
    test_write_times();
    test_no_write_times();
    test_noatime();
    test_punched();
    test_punched_after_fork();
    test_offsets();
    return check_done();
}
