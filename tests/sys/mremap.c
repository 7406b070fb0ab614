/* mremap: growing, shrinking and moving mappings with their contents; its errors, and those of
 * msync and madvise.
 * needs: users memory */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "check.h"
#include <sys/mman.h>
#include <sys/syscall.h>

enum { PAGE = 4096 };

static char *remap(void *old, size_t old_bytes, size_t new_bytes, int flags, void *new)
{
    return (char *)syscall(SYS_mremap, old, old_bytes, new_bytes, flags, new);
}

static char *map(size_t n_pages)
{
    char *m =
        mmap(NULL, n_pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (size_t i = 0; i < n_pages; i++)
        m[i * PAGE] = (char)(i + 1);
    return m;
}

static bool holds(const char *m, size_t n_pages)
{
    for (size_t i = 0; i < n_pages; i++) {
        if (m[i * PAGE] != (char)(i + 1))
            return false;
    }
    return true;
}

/* Whether the page is mapped: msync says. */
static bool mapped(const void *page)
{
    return syscall(SYS_msync, page, PAGE, MS_ASYNC) == 0;
}

static void check_shrink(void)
{
    char *m = map(4);
    CHECK(remap(m, 4 * PAGE, 2 * PAGE, 0, NULL) == m);
    CHECK(holds(m, 2));
    CHECK(!mapped(m + 2 * PAGE) && !mapped(m + 3 * PAGE));
    CHECK(remap(m, 2 * PAGE, 2 * PAGE, 0, NULL) == m);
    CHECK_OK(munmap(m, 2 * PAGE));
}

static void check_grow(void)
{
    char *m = map(4);
    CHECK_OK(munmap(m + 2 * PAGE, 2 * PAGE));
    CHECK(remap(m, 2 * PAGE, 4 * PAGE, 0, NULL) == m);
    CHECK(holds(m, 2) && m[2 * PAGE] == 0 && m[3 * PAGE] == 0);
    m[3 * PAGE] = 1;
    CHECK_OK(munmap(m, 4 * PAGE));
}

static void check_move(void)
{
    char *m = map(6);
    CHECK_OK(munmap(m + 2 * PAGE, PAGE));
    char *wall =
        mmap(m + 2 * PAGE, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    CHECK(wall == m + 2 * PAGE);
    CHECK_ERR((long)remap(m, 2 * PAGE, 3 * PAGE, 0, NULL), ENOMEM);
    CHECK(holds(m, 2));
    char *n = remap(m, 2 * PAGE, 3 * PAGE, MREMAP_MAYMOVE, NULL);
    CHECK(n != MAP_FAILED && n != m);
    CHECK(holds(n, 2) && n[2 * PAGE] == 0);
    CHECK(!mapped(m) && !mapped(m + PAGE));
    CHECK_OK(munmap(n, 3 * PAGE));
}

static void check_fixed(void)
{
    char *m = map(3), *there = map(5);
    CHECK(remap(m, 3 * PAGE, 3 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, there + PAGE) ==
          there + PAGE);
    CHECK(holds(there + PAGE, 3));
    CHECK(there[0] == 1 && there[4 * PAGE] == 5);
    CHECK(!mapped(m));
    CHECK_ERR((long)remap(there, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, there + PAGE),
              EINVAL);
    CHECK_ERR((long)remap(there, PAGE, PAGE, MREMAP_FIXED, m), EINVAL);
    CHECK_OK(munmap(there, 5 * PAGE));
}

/* Pages that a child shares move too, and stay the child's where they were. */
static void check_after_fork(void)
{
    char *m = map(3);
    int ready[2];
    CHECK_OK(pipe(ready));
    pid_t child = fork();
    if (child == 0) {
        char byte;
        close(ready[1]);
        ssize_t n = read(ready[0], &byte, 1); /* the parent has moved its own */
        _exit(n == 0 && holds(m, 3) ? 0 : 1);
    }
    char *n = remap(m, 3 * PAGE, 5 * PAGE, MREMAP_MAYMOVE, NULL);
    CHECK(n != MAP_FAILED && holds(n, 3));
    n[0] = 77;
    close(ready[0]);
    close(ready[1]);
    int status;
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status, 0);
    CHECK_OK(munmap(n, 5 * PAGE));
}

static void check_file(void)
{
    char page[PAGE], path[] = "mremap.XXXXXX";
    int fd = mkstemp(path);
    for (int i = 0; i < 4; i++) {
        memset(page, i + 1, PAGE);
        CHECK_EQ(write(fd, page, PAGE), PAGE);
    }
    char *m = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, PAGE);
    CHECK(m[0] == 2);
    char *n = remap(m, 2 * PAGE, 3 * PAGE, MREMAP_MAYMOVE, NULL);
    CHECK(n != MAP_FAILED && n[0] == 2 && n[PAGE] == 3 && n[2 * PAGE] == 4);
    n[2 * PAGE] = 9;
    CHECK_EQ(pread(fd, page, 1, 3 * PAGE), 1);
    CHECK_EQ(page[0], 9);
    CHECK_OK(munmap(n, 3 * PAGE));
    close(fd);
    unlink(path);
}

static void check_errors(void)
{
    char *m = map(2);
    CHECK_ERR((long)remap(m + 1, PAGE, PAGE, 0, NULL), EINVAL);
    CHECK_ERR((long)remap(m, PAGE, 0, 0, NULL), EINVAL);
    CHECK_ERR((long)remap(m, PAGE, PAGE, 64, NULL), EINVAL);
    CHECK_OK(munmap(m, 2 * PAGE));
    CHECK_ERR((long)remap(m, PAGE, 2 * PAGE, MREMAP_MAYMOVE, NULL), EFAULT);
}

/* What wraps, what is above user space, which error comes first. */
static void check_ranges(void)
{
    char *m = map(4), *low = (char *)PAGE, *high = (char *)(1ul << 47);
    CHECK_ERR((long)remap(m, PAGE, -1ul, MREMAP_MAYMOVE, NULL), EINVAL); /* wraps to 0 */
    CHECK_ERR((long)remap(m, PAGE, 1ul << 47, MREMAP_MAYMOVE, NULL), EINVAL);
    CHECK_ERR((long)remap(m, PAGE, 1ul << 46, MREMAP_MAYMOVE, NULL), ENOMEM);
    CHECK_ERR((long)remap(m, -PAGE, PAGE, 0, NULL), EINVAL);
    CHECK_ERR((long)remap(m, 1ul << 47, PAGE, 0, NULL), EINVAL);
    CHECK(holds(m, 4));
    CHECK_ERR((long)remap(low, PAGE, 0, MREMAP_MAYMOVE, NULL), EINVAL);
    CHECK_ERR((long)remap(low, 0, PAGE, MREMAP_MAYMOVE, NULL), EFAULT);
    CHECK_ERR((long)remap(high, PAGE, PAGE, MREMAP_MAYMOVE, NULL), EFAULT);
    CHECK_ERR((long)remap((char *)(-2ul * PAGE), 2 * PAGE, PAGE, 0, NULL), EFAULT);
    CHECK(remap(m, PAGE, PAGE, MREMAP_MAYMOVE, (void *)-1ul) == m); /* no say, no look */
    CHECK_ERR((long)remap(m, 5 * PAGE, 6 * PAGE, MREMAP_MAYMOVE, NULL), EFAULT);
    CHECK(remap(m, 5 * PAGE, 5 * PAGE, 0, NULL) == m);
    CHECK_OK(mprotect(m + 2 * PAGE, PAGE, PROT_READ));
    CHECK(remap(m, 4 * PAGE, PAGE, 0, NULL) == m); /* over three areas */
    CHECK(holds(m, 1) && !mapped(m + PAGE) && !mapped(m + 3 * PAGE));
    CHECK_OK(munmap(m, PAGE));
}

static void check_placed(void)
{
    int fixed = MREMAP_MAYMOVE | MREMAP_FIXED, keep = MREMAP_MAYMOVE | 4; /* DONTUNMAP */
    char *m = map(4), *there = map(4), *high = (char *)(1ul << 47);
    CHECK_ERR((long)remap(m, PAGE, PAGE, 4, NULL), EINVAL);
    CHECK_ERR((long)remap(m, PAGE, 2 * PAGE, keep, NULL), EINVAL);
    CHECK_ERR((long)remap(m, PAGE, PAGE, keep, there + 1), EINVAL);
    CHECK_ERR((long)remap(m, PAGE, PAGE, fixed, there + 1), EINVAL);
    CHECK_ERR((long)remap(m, PAGE, PAGE, fixed, high), EINVAL);
    CHECK_ERR((long)remap(m, PAGE, PAGE, fixed, m), EINVAL);
    CHECK_ERR((long)remap((void *)PAGE, PAGE, PAGE, fixed, there), EFAULT);
    CHECK(holds(there, 4));                                     /* nothing was cleared for that */
    CHECK(remap(m, 4 * PAGE, 2 * PAGE, fixed, there) == there); /* shorter as well */
    CHECK(holds(there, 4) && !mapped(m) && !mapped(m + 3 * PAGE));
    m = remap(there, 2 * PAGE, 2 * PAGE, keep, NULL);
    CHECK(m != MAP_FAILED && holds(m, 2) && there[0] == 0 && there[PAGE] == 0);
    CHECK(there[2 * PAGE] == 3);
    there[0] = 9;
    CHECK(remap(there, PAGE, PAGE, keep | fixed, m) == m);
    CHECK(m[0] == 9 && there[0] == 0);
    CHECK_OK(munmap(m, 2 * PAGE));
    CHECK_OK(munmap(there, 4 * PAGE));
}

/* An old length of 0 maps shared pages a second time. */
static void check_twice(void)
{
    int shared = MAP_SHARED | MAP_ANONYMOUS, fixed = MREMAP_MAYMOVE | MREMAP_FIXED;
    char *own = map(2), *m = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, shared, -1, 0);
    CHECK_ERR((long)remap(own, 0, PAGE, MREMAP_MAYMOVE, NULL), EINVAL);
    CHECK_ERR((long)remap(own, 0, PAGE, 0, NULL), EINVAL);
    CHECK_ERR((long)remap(m, 0, PAGE, 0, NULL), ENOMEM);
    m[PAGE] = 7;
    char *twin = remap(m + PAGE, 0, 2 * PAGE, MREMAP_MAYMOVE, NULL);
    CHECK(twin != MAP_FAILED && twin[0] == 7 && m[PAGE] == 7 && mapped(m + 3 * PAGE));
    twin[PAGE] = 8;
    CHECK_EQ(m[2 * PAGE], 8);
    CHECK(remap(m + PAGE, 0, 2 * PAGE, fixed, m + 2 * PAGE) == m + 2 * PAGE);
    CHECK(m[PAGE] == 7 && m[2 * PAGE] == 7 && m[3 * PAGE] == 8);
    CHECK_ERR((long)remap(m, 0, PAGE, fixed, m), EFAULT); /* its target was its source */
    CHECK(!mapped(m));
    CHECK_OK(munmap(m, 4 * PAGE));
    CHECK_OK(munmap(twin, 2 * PAGE));
    CHECK_OK(munmap(own, 2 * PAGE));
}

static void check_low(void)
{
    int fixed = MREMAP_MAYMOVE | MREMAP_FIXED;
    if (!as_root("low addresses"))
        return;
    CHECK_CHILD("root moves to address 0",
                CHILD_REQUIRE(remap(map(1), PAGE, PAGE, fixed, NULL) == NULL));
    CHECK_CHILD("others do not", CHILD_REQUIRE(setuid(1000) == 0);
                CHILD_REQUIRE(remap(map(1), PAGE, PAGE, fixed, NULL) == MAP_FAILED);
                CHILD_REQUIRE(errno == EPERM));
}

static void check_msync(void)
{
    char *m = map(4), *high = (char *)(-2ul * PAGE);
    CHECK_OK(munmap(m + 2 * PAGE, PAGE));
    CHECK_ERR(msync(m, PAGE, MS_ASYNC | MS_SYNC), EINVAL);
    CHECK_ERR(msync(m, PAGE, 8), EINVAL);
    CHECK_ERR(msync(m + 1, PAGE, MS_SYNC), EINVAL);
    CHECK_OK(msync(m, PAGE, 0));
    CHECK_OK(msync(m, PAGE, MS_SYNC | MS_INVALIDATE));
    CHECK_OK(msync(m, 0, MS_SYNC));
    CHECK_OK(msync(high, 0, MS_SYNC));
    CHECK_OK(msync(m, -1ul, MS_SYNC)); /* wraps to nothing */
    CHECK_ERR(msync(m, -PAGE, MS_SYNC), ENOMEM);
    CHECK_ERR(msync(m, 1ul << 48, MS_SYNC), ENOMEM);
    CHECK_ERR(msync(high, PAGE, MS_SYNC), ENOMEM);
    CHECK_ERR(msync(m, 4 * PAGE, MS_SYNC), ENOMEM);
    CHECK_ERR(msync(m, 4 * PAGE, MS_ASYNC), ENOMEM);
    CHECK_ERR(madvise(m, -1ul, MADV_NORMAL), EINVAL);
    CHECK_ERR(madvise(m, -PAGE, MADV_NORMAL), EINVAL);
    CHECK_ERR(madvise(m, 1ul << 48, MADV_NORMAL), ENOMEM);
    CHECK_ERR(madvise(high, PAGE, MADV_DONTNEED), ENOMEM);
    CHECK_OK(madvise(high, 0, MADV_DONTNEED));
    CHECK_ERR(madvise(high, 0, 999), EINVAL);
    CHECK_ERR(madvise(m, 4 * PAGE, MADV_DONTNEED), ENOMEM);
    CHECK(m[0] == 0 && m[3 * PAGE] == 0); /* thrown away on both sides of the hole */
    char *shared = mmap(NULL, PAGE, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK_ERR(madvise(shared, PAGE, MADV_FREE), EINVAL);
    CHECK_OK(munmap(shared, PAGE));
    CHECK_OK(munmap(m, 4 * PAGE));
}

int main(void)
{
    check_ranges();
    check_placed();
    check_twice();
    check_low();
    check_msync();
    check_shrink();
    check_grow();
    check_move();
    check_fixed();
    check_after_fork();
    check_file();
    check_errors();
    return check_done();
}
