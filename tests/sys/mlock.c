/* mlock, mlock2, munlock, mlockall, munlockall, MAP_LOCKED: limits, errors, what is counted, and
 * what other calls may do with locked memory.
 * needs: procfs users memfd memory */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sys/resource.h>

enum { ONFAULT = 1, ANONYMOUS = MAP_PRIVATE | MAP_ANONYMOUS, DONTNEED_LOCKED = 24 };

static long lock(const void *at, size_t n)
{
    return syscall(SYS_mlock, at, n);
}

static long unlock(const void *at, size_t n)
{
    return syscall(SYS_munlock, at, n);
}

static long lock2(const void *at, size_t n, int flags)
{
    return syscall(SYS_mlock2, at, n, flags);
}

static long lock_all(int flags)
{
    return syscall(SYS_mlockall, flags);
}

static char *map(size_t n_pages, int prot, int flags)
{
    return mmap(NULL, n_pages * PAGE, prot, ANONYMOUS | flags, -1, 0);
}

/* VmLck in pages, -1 where it is not told. */
static long n_locked(void)
{
    const char *text = contents("/proc/self/status"), *line = text ? strstr(text, "VmLck:") : NULL;
    return line ? strtol(line + 6, NULL, 10) * 1024 / PAGE : -1;
}

static void limit_to(size_t n_pages)
{
    struct rlimit limit;
    getrlimit(RLIMIT_MEMLOCK, &limit);
    limit.rlim_cur = n_pages * PAGE;
    if (setrlimit(RLIMIT_MEMLOCK, &limit) < 0)
        NOTE("cannot set the limit");
}

static void test_count(void)
{
    char *at = map(8, PROT_READ | PROT_WRITE, 0);
    CHECK_EQ(n_locked(), 0);
    CHECK_OK(lock(at + 5, PAGE)); /* two pages */
    CHECK_EQ(n_locked(), 2);
    CHECK_OK(lock(at, 3 * PAGE));
    CHECK_EQ(n_locked(), 3);
    CHECK_OK(unlock(at + PAGE + 7, 1));
    CHECK_EQ(n_locked(), 2);
    CHECK_CHILD("inherits none", CHILD_REQUIRE(n_locked() == 0));
    CHECK_OK(munmap(at, PAGE));
    CHECK_EQ(n_locked(), 1);
    CHECK(mmap(at + 2 * PAGE, PAGE, PROT_READ, ANONYMOUS | MAP_FIXED, -1, 0) == at + 2 * PAGE);
    CHECK_EQ(n_locked(), 0);
    CHECK_OK(lock2(at + 4 * PAGE, 2 * PAGE, ONFAULT));
    CHECK_EQ(n_locked(), 2);
    CHECK_OK(syscall(SYS_munlockall));
    CHECK_EQ(n_locked(), 0);
    CHECK_OK(munmap(at, 8 * PAGE));
}

static void test_ranges(void)
{
    char *at = map(5, PROT_READ | PROT_WRITE, 0), *low = bad_address(PAGE);
    CHECK_OK(munmap(at + 2 * PAGE, PAGE));
    CHECK_ERR(lock(at, 5 * PAGE), ENOMEM); /* locked up to the hole */
    CHECK_EQ(n_locked(), 2);
    CHECK_ERR(unlock(at + PAGE, 3 * PAGE), ENOMEM);
    CHECK_EQ(n_locked(), 1);
    CHECK_OK(unlock(at, PAGE));
    CHECK_OK(lock(at, 0));
    CHECK_OK(lock(at, -1ul)); /* wraps to nothing */
    CHECK_OK(unlock(at, -1ul));
    CHECK_OK(lock(low, 0));
    CHECK_ERR(lock(low, 1), ENOMEM);
    CHECK_ERR(unlock(low, 1), ENOMEM);
    CHECK_ERR(unlock(at, -PAGE), EINVAL);
    CHECK_ERR(lock(bad_address(-PAGE), PAGE), EINVAL);
    CHECK_ERR(lock(bad_address(-2 * PAGE), PAGE), ENOMEM);
    CHECK_ERR(lock2(low, PAGE, 2), EINVAL);
    CHECK_ERR(lock_all(0), EINVAL);
    CHECK_ERR(lock_all(MCL_ONFAULT), EINVAL);
    CHECK_ERR(lock_all(8), EINVAL);
    CHECK_EQ(n_locked(), 0);
}

/* What cannot be brought in is locked nevertheless, and the call tells of it. */
static void test_no_pages(void)
{
    int fd = (int)syscall(SYS_memfd_create, "file", 0);
    CHECK_OK(ftruncate(fd, PAGE));
    char *file = mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, fd, 0), *none = map(1, PROT_NONE, 0);
    CHECK_ERR(lock(none, PAGE), ENOMEM);
    CHECK_OK(lock(file, PAGE));
    CHECK_ERR(lock(file, 2 * PAGE), ENOMEM);
    CHECK_EQ(n_locked(), 3);
    CHECK(map(1, PROT_NONE, MAP_LOCKED) != MAP_FAILED);
    CHECK_EQ(n_locked(), 4);
    CHECK_OK(syscall(SYS_munlockall));
    close(fd);
}

static void test_other_calls(void)
{
    char *at = map(4, PROT_READ | PROT_WRITE, MAP_LOCKED);
    CHECK_ERR(madvise(at, PAGE, MADV_DONTNEED), EINVAL);
    CHECK_ERR(madvise(at, PAGE, MADV_FREE), EINVAL);
    CHECK_ERR(madvise(at, PAGE, 20), EINVAL); /* MADV_COLD */
    at[0] = 1;
    CHECK_OK(madvise(at, PAGE, DONTNEED_LOCKED));
    CHECK_EQ(at[0], 0);
    CHECK_OK(madvise(at, PAGE, MADV_WILLNEED));
    CHECK_OK(msync(at, PAGE, MS_SYNC));
    CHECK_ERR(msync(at, PAGE, MS_INVALIDATE), EBUSY);
    CHECK_OK(mprotect(at, PAGE, PROT_READ));
    CHECK_OK(mprotect(at + PAGE, PAGE, PROT_NONE));
    CHECK_EQ(n_locked(), 4);
    CHECK_OK(munmap(at, 4 * PAGE));
    at = mremap(map(2, PROT_READ, MAP_LOCKED), 2 * PAGE, 3 * PAGE, MREMAP_MAYMOVE);
    CHECK_EQ(n_locked(), 3);
    CHECK_OK(syscall(SYS_munlockall));
}

static void test_future(void)
{
    CHECK_OK(lock_all(MCL_FUTURE));
    CHECK_EQ(n_locked(), 0);
    char *at = map(3, PROT_READ | PROT_WRITE, 0);
    CHECK_EQ(n_locked(), 3);
    CHECK_CHILD("inherits nothing for the future",
                CHILD_REQUIRE(map(3, PROT_READ, 0) != MAP_FAILED && n_locked() == 0));
    char *end = (char *)syscall(SYS_brk, 0);
    CHECK((char *)syscall(SYS_brk, end + 2 * PAGE) == end + 2 * PAGE);
    CHECK_EQ(n_locked(), 5);
    syscall(SYS_brk, end);
    CHECK_OK(syscall(SYS_munlockall));
    CHECK(map(1, PROT_READ, 0) != MAP_FAILED);
    CHECK_EQ(n_locked(), 0);
    CHECK_OK(munmap(at, 3 * PAGE));
}

/* As a user, with a limit of four pages. */
static void limited(void)
{
    char *at = map(8, PROT_READ | PROT_WRITE, 0);
    CHILD_REQUIRE(lock(at, 4 * PAGE) == 0);
    CHILD_REQUIRE(lock(at + 4 * PAGE, PAGE) == -1 && errno == ENOMEM);
    CHILD_REQUIRE(lock(at, 4 * PAGE) == 0); /* they are counted once */
    CHILD_REQUIRE(lock(at + 2 * PAGE, 3 * PAGE) == -1 && errno == ENOMEM);
    CHILD_REQUIRE(map(1, PROT_READ, MAP_LOCKED) == MAP_FAILED && errno == EAGAIN);
    CHILD_REQUIRE(unlock(at, 8 * PAGE) == 0);
    CHILD_REQUIRE(lock(at, -PAGE) == -1 && errno == ENOMEM);
    CHILD_REQUIRE(lock_all(MCL_CURRENT) == -1 && errno == ENOMEM);
    CHILD_REQUIRE(lock_all(MCL_FUTURE) == 0);
    CHILD_REQUIRE(map(5, PROT_READ, 0) == MAP_FAILED && errno == EAGAIN);
    char *end = (char *)syscall(SYS_brk, 0);
    CHILD_REQUIRE((char *)syscall(SYS_brk, end + 5 * PAGE) == end);
    CHILD_REQUIRE(syscall(SYS_munlockall) == 0);
    char *locked = map(2, PROT_READ, MAP_LOCKED);
    CHILD_REQUIRE(mremap(locked, 2 * PAGE, 5 * PAGE, MREMAP_MAYMOVE) == MAP_FAILED);
    CHILD_REQUIRE(errno == EAGAIN);
    CHILD_REQUIRE(mremap(locked, 2 * PAGE, 4 * PAGE, MREMAP_MAYMOVE) != MAP_FAILED);
    CHILD_REQUIRE(n_locked() == 4);
}

static void forbidden(void)
{
    char *at = map(1, PROT_READ, 0);
    CHILD_REQUIRE(lock(at, PAGE) == -1 && errno == EPERM);
    CHILD_REQUIRE(lock(at, 0) == -1 && errno == EPERM);
    CHILD_REQUIRE(lock2(at, PAGE, 2) == -1 && errno == EINVAL);
    CHILD_REQUIRE(lock_all(8) == -1 && errno == EINVAL);
    CHILD_REQUIRE(lock_all(MCL_FUTURE) == -1 && errno == EPERM);
    CHILD_REQUIRE(map(1, PROT_READ, MAP_LOCKED) == MAP_FAILED && errno == EPERM);
    CHILD_REQUIRE(mmap(at, PAGE, PROT_READ, ANONYMOUS | MAP_LOCKED | MAP_FIXED_NOREPLACE, -1, 0) ==
                      MAP_FAILED &&
                  errno == EEXIST);
    CHILD_REQUIRE(unlock(at, PAGE) == 0 && syscall(SYS_munlockall) == 0);
}

static void test_limits(void)
{
    if (!as_root("limits of a user"))
        return;
    limit_to(4);
    char *at = map(8, PROT_READ, 0);
    CHECK_OK(lock(at, 8 * PAGE)); /* for root there is none */
    CHECK_OK(munmap(at, 8 * PAGE));
    CHECK_CHILD("four pages", become(USER); limited());
    limit_to(0);
    CHECK_CHILD("none", become(USER); forbidden());
}

int main(void)
{
    test_count();
    test_ranges();
    test_no_pages();
    test_other_calls();
    test_future();
    test_limits();
    return check_done();
}
