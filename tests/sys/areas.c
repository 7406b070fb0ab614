/* Many areas: mmap, munmap, mprotect, faults, fork and truncation with 30,000 of them, which must
 * not take minutes; and the limit of their number.
 * needs: procfs memfd memory */
/* SPDX-License-Identifier: MIT */
#include <sys/mman.h>
#include "helpers.h"

enum { MANY = 30000, MOST = 65530 };

static int areas_now(void)
{
    char text[4096];
    int fd = open("/proc/self/maps", O_RDONLY), lines = 0;
    ssize_t n;
    while ((n = read(fd, text, sizeof(text))) > 0) {
        for (ssize_t i = 0; i < n; i++)
            lines += text[i] == '\n';
    }
    close(fd);
    return lines;
}

/* Pages of which each second one has another protection. */
static char *striped(int n)
{
    char *at = mmap(NULL, (size_t)n * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    bool right = at != MAP_FAILED;
    for (int i = 0; i < n && right; i += 2)
        right = mprotect(at + (size_t)i * PAGE, PAGE, PROT_READ | PROT_WRITE) == 0;
    CHECK(right);
    return at;
}

static char *at[MANY];

/* Maps one page each, of a file of two pages or of fresh shared memory. */
static void map_many(int fd, int flags)
{
    bool right = true;
    for (int i = 0; i < MANY && right; i++) {
        off_t offset = fd < 0 ? 0 : PAGE * (i % 2);
        at[i] = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | flags, fd, offset);
        right = at[i] != MAP_FAILED;
    }
    CHECK(right);
}

static void unmap_many(void)
{
    bool right = true;
    for (int i = 0; i < MANY; i++)
        right = right && munmap(at[i], PAGE) == 0;
    CHECK(right);
}

static void test_one_file_often(void)
{
    int fd = (int)syscall(SYS_memfd_create, "file", 0);
    CHECK_OK(ftruncate(fd, 2 * PAGE));
    map_many(fd, 0);
    for (int i = 0; i < MANY; i++)
        at[i][i % 64] = 1;
    CHECK_CHILD("many areas of a file", CHILD_REQUIRE(at[MANY - 1][(MANY - 1) % 64] == 1);
                CHILD_REQUIRE(areas_now() > MANY / 2));
    CHECK_OK(ftruncate(fd, PAGE));
    CHECK_OK(ftruncate(fd, 2 * PAGE));
    CHECK(at[0][0] == 1 && at[1][1] == 0 && at[MANY - 1][1] == 0);
    unmap_many();
    close(fd);
}

static void test_shared_memory_often(void)
{
    map_many(-1, MAP_ANONYMOUS);
    CHECK_CHILD("many pieces of shared memory", at[5][0] = 5);
    CHECK(at[5][0] == 5);
    unmap_many();
}

static void test_joined_at_once(void)
{
    int before = areas_now();
    char *stripes = striped(MANY);
    CHECK(areas_now() >= before + MANY - 1);
    stripes[0] = 1;
    stripes[(MANY - 2) * PAGE] = 2;
    CHECK_OK(mprotect(stripes, (size_t)MANY * PAGE, PROT_READ | PROT_WRITE));
    CHECK(areas_now() < before + 10); /* Linux keeps apart what was written in two areas */
    CHECK(stripes[0] == 1 && stripes[(MANY - 2) * PAGE] == 2);
    CHECK_OK(munmap(stripes, (size_t)MANY * PAGE));
}

/* At the limit nothing can be split, but whole areas can go. */
static void test_limit(void)
{
    char *stripes = striped(MOST - 100 - areas_now());
    char *whole = mmap(NULL, 1000 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int i = 1;
    while (i < 999 && mprotect(whole + (size_t)i * PAGE, PAGE, PROT_READ | PROT_WRITE) == 0)
        i += 2;
    CHECK(i < 200 && errno == ENOMEM);
    /* That needed two more: is there place for one? */
    mprotect(whole + 998 * PAGE, 2 * PAGE, PROT_NONE);
    CHECK_ERR(munmap(whole + 990 * PAGE, PAGE), ENOMEM);
    CHECK_ERR(mprotect(whole + 990 * PAGE, PAGE, PROT_NONE), ENOMEM);
    CHECK_OK(munmap(whole + 999 * PAGE, PAGE));   /* its end: that makes no more areas */
    CHECK_OK(mprotect(stripes, PAGE, PROT_READ)); /* joins two */
    CHECK_OK(munmap(stripes + 10 * PAGE, 10 * PAGE));
    CHECK_OK(munmap(whole + 990 * PAGE, PAGE));
}

/* mprotect works up to a hole, madvise also after it; both tell of it. */
static void test_holes(void)
{
    char *pages = page_with(PROT_READ | PROT_WRITE);
    pages = mremap(pages, PAGE, 5 * PAGE, MREMAP_MAYMOVE);
    memset(pages, 1, 5 * PAGE);
    CHECK_OK(munmap(pages + 2 * PAGE, PAGE));
    CHECK_ERR(madvise(pages, 5 * PAGE, MADV_DONTNEED), ENOMEM);
    CHECK(pages[0] == 0 && pages[PAGE] == 0 && pages[3 * PAGE] == 0 && pages[4 * PAGE] == 0);
    CHECK_ERR(mprotect(pages, 5 * PAGE, PROT_READ), ENOMEM);
    CHECK_CHILD("after the hole", pages[3 * PAGE] = 1);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        pages[PAGE] = 1;
        _exit(0);
    }
    CHECK_EQ(status_of(child), SIGSEGV);
    CHECK_ERR(mprotect(pages + 2 * PAGE, 2 * PAGE, PROT_NONE), ENOMEM);
    CHECK(pages[3 * PAGE] == 0);
}

/* mprotect works up to a page that may not be made writable, too. */
static void test_forbidden(void)
{
    make_file("read-only", "text");
    int fd = open("read-only", O_RDONLY), zero = open("/dev/zero", O_RDONLY);
    char *pages = mmap(NULL, 3 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(mmap(pages + PAGE, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0) == pages + PAGE);
    CHECK_ERR(mprotect(pages, 3 * PAGE, PROT_READ | PROT_WRITE), EACCES);
    CHECK_EQ(read(zero, pages, 1), 1);
    CHECK_ERR(read(zero, pages + PAGE, 1), EFAULT);
    CHECK_ERR(read(zero, pages + 2 * PAGE, 1), EFAULT);
    CHECK_OK(munmap(pages, 3 * PAGE));
    close(zero);
    close(fd);
}

int main(void)
{
    test_forbidden();
    test_one_file_often();
    test_shared_memory_often();
    test_joined_at_once();
    test_limit();
    test_holes();
    return check_done();
}
