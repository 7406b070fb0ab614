/* Seals of memfd_create's files: which there are, what each forbids to write, truncate, fallocate,
 * mmap, mprotect and chmod, and that no mapping slips past the seal. Where versions of Linux differ
 * (a sealed file may be shared to read since 6.7) the newest is followed.
 * needs: procfs files memfd holes */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sched.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

enum {
    MFD_SEALING = 2,
    MFD_NOEXEC = 8,
    MFD_X = 16,
    ADD = 1033,
    GET = 1034,
    SEAL = 1,
    SHRINK = 2,
    GROW = 4,
    WRITE = 8,
    FUTURE = 16,
    EXEC = 32,
    KEEP_SIZE = 1,
    PUNCH_HOLE = 2,
};

static int memory(unsigned flags)
{
    return (int)syscall(SYS_memfd_create, "sealed", flags);
}

/* Two pages that may be sealed. */
static int two_pages(void)
{
    int fd = memory(MFD_SEALING);
    if (ftruncate(fd, 2l * PAGE) < 0)
        NOTE("cannot make a file of two pages");
    return fd;
}

static char *map(int fd, int prot, int flags)
{
    return mmap(NULL, PAGE, prot, flags, fd, 0);
}

static int allocate(int fd, int mode, off_t offset, off_t length)
{
    return (int)syscall(SYS_fallocate, fd, mode, offset, length);
}

static void check_making(void)
{
    struct stat st;
    int fd = memory(0), p[2];
    CHECK_EQ(fcntl(fd, GET), SEAL);
    CHECK_ERR(fcntl(fd, ADD, WRITE), EPERM);
    CHECK_ERR(fcntl(fd, ADD, 0), EPERM);
    CHECK_OK(fstat(fd, &st));
    CHECK_EQ(st.st_mode, S_IFREG | 0777);
    close(fd);
    fd = memory(MFD_SEALING);
    CHECK_EQ(fcntl(fd, GET), 0);
    CHECK_OK(fcntl(fd, ADD, 0));
    CHECK_ERR(fcntl(fd, ADD, 64), EINVAL);
    CHECK_OK(fcntl(fd, ADD, 1ul << 32)); /* an int: 0 */
    CHECK_OK(fcntl(fd, ADD, SHRINK));
    CHECK_OK(fcntl(fd, ADD, GROW));
    CHECK_EQ(fcntl(fd, GET), SHRINK | GROW);
    CHECK_OK(fcntl(fd, ADD, SEAL));
    CHECK_ERR(fcntl(fd, ADD, SHRINK), EPERM);
    CHECK_EQ(fcntl(fd, GET), SHRINK | GROW | SEAL);
    close(fd);
    CHECK_ERR(memory(MFD_NOEXEC | MFD_X), EINVAL);
    CHECK_ERR(fcntl(0, GET), EINVAL);
    CHECK_OK(pipe(p));
    CHECK_ERR(fcntl(p[1], ADD, WRITE), EINVAL);
    CHECK_ERR(fcntl(p[0], GET), EINVAL);
    fd = open(".", O_RDONLY);
    CHECK_ERR(fcntl(fd, GET), EINVAL);
    CHECK_ERR(fcntl(fd, ADD, WRITE), EPERM);
    close(fd);
}

/* A file that is no memfd, in memory: nothing can be added to its one seal. */
static void check_plain_file(void)
{
    int fd = open("/dev/shm/seal", O_RDWR | O_CREAT, 0600), read_only;
    if (fd < 0) {
        SKIP("a file of tmpfs", "there is no /dev/shm");
        return;
    }
    CHECK_EQ(fcntl(fd, GET), SEAL);
    CHECK_ERR(fcntl(fd, ADD, WRITE), EPERM);
    CHECK_ERR(fcntl(fd, ADD, 64), EINVAL);
    read_only = open("/dev/shm/seal", O_RDONLY);
    CHECK_EQ(fcntl(read_only, GET), SEAL);
    CHECK_ERR(fcntl(read_only, ADD, WRITE), EPERM);
    unlink("/dev/shm/seal");
    close(fd);
    close(read_only);
}

static void check_size(void)
{
    static char buf[3 * PAGE];
    int fd = two_pages();
    CHECK_OK(fcntl(fd, ADD, SHRINK));
    CHECK_ERR(ftruncate(fd, PAGE), EPERM);
    CHECK_OK(ftruncate(fd, 2l * PAGE));
    CHECK_OK(ftruncate(fd, 3l * PAGE));
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    CHECK_ERR(open(path, O_RDWR | O_TRUNC), EPERM);
    CHECK_ERR(truncate(path, 0), EPERM);
    close(fd);
    fd = two_pages();
    CHECK_OK(fcntl(fd, ADD, GROW));
    CHECK_ERR(ftruncate(fd, 2l * PAGE + 1), EPERM);
    CHECK_ERR(allocate(fd, 0, 0, 3l * PAGE), EPERM);
    CHECK_ERR(allocate(fd, KEEP_SIZE, 0, 3l * PAGE), EPERM);
    CHECK_OK(allocate(fd, 0, 0, 2l * PAGE));
    CHECK_OK(allocate(fd, KEEP_SIZE | PUNCH_HOLE, 0, 3l * PAGE));
    CHECK_EQ(pwrite(fd, buf, 2, 2l * PAGE - 1), 1); /* page by page */
    CHECK_ERR(pwrite(fd, buf, 1, 2l * PAGE), EPERM);
    CHECK_EQ(pwrite(fd, buf, 1, 2l * PAGE - 1), 1);
    CHECK_EQ(pwrite(fd, buf, sizeof buf, 0), 2l * PAGE);
    CHECK_OK(ftruncate(fd, PAGE));
    close(fd);
}

static void check_writing(int seal)
{
    struct iovec vector = {"x", 1};
    int fd = two_pages(), from = open("from", O_RDWR | O_CREAT, 0600);
    CHECK_EQ(write(from, "text", 4), 4);
    CHECK_OK(fcntl(fd, ADD, seal));
    CHECK_ERR(write(fd, "x", 1), EPERM);
    CHECK_EQ(write(fd, "x", 0), 0);
    CHECK_ERR(pwrite(fd, "x", 1, 100), EPERM);
    CHECK_ERR(writev(fd, &vector, 1), EPERM);
    off_t at = 0;
    CHECK_ERR(sendfile(fd, from, &at, 4), EPERM);
    CHECK_ERR(allocate(fd, KEEP_SIZE | PUNCH_HOLE, 0, PAGE), EPERM);
    CHECK_OK(allocate(fd, 0, 0, PAGE));
    CHECK_OK(ftruncate(fd, PAGE)); /* the size is not sealed */
    CHECK_OK(ftruncate(fd, 2l * PAGE));
    CHECK(map(fd, PROT_READ | PROT_WRITE, MAP_SHARED) == MAP_FAILED && errno == EPERM);
    CHECK(map(fd, PROT_WRITE, MAP_SHARED) == MAP_FAILED && errno == EPERM);
    char *shared = map(fd, PROT_READ, MAP_SHARED);
    CHECK(shared != MAP_FAILED);
    CHECK_ERR(mprotect(shared, PAGE, PROT_READ | PROT_WRITE), EACCES);
    CHECK_OK(mprotect(shared, PAGE, PROT_NONE));
    CHECK_ERR(mprotect(shared, PAGE, PROT_WRITE), EACCES);
    char *own = map(fd, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    CHECK(own != MAP_FAILED);
    own[0] = 'x';
    char c = 'y';
    CHECK_EQ(pread(fd, &c, 1, 0), 1);
    CHECK_EQ(c, 0);
    CHECK_OK(fcntl(fd, ADD, WRITE)); /* neither mapping is in the way */
    munmap(shared, PAGE);
    munmap(own, PAGE);
    close(fd);
    close(from);
}

/* While a shared mapping may write, or might be made to, F_SEAL_WRITE is refused. */
static void check_busy(void)
{
    int fd = two_pages();
    char *at = map(fd, PROT_READ | PROT_WRITE, MAP_SHARED);
    CHECK_ERR(fcntl(fd, ADD, WRITE), EBUSY);
    CHECK_EQ(fcntl(fd, GET), 0);
    CHECK_OK(mprotect(at, PAGE, PROT_READ));
    CHECK_ERR(fcntl(fd, ADD, WRITE), EBUSY);
    CHECK_OK(fcntl(fd, ADD, FUTURE)); /* that asks for none to go */
    CHECK_OK(mprotect(at, PAGE, PROT_READ | PROT_WRITE));
    at[0] = 'x';
    char c = 0;
    CHECK_EQ(pread(fd, &c, 1, 0), 1);
    CHECK_EQ(c, 'x');
    CHECK_ERR(fcntl(fd, ADD, WRITE), EBUSY);
    munmap(at, PAGE);
    CHECK_OK(fcntl(fd, ADD, WRITE));
    close(fd);
    fd = two_pages(); /* a mapping by an open file that only reads */
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int read_only = open(path, O_RDONLY);
    CHECK_ERR(fcntl(read_only, ADD, WRITE), EPERM);
    at = map(read_only, PROT_READ, MAP_SHARED);
    CHECK(at != MAP_FAILED);
    CHECK_OK(fcntl(fd, ADD, WRITE));
    munmap(at, PAGE);
    close(fd);
    close(read_only);
}

/* The mapping that is in the way may be a child's. */
static void check_busy_child(void)
{
    int fd = two_pages();
    char *at = map(fd, PROT_READ | PROT_WRITE, MAP_SHARED);
    pid_t child = child_that_pauses();
    munmap(at, PAGE);
    CHECK_ERR(fcntl(fd, ADD, WRITE), EBUSY);
    kill(child, SIGKILL);
    CHECK_EQ(status_of(child), SIGKILL);
    CHECK_OK(fcntl(fd, ADD, WRITE));
    close(fd);
}

static void check_exec(void)
{
    struct stat st;
    int fd = memory(MFD_NOEXEC);
    CHECK_EQ(fcntl(fd, GET), EXEC);
    CHECK_OK(fstat(fd, &st));
    CHECK_EQ(st.st_mode, S_IFREG | 0666);
    CHECK_ERR(fchmod(fd, 0766), EPERM);
    CHECK_OK(fchmod(fd, 0600));
    CHECK_EQ(write(fd, "x", 1), 1);
    CHECK_OK(fcntl(fd, ADD, WRITE));
    CHECK_EQ(fcntl(fd, GET), EXEC | WRITE);
    close(fd);
    fd = memory(MFD_X | MFD_SEALING);
    CHECK_EQ(fcntl(fd, GET), 0);
    CHECK_OK(fcntl(fd, ADD, EXEC)); /* a program stays what it is */
    CHECK_EQ(fcntl(fd, GET), EXEC | SHRINK | GROW | WRITE | FUTURE);
    CHECK_ERR(fchmod(fd, 0666), EPERM);
    CHECK_OK(fchmod(fd, 0711));
    CHECK_ERR(write(fd, "x", 1), EPERM);
    close(fd);
    fd = memory(MFD_X | MFD_SEALING);
    CHECK_OK(ftruncate(fd, PAGE));
    char *at = map(fd, PROT_READ | PROT_WRITE, MAP_SHARED);
    CHECK_ERR(fcntl(fd, ADD, EXEC), EBUSY);
    munmap(at, PAGE);
    CHECK_OK(fcntl(fd, ADD, EXEC));
    close(fd);
    fd = memory(MFD_X);
    CHECK_EQ(fcntl(fd, GET), SEAL);
    close(fd);
}

/* ---- A mapping made while the seal is set ---- */

enum { ROUNDS = 100 };

struct race {
    int go, done; /* rounds begun and mapped */
    bool mapped[ROUNDS];
};

/* Maps the file of each round once it has begun, and keeps it mapped. */
static void map_all(struct race *race, const int files[ROUNDS])
{
    for (int i = 0; i < ROUNDS; i++) {
        while (__atomic_load_n(&race->go, __ATOMIC_ACQUIRE) <= i)
            sched_yield();
        race->mapped[i] = map(files[i], PROT_READ | PROT_WRITE, MAP_SHARED) != MAP_FAILED;
        __atomic_store_n(&race->done, i + 1, __ATOMIC_RELEASE);
    }
}

/* Either the mapping is refused or the seal is: never has one both. */
static void check_race(void)
{
    static int files[ROUNDS];
    struct race *race = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < ROUNDS; i++)
        files[i] = two_pages();
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        map_all(race, files);
        for (;;)
            pause();
    }
    int both = 0, odd = 0;
    for (int i = 0; i < ROUNDS; i++) {
        __atomic_store_n(&race->go, i + 1, __ATOMIC_RELEASE);
        for (int spin = 0; spin < i * 20; spin++)
            __asm__ volatile("pause");
        int sealed = fcntl(files[i], ADD, WRITE);
        odd += sealed < 0 && errno != EBUSY;
        while (__atomic_load_n(&race->done, __ATOMIC_ACQUIRE) <= i)
            sched_yield();
        both += sealed == 0 && race->mapped[i];
        odd += sealed < 0 && !race->mapped[i];
        close(files[i]);
    }
    CHECK_EQ(both, 0);
    CHECK_EQ(odd, 0);
    kill(child, SIGKILL);
    CHECK_EQ(status_of(child), SIGKILL);
    munmap(race, PAGE);
}

int main(void)
{
    check_making();
    check_plain_file();
    check_size();
    check_writing(WRITE);
    check_writing(FUTURE);
    check_busy();
    check_busy_child();
    check_exec();
    check_race();
    return check_done();
}
