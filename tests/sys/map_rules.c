/* What mmap and its kin refuse, and in which order; madvise about forks; futexes where no memory
 * is.
 * needs: users futex memfd memory settings */
/* SPDX-License-Identifier: MIT */
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include "helpers.h"

enum { WAIT = 0, WAKE = 1, PRIVATE = 128 };

static long map(void *at, size_t n, int prot, int flags, int fd)
{
    return (long)mmap(at, n, prot, flags, fd, 0);
}

static void test_flags(void)
{
    int file = (int)syscall(SYS_memfd_create, "file", 0), anonymous = MAP_ANONYMOUS | MAP_PRIVATE;
    CHECK_OK(ftruncate(file, PAGE));
    CHECK_ERR(map(NULL, 0, PROT_READ, MAP_PRIVATE, 99), EBADF);
    CHECK_ERR(map(NULL, 0, PROT_READ, MAP_PRIVATE, file), EINVAL);
    CHECK_ERR(map(NULL, PAGE, PROT_READ, 0, file), EINVAL);
    CHECK_ERR(map(NULL, PAGE, PROT_READ, MAP_ANONYMOUS | MAP_SHARED_VALIDATE, -1), EINVAL);
    CHECK_ERR(map(NULL, PAGE, PROT_READ, MAP_SHARED_VALIDATE | MAP_SYNC, file), EOPNOTSUPP);
    CHECK_ERR(map(NULL, PAGE, PROT_READ, MAP_SHARED_VALIDATE | 0x200000, file), EOPNOTSUPP);
    CHECK_OK(map(NULL, PAGE, PROT_READ, MAP_SHARED_VALIDATE, file));
    CHECK_OK(map(NULL, PAGE, PROT_READ, MAP_SHARED | MAP_SYNC | 0x200000, file));
    CHECK_ERR(map(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_GROWSDOWN, file), EINVAL);
    CHECK_ERR(map(NULL, PAGE, PROT_READ, MAP_SHARED_VALIDATE | MAP_GROWSDOWN, file), EINVAL);
    CHECK_ERR(map(NULL, PAGE, PROT_READ, MAP_SHARED | MAP_ANONYMOUS | MAP_GROWSDOWN, -1), EINVAL);
    CHECK_ERR(map(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_HUGETLB, file), EINVAL);
    CHECK_ERR(map((void *)1, PAGE, PROT_READ, anonymous | MAP_FIXED, -1), EINVAL);
    char *page = page_with(PROT_READ);
    CHECK_OK(mprotect(page, PAGE, PROT_READ | 8)); /* PROT_SEM */
    CHECK_ERR(mprotect(page, PAGE, PROT_READ | 0x40), EINVAL);
    CHECK_ERR(mprotect(page + 1, PAGE, 0x40), EINVAL);
    CHECK_OK(mprotect(page, 0, 0x40));
    close(file);
}

/* Where no huge pages are set aside, none can be had. */
static void test_huge_pages(void)
{
    const char *n = contents("/proc/sys/vm/nr_hugepages");
    if (n && strcmp(n, "0\n") != 0) {
        SKIP("huge pages", "this machine has some");
        return;
    }
    int flags = MAP_ANONYMOUS | MAP_HUGETLB;
    CHECK_ERR(map(NULL, 2 << 20, PROT_READ, MAP_PRIVATE | flags, -1), ENOMEM);
    CHECK_ERR(map(NULL, 2 << 20, PROT_READ, MAP_SHARED | flags, -1), ENOMEM);
}

/* PROT_GROWSDOWN reaches from the start of a stack on; nothing grows upwards. */
static void test_growing(void)
{
    enum { DOWN = PROT_GROWSDOWN, UP = PROT_GROWSUP };
    char *room = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *low = bad_address(PAGE), *stack = room + 4 * PAGE;
    int fixed = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_GROWSDOWN;
    CHECK_ERR(mprotect(room, 0, DOWN | UP), EINVAL);
    CHECK_ERR(mprotect(room + 1, 0, DOWN), EINVAL);
    CHECK_OK(mprotect(room, 0, DOWN));
    CHECK_ERR(mprotect(room, -PAGE, 0x40), ENOMEM);
    CHECK_ERR(mprotect(room, 1ul << 48, 0x40), EINVAL);
    CHECK_ERR(syscall(SYS_mprotect, room, PAGE, 1ul << 32 | PROT_READ), EINVAL);
    CHECK_ERR(mprotect(room, PAGE, DOWN | PROT_READ), EINVAL);
    CHECK_ERR(mprotect(room, PAGE, UP | PROT_READ), EINVAL);
    CHECK_ERR(mprotect(low, PAGE, DOWN | PROT_READ), ENOMEM);
    CHECK_ERR(mprotect(low, PAGE, UP | PROT_READ), ENOMEM);
    CHECK_OK(munmap(room, 8 * PAGE));
    CHECK(mmap(stack, 3 * PAGE, PROT_READ | PROT_WRITE, fixed, -1, 0) == stack);
    stack[0] = 1;
    CHECK_OK(mprotect(stack + 2 * PAGE, PAGE, DOWN | PROT_READ));
    CHECK_CHILD("none of it can be written", int p[2]; CHILD_REQUIRE(pipe(p) == 0);
                CHILD_REQUIRE(write(p[1], "x", 1) == 1);
                CHILD_REQUIRE(read(p[0], stack, 1) == -1 && errno == EFAULT));
    CHECK_ERR(mprotect(stack, PAGE, UP | PROT_READ), EINVAL);
    CHECK_OK(mprotect(stack - PAGE, 2 * PAGE, DOWN | PROT_READ | PROT_WRITE));
    stack[0] = 2;
    CHECK_ERR(mprotect(stack - PAGE, PAGE, DOWN | PROT_READ), ENOMEM);
    CHECK_OK(munmap(stack, 3 * PAGE));
}

static void test_low_addresses(void)
{
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    if (as_root("low addresses")) {
        CHECK_CHILD("root maps address 0", CHILD_REQUIRE(map(0, PAGE, PROT_READ, flags, -1) == 0);
                    CHILD_REQUIRE(munmap(0, PAGE) == 0));
        CHECK_CHILD("others do not", become(1000);
                    CHILD_REQUIRE(map(0, PAGE, PROT_READ, flags, -1) == -1 && errno == EPERM);
                    CHILD_REQUIRE(map((void *)0x10000, PAGE, PROT_READ, flags, -1) == 0x10000));
    }
}

static void test_zero(void)
{
    struct stat status;
    int fd = open("/dev/zero", O_RDWR);
    if (fstat(fd, &status) < 0 || !S_ISCHR(status.st_mode)) {
        SKIP("/dev/zero", "it is no device here");
        return;
    }
    char *own = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    char *shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(own != MAP_FAILED && shared != MAP_FAILED);
    CHECK_CHILD("writes both", own[0] = shared[0] = 1);
    CHECK(own[0] == 0 && shared[0] == 1);
    close(fd);
}

/* More than there is in one piece is refused, whoever asks. */
static void test_promises(void)
{
    struct sysinfo info;
    CHECK_OK(sysinfo(&info));
    size_t much = (info.totalram + info.totalswap) * info.mem_unit + (1ul << 30);
    int flags = MAP_PRIVATE | MAP_ANONYMOUS;
    CHECK_ERR(map(NULL, much, PROT_WRITE, flags, -1), ENOMEM);
    char *none = mmap(NULL, much, PROT_NONE, flags, -1, 0);
    CHECK(none != MAP_FAILED);
    CHECK_ERR(mprotect(none, much, PROT_READ | PROT_WRITE), ENOMEM);
    CHECK_OK(mprotect(none, PAGE, PROT_READ | PROT_WRITE));
    CHECK_OK(munmap(none, much));
    CHECK_OK(map(NULL, much, PROT_WRITE, flags | MAP_NORESERVE, -1));
    CHECK_ERR(mremap(page_with(PROT_WRITE), PAGE, much, MREMAP_MAYMOVE), ENOMEM);
    long end = syscall(SYS_brk, 0);
    CHECK_EQ(syscall(SYS_brk, end + (long)much), end);
}

static void test_fork_advice(void)
{
    char *pages = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(pages, 1, 4 * PAGE);
    CHECK_OK(madvise(pages + PAGE, PAGE, MADV_WIPEONFORK));
    CHECK_OK(madvise(pages + 2 * PAGE, PAGE, MADV_DONTFORK));
    CHECK_CHILD("wiped, and not there",
                CHILD_REQUIRE(pages[0] == 1 && pages[PAGE] == 0 && pages[3 * PAGE] == 1);
                CHILD_REQUIRE(msync(pages + 2 * PAGE, PAGE, MS_ASYNC) == -1 && errno == ENOMEM);
                char *again = mmap(pages + 2 * PAGE, PAGE, PROT_READ,
                                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
                CHILD_REQUIRE(again == pages + 2 * PAGE && again[0] == 0));
    CHECK(pages[PAGE] == 1 && pages[2 * PAGE] == 1);
    CHECK_OK(madvise(pages, 4 * PAGE, MADV_DOFORK));
    CHECK_OK(madvise(pages, 4 * PAGE, MADV_KEEPONFORK));
    CHECK_CHILD("all there", CHILD_REQUIRE(pages[PAGE] == 1 && pages[2 * PAGE] == 1));
    void *shared = mmap(NULL, PAGE, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK_ERR(madvise(shared, PAGE, MADV_WIPEONFORK), EINVAL);
    CHECK_OK(madvise(shared, PAGE, MADV_DONTFORK));
    CHECK_CHILD("the only area of an object is left out",
                CHILD_REQUIRE(msync(shared, PAGE, MS_ASYNC) == -1 && errno == ENOMEM));
}

static void test_futex_without_memory(void)
{
    int fd = (int)syscall(SYS_memfd_create, "file", 0);
    CHECK_OK(ftruncate(fd, PAGE));
    char *file = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK_EQ(syscall(SYS_futex, file, WAKE, 1, NULL, NULL, 0), 0);
    CHECK_ERR(syscall(SYS_futex, file + PAGE, WAKE, 1, NULL, NULL, 0), EFAULT);
    CHECK_ERR(syscall(SYS_futex, file + PAGE, WAIT, 0, NULL, NULL, 0), EFAULT);
    CHECK_ERR(syscall(SYS_futex, page_with(PROT_NONE), WAKE, 1, NULL, NULL, 0), EFAULT);
    CHECK_ERR(syscall(SYS_futex, page_with(PROT_READ), WAKE, 1, NULL, NULL, 0), EFAULT);
    CHECK_EQ(syscall(SYS_futex, file + PAGE, WAKE | PRIVATE, 1, NULL, NULL, 0), 0);
    close(fd);
}

/* What begins or ends above the addresses of programs. */
static void test_high_addresses(void)
{
    static const uintptr_t high[] = {0x7ffffffff000, 0x800000000000, 0xffff800000000000,
                                     0xffffffff80000000, -2ul * PAGE};
    for (size_t i = 0; i < sizeof high / sizeof high[0]; i++) {
        char *at = (char *)high[i];
        NOTE("%p", (void *)at);
        CHECK_ERR(mprotect(at, PAGE, PROT_NONE), ENOMEM);
        CHECK_ERR(munmap(at, PAGE), EINVAL);
        CHECK_ERR(madvise(at, PAGE, MADV_DONTNEED), ENOMEM);
        CHECK_ERR(msync(at, PAGE, MS_SYNC), ENOMEM);
        CHECK_ERR(syscall(SYS_mremap, at, PAGE, 2 * PAGE, MREMAP_MAYMOVE, 0), EFAULT);
        CHECK_ERR(syscall(SYS_mlock, at, PAGE), ENOMEM);
        CHECK_ERR(map(at, PAGE, PROT_NONE, MAP_FIXED | MAP_ANONYMOUS | MAP_PRIVATE, -1), ENOMEM);
    }
    char *low = mmap(NULL, PAGE, PROT_READ, MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
    size_t far = 0xffffffff80000000 - (uintptr_t)low;
    CHECK_ERR(mprotect(low, far, PROT_READ), ENOMEM);
    CHECK_ERR(munmap(low, far), EINVAL);
    CHECK_ERR(madvise(low, far, MADV_NORMAL), ENOMEM);
    CHECK_ERR(msync(low, far, MS_ASYNC), ENOMEM);
    CHECK_ERR(syscall(SYS_mlock, low, far), ENOMEM);
    CHECK_OK(munmap(low, PAGE));
}

int main(void)
{
    test_flags();
    test_huge_pages();
    test_growing();
    test_low_addresses();
    test_zero();
    test_promises();
    test_fork_advice();
    test_futex_without_memory();
    test_high_addresses();
    return check_done();
}
