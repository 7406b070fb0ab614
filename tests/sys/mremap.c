/* mremap: growing, shrinking and moving mappings with their contents; its errors. */
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

int main(void)
{
    check_shrink();
    check_grow();
    check_move();
    check_fixed();
    check_after_fork();
    check_file();
    check_errors();
    return check_done();
}
