/* mmap, munmap, mprotect, brk: anonymous and of files, private and shared, over fork, and the
 * faults of what is not there.
 * needs: memory zap */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include <setjmp.h>
#include <sys/mman.h>
#include <sys/syscall.h>

enum { PAGE = 4096 };

static sigjmp_buf after_fault;
static volatile sig_atomic_t fault_signal, fault_code;
static void *volatile fault_at;

static void on_fault(int number, siginfo_t *info, void *context)
{
    (void)context;
    fault_signal = number;
    fault_code = info->si_code;
    fault_at = info->si_addr;
    siglongjmp(after_fault, 1);
}

/* Touches the byte; the signal that this gave, or 0. */
static int touch(volatile char *at, bool write)
{
    fault_signal = 0;
    if (sigsetjmp(after_fault, 1) == 0) {
        if (write)
            *at = 1;
        else
            (void)*at;
    }
    return fault_signal;
}

static void check_anonymous(void)
{
    char *m = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(m != MAP_FAILED);
    int nonzero = 0;
    for (int i = 0; i < 4 * PAGE; i++)
        nonzero += m[i] != 0;
    CHECK_EQ(nonzero, 0);
    m[PAGE] = 1;
    CHECK_OK(munmap(m + PAGE, PAGE)); /* a hole in the middle */
    CHECK_EQ(touch(m, true), 0);
    CHECK_EQ(touch(m + PAGE, false), SIGSEGV);
    CHECK_EQ(fault_code, SEGV_MAPERR);
    CHECK(fault_at == m + PAGE);
    CHECK_EQ(touch(m + 2 * PAGE, true), 0);
    char *again = mmap(m + PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    CHECK(again == m + PAGE);
    CHECK_EQ(m[PAGE], 0);
    CHECK_EQ(touch(m + PAGE, true), SIGSEGV);
    CHECK_EQ(fault_code, SEGV_ACCERR);
    CHECK_OK(mprotect(m, 4 * PAGE, PROT_READ));
    CHECK_EQ(touch(m, true), SIGSEGV);
    CHECK_OK(mprotect(m, 2 * PAGE, PROT_NONE));
    CHECK_EQ(touch(m + PAGE, false), SIGSEGV);
    CHECK_EQ(touch(m + 2 * PAGE, false), 0);
    CHECK_OK(mprotect(m, 4 * PAGE, PROT_READ | PROT_WRITE));
    CHECK_EQ(touch(m + PAGE, true), 0);
    CHECK_OK(munmap(m, 4 * PAGE));
    CHECK_OK(munmap(m, 4 * PAGE)); /* nothing there is no error */
}

static void check_errors(void)
{
    int flags = MAP_PRIVATE | MAP_ANONYMOUS;
    CHECK_ERR(mmap(NULL, 0, PROT_READ, flags, -1, 0), EINVAL);
    CHECK_ERR(mmap(NULL, PAGE, PROT_READ, MAP_ANONYMOUS, -1, 0), EINVAL);
    CHECK_ERR(mmap((void *)1, PAGE, PROT_READ, flags | MAP_FIXED, -1, 0), EINVAL);
    CHECK_ERR(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, -1, 0), EBADF);
    int path_only = open(".", O_PATH);
    for (int i = 0; i < 3; i++) /* a reference too many would be given back */
        CHECK_ERR(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, path_only, 0), EBADF);
    CHECK_OK(close(path_only));
    CHECK_ERR(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, 0, 1), EINVAL);
    CHECK_ERR(mmap(NULL, 1ul << 60, PROT_READ, flags, -1, 0), ENOMEM);
    CHECK_ERR(munmap((void *)1, PAGE), EINVAL);
    CHECK_ERR(munmap(NULL, 0), EINVAL);
    CHECK_ERR(mprotect((void *)PAGE, PAGE, PROT_READ), ENOMEM);
    char *m = mmap(NULL, PAGE, PROT_READ, flags, -1, 0);
    CHECK_ERR(mprotect(m, PAGE, 0x1000), EINVAL);
    CHECK_ERR(mmap(m, PAGE, PROT_READ, flags | MAP_FIXED_NOREPLACE, -1, 0), EEXIST);
    munmap(m, PAGE);
    int p[2];
    CHECK_OK(pipe(p));
    CHECK_ERR(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, p[0], 0), ENODEV);
    close(p[0]);
    close(p[1]);
}

static char *anonymous(void *hint, size_t bytes, int flags)
{
    return mmap(hint, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
}

/* An address without MAP_FIXED is a wish. */
static void check_hints(void)
{
    char *room = anonymous(NULL, 64 * PAGE, 0), *other;
    CHECK_OK(munmap(room, 64 * PAGE));
    CHECK(anonymous(room + 8 * PAGE, 4 * PAGE, 0) == room + 8 * PAGE);
    other = anonymous(room + 9 * PAGE, 4 * PAGE, 0); /* taken */
    CHECK(other != MAP_FAILED &&
          (other >= room + 12 * PAGE || other + 4 * PAGE <= room + 8 * PAGE));
    CHECK_OK(munmap(other, 4 * PAGE));
    other = anonymous(room + 6 * PAGE, 4 * PAGE, 0); /* in part */
    CHECK(other != MAP_FAILED &&
          (other >= room + 12 * PAGE || other + 4 * PAGE <= room + 8 * PAGE));
    CHECK_OK(munmap(other, 4 * PAGE));
    CHECK(anonymous(room + 20 * PAGE + 123, PAGE, 0) == room + 20 * PAGE);
    CHECK_ERR(mmap(room + 30 * PAGE + 123, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
                   -1, 0),
              EINVAL);
    other = anonymous((char *)8, PAGE, 0);
    CHECK(other != MAP_FAILED && other >= (char *)PAGE);
    CHECK_OK(munmap(other, PAGE));
    other = anonymous((char *)0xffffffff81000000, PAGE, 0);
    CHECK(other != MAP_FAILED && (unsigned long)other < 1ul << 47);
    CHECK_OK(munmap(other, PAGE));
    CHECK_OK(munmap(room, 64 * PAGE));
}

/* What grows downwards does so when it is touched below, in single pages that were not mapped. */
static void check_growing_down(void)
{
    char *room = anonymous(NULL, 700 * PAGE, 0), *top = room + 699 * PAGE;
    CHECK_OK(munmap(room, 700 * PAGE));
    CHECK(anonymous(top, PAGE, MAP_FIXED | MAP_GROWSDOWN) == top);
    CHECK_EQ(touch(top, true), 0);
    CHECK_EQ(touch(top - PAGE, true), 0);
    CHECK_EQ(touch(top - 40 * PAGE, true), 0);
    CHECK_EQ(touch(top - 20 * PAGE, false), 0);
    CHECK_OK(munmap(room, 700 * PAGE));
    CHECK_EQ(touch(top - PAGE, true), SIGSEGV);
}

static void check_file(void)
{
    int fd = open("file", O_RDWR | O_CREAT | O_TRUNC, 0666);
    char text[2 * PAGE], buf[8];
    memset(text, 'f', sizeof text);
    CHECK_EQ(write(fd, text, PAGE + 100), PAGE + 100);
    char *private = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    char *shared = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(private != MAP_FAILED);
    CHECK(shared != MAP_FAILED);
    CHECK_EQ(private[PAGE + 99], 'f');
    CHECK_EQ(private[PAGE + 100], 0); /* past the end, in the last page */
    CHECK_EQ(touch(private + 2 * PAGE, false), SIGBUS);
    CHECK_EQ(touch(shared + 2 * PAGE, true), SIGBUS);
    private[0] = 'p';
    CHECK_EQ(pread(fd, buf, 1, 0), 1);
    CHECK_EQ(buf[0], 'f'); /* a private change is not the file's */
    shared[1] = 's';
    CHECK_EQ(pread(fd, buf, 2, 0), 2);
    CHECK_EQ(buf[1], 's');
    CHECK_EQ(pwrite(fd, "w", 1, 2), 1);
    CHECK_EQ(shared[2], 'w');
    CHECK_OK(msync(shared, 3 * PAGE, MS_SYNC));

    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        shared[3] = 'c';
        private[3] = 'c';
        _exit(private[0] != 'p');
    }
    int status;
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status, 0);
    CHECK_EQ(shared[3], 'c');
    CHECK_EQ(private[3], 'f');

    CHECK_OK(ftruncate(fd, 10)); /* what is cut off is gone from the mappings too */
    CHECK_EQ(touch(shared + PAGE, false), SIGBUS);
    CHECK_EQ(shared[9], 'f');
    CHECK_EQ(shared[10], 0);
    CHECK_OK(ftruncate(fd, 2 * PAGE));
    CHECK_EQ(shared[PAGE], 0);
    CHECK_OK(munmap(shared, 3 * PAGE));
    CHECK_OK(munmap(private, 3 * PAGE));
    close(fd);
    int read_only = open("file", O_RDONLY);
    CHECK_ERR(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, read_only, 0), EACCES);
    CHECK(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, read_only, 0) != MAP_FAILED);
    close(read_only);
}

/* Every page of a copied memory is its writer's own, whichever process writes first, down three
 * generations.
 */
static void check_copy_on_write(void)
{
    enum { PAGES = 300 };
    char *m = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < PAGES; i++)
        m[i * PAGE] = i % 100;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        for (int i = 0; i < PAGES; i += 2)
            m[i * PAGE] = 111;
        pid_t grandchild = fork();
        if (grandchild == 0) {
            for (int i = 0; i < PAGES; i += 3)
                m[i * PAGE] = 122;
            for (int i = 0; i < PAGES; i++)
                if (m[i * PAGE] != (i % 3 == 0 ? 122 : i % 2 == 0 ? 111 : i % 100))
                    _exit(1);
            _exit(0);
        }
        int status;
        waitpid(grandchild, &status, 0);
        for (int i = 0; i < PAGES; i++)
            if (m[i * PAGE] != (i % 2 == 0 ? 111 : i % 100))
                _exit(2);
        _exit(status != 0 ? 3 : 0);
    }
    for (int i = 0; i < PAGES; i += 5)
        m[i * PAGE] = 100;
    int status, wrong = 0;
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status, 0);
    for (int i = 0; i < PAGES; i++)
        wrong += m[i * PAGE] != (i % 5 == 0 ? 100 : i % 100);
    CHECK_EQ(wrong, 0);
    munmap(m, PAGES * PAGE);
}

static void check_brk(void)
{
    char *start = (char *)syscall(SYS_brk, 0);
    CHECK(start != NULL);
    CHECK_EQ(syscall(SYS_brk, start + 3 * PAGE) == (long)start + 3 * PAGE, 1);
    start[3 * PAGE - 1] = 7;
    CHECK_EQ(start[0], 0);
    CHECK_EQ(syscall(SYS_brk, start) == (long)start, 1);
    CHECK_EQ(syscall(SYS_brk, 1) == (long)start, 1); /* refused: the break stays */
    CHECK_EQ(syscall(SYS_brk, start + PAGE) == (long)start + PAGE, 1);
    CHECK_EQ(start[0], 0);
    syscall(SYS_brk, start);
}

/* The stack grows by itself, to megabytes. */
static int use_stack(int depth)
{
    volatile char block[4000];
    block[0] = depth;
    return depth == 0 ? block[0] : use_stack(depth - 1) + block[0] - block[0];
}

int main(void)
{
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    check_anonymous();
    check_hints();
    check_growing_down();
    check_errors();
    check_file();
    check_copy_on_write();
    check_brk();
    CHECK_EQ(use_stack(1500), 0);
    CHECK_EQ(touch(NULL, false), SIGSEGV);
    CHECK_EQ(touch((char *)0xffffffff80000000ul, false), SIGSEGV);
    CHECK_EQ(touch((char *)0xffff888000000000ul, true), SIGSEGV);
    CHECK_EQ(touch((char *)0x8000000000000000ul, false), SIGSEGV);
    return check_done();
}
