/* Many areas: mmap, munmap, mprotect, mremap, faults, fork and truncation with 30,000 of them, which
 * nobody waits for; and the limit of their number. */
#include "helpers.h"

enum { MANY = 30000, PAGE = 4096, MOST = 65530 };

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
    CHECK(at != MAP_FAILED);
    for (int i = 0; i < n; i += 2)
        CHECK_OK(mprotect(at + (size_t)i * PAGE, PAGE, PROT_READ | PROT_WRITE));
    return at;
}

static void test_one_file_often(void)
{
    static char *at[MANY];
    int fd = memfd_create("file", 0);
    CHECK_OK(ftruncate(fd, 2 * PAGE));
    for (int i = 0; i < MANY; i++) {
        at[i] = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, PAGE * (i % 2));
        CHECK(at[i] != MAP_FAILED);
        at[i][i % 64] = 1;
    }
    for (int i = 0; i < MANY; i++)
        CHECK(at[i][i % 64] == 1);
    pid_t child = fork();
    if (child == 0)
        _exit(areas_now() < MANY);
    CHECK(child_status(child) == 0);
    CHECK_OK(ftruncate(fd, PAGE));
    CHECK_OK(ftruncate(fd, 2 * PAGE));
    CHECK(at[0][0] == 1 && at[1][1] == 0 && at[MANY - 1][1] == 0);
    for (int i = 0; i < MANY; i++)
        CHECK_OK(munmap(at[i], PAGE));
    close(fd);
}

static void test_shared_memory_often(void)
{
    static char *at[MANY];
    for (int i = 0; i < MANY; i++) {
        at[i] = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        CHECK(at[i] != MAP_FAILED);
    }
    pid_t child = fork();
    if (child == 0) {
        at[5][0] = 5;
        _exit(0);
    }
    CHECK(child_status(child) == 0);
    CHECK(at[5][0] == 5);
    for (int i = 0; i < MANY; i++)
        CHECK_OK(munmap(at[i], PAGE));
}

static void test_joined_at_once(void)
{
    int before = areas_now();
    char *at = striped(MANY);
    CHECK(areas_now() >= before + MANY);
    at[0] = 1;
    at[(MANY - 2) * PAGE] = 2;
    CHECK_OK(mprotect(at, (size_t)MANY * PAGE, PROT_READ | PROT_WRITE));
    CHECK(areas_now() <= before + 3);
    CHECK(at[0] == 1 && at[(MANY - 2) * PAGE] == 2);
    CHECK_OK(munmap(at, (size_t)MANY * PAGE));
}

/* At the limit nothing can be split, but whole areas can go. */
static void test_limit(void)
{
    char *at = striped(MOST - 30 - areas_now());
    char *whole = mmap(NULL, 1000 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(whole != MAP_FAILED);
    int i = 1;
    while (i < 999 && mprotect(whole + (size_t)i * PAGE, PAGE, PROT_READ | PROT_WRITE) == 0)
        i += 2;
    CHECK(i < 999 && errno == ENOMEM);
    CHECK_ERR(munmap(whole + 990 * PAGE, PAGE), ENOMEM);
    CHECK_ERR(mprotect(whole + 990 * PAGE, PAGE, PROT_NONE), ENOMEM);
    CHECK_OK(munmap(whole + 999 * PAGE, PAGE)); /* its end: there are no more areas then */
    CHECK_OK(mprotect(at, PAGE, PROT_READ));    /* a whole one */
    CHECK_OK(munmap(at + 10 * PAGE, 10 * PAGE));
    CHECK_OK(munmap(whole + 990 * PAGE, PAGE));
    CHECK_OK(munmap(at, (size_t)MOST * PAGE > 0 ? 20 * PAGE : 0));
}

int main(void)
{
    test_one_file_often();
    test_shared_memory_often();
    test_joined_at_once();
    pid_t child = fork();
    if (child == 0) {
        test_limit();
        _exit(check_done());
    }
    CHECK(child_status(child) == 0);
    return check_done();
}
