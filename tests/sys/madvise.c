/* madvise and msync: what MADV_DONTNEED drops, what is refused.
 * needs: memory */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "check.h"
#include <sys/mman.h>

enum { PAGE = 4096 };

static void check_fresh_memory(void)
{
    char *m = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < 4; i++)
        m[i * PAGE] = 1;
    CHECK_OK(madvise(m + PAGE, 2 * PAGE, MADV_DONTNEED));
    CHECK_EQ(m[0], 1);
    CHECK_EQ(m[PAGE], 0);
    CHECK_EQ(m[2 * PAGE], 0);
    CHECK_EQ(m[3 * PAGE], 1);
    CHECK_OK(madvise(m, 4 * PAGE, MADV_WILLNEED));
    CHECK_OK(madvise(m, 4 * PAGE, MADV_NORMAL));
    CHECK_OK(madvise(m, 0, MADV_DONTNEED));
    CHECK_ERR(madvise(m + 1, PAGE, MADV_DONTNEED), EINVAL);
    CHECK_ERR(madvise(m, PAGE, 12345), EINVAL);
    CHECK_OK(munmap(m + PAGE, PAGE));
    CHECK_ERR(madvise(m, 4 * PAGE, MADV_DONTNEED), ENOMEM);
    CHECK_ERR(msync(m, 4 * PAGE, MS_SYNC), ENOMEM);
    CHECK_OK(msync(m, PAGE, MS_SYNC));
    CHECK_ERR(msync(m, PAGE, MS_SYNC | MS_ASYNC), EINVAL);
    CHECK_ERR(msync(m + 1, PAGE, MS_SYNC), EINVAL);
    CHECK_OK(munmap(m, 4 * PAGE));
}

/* A private page of a file is the file's again; a child's copy is not touched. */
static void check_file_and_child(void)
{
    char page[PAGE], path[] = "madvise.XXXXXX";
    int fd = mkstemp(path), status;
    memset(page, 5, PAGE);
    CHECK_EQ(write(fd, page, PAGE), PAGE);
    char *m = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    m[0] = 6;
    pid_t child = fork();
    if (child == 0) {
        char before = m[0];
        madvise(m, PAGE, MADV_DONTNEED);
        _exit(before * 16 + m[0]);
    }
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status >> 8, 0x65);
    CHECK_EQ(m[0], 6);
    CHECK_OK(madvise(m, PAGE, MADV_DONTNEED));
    CHECK_EQ(m[0], 5);
    CHECK_OK(munmap(m, PAGE));
    close(fd);
    unlink(path);
}

int main(void)
{
    check_fresh_memory();
    check_file_and_child();
    return check_done();
}
