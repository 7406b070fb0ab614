/* read, write, pread64, pwrite64, lseek: positions, holes; errors. */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"

static char buf[3 * 4096];

static void check_positions(int fd)
{
    CHECK_EQ(write(fd, "0123456789", 10), 10);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 10);
    CHECK_EQ(read(fd, buf, 1), 0);
    CHECK_EQ(lseek(fd, -3, SEEK_END), 7);
    CHECK_EQ(read(fd, buf, 100), 3);
    CHECK_EQ(memcmp(buf, "789", 3), 0);
    CHECK_EQ(lseek(fd, 2, SEEK_SET), 2);
    CHECK_EQ(lseek(fd, 3, SEEK_CUR), 5);
    CHECK_EQ(pread(fd, buf, 2, 8), 2);
    CHECK_EQ(pwrite(fd, "x", 1, 0), 1);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 5); /* neither moves it */
    CHECK_EQ(pread(fd, buf, 5, 10), 0);
    CHECK_EQ(pread(fd, buf, 5, 1000), 0);
    CHECK_EQ(write(fd, "", 0), 0);
    CHECK_EQ(read(fd, NULL, 0), 0);
    CHECK_ERR(lseek(fd, -1, SEEK_SET), EINVAL);
    CHECK_ERR(lseek(fd, -11, SEEK_END), EINVAL);
    CHECK_ERR(lseek(fd, 0, 99), EINVAL);
    CHECK_ERR(lseek(77, 0, SEEK_SET), EBADF);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 5);
    CHECK_ERR(pread(fd, buf, 1, -1), EINVAL);
    CHECK_ERR(pwrite(fd, buf, 1, -1), EINVAL);
    CHECK_ERR(read(77, buf, 1), EBADF);
    CHECK_ERR(write(77, buf, 1), EBADF);
    CHECK_ERR(pread(77, buf, 1, 0), EBADF);
    CHECK_ERR(pwrite(fd, buf, 1, LONG_MAX), EINVAL);
    CHECK_ERR(lseek(fd, LONG_MAX, SEEK_CUR), EINVAL);
    CHECK_EQ(lseek(fd, LONG_MAX, SEEK_SET), LONG_MAX);
    CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
}

static void check_holes(void)
{
    int fd = open("holes", O_RDWR | O_CREAT, 0666);
    struct stat st;
    CHECK_EQ(lseek(fd, 1 << 30, SEEK_SET), 1 << 30);
    CHECK_OK(fstat(fd, &st));
    CHECK_EQ(st.st_size, 0); /* moving alone makes nothing */
    CHECK_EQ(write(fd, "end", 3), 3);
    CHECK_OK(fstat(fd, &st));
    CHECK_EQ(st.st_size, (1 << 30) + 3);
    CHECK(st.st_blocks <= 64);
    memset(buf, 'x', sizeof buf);
    CHECK_EQ(pread(fd, buf, sizeof buf, 12345), sizeof buf);
    int nonzero = 0;
    for (size_t i = 0; i < sizeof buf; i++)
        nonzero += buf[i] != 0;
    CHECK_EQ(nonzero, 0);
    CHECK_EQ(pwrite(fd, "mid", 3, 8191), 3); /* over a page's edge */
    CHECK_EQ(pread(fd, buf, 6, 8189), 6);
    CHECK_EQ(memcmp(buf, "\0\0mid\0", 6), 0);
    close(fd);
}

static void check_append(void)
{
    int a = open("log", O_WRONLY | O_CREAT | O_APPEND, 0666), b = open("log", O_RDWR | O_APPEND);
    CHECK_EQ(write(a, "aa", 2), 2);
    CHECK_EQ(write(b, "b", 1), 1);
    CHECK_EQ(lseek(a, 0, SEEK_SET), 0);
    CHECK_EQ(write(a, "c", 1), 1);
    CHECK_EQ(lseek(a, 0, SEEK_CUR), 4);
    CHECK_EQ(pwrite(b, "d", 1, 0), 1); /* Linux appends here too */
    CHECK_STR(contents("log"), "aabcd");
    CHECK_OK(fcntl(b, F_SETFL, 0));
    CHECK_EQ(pwrite(b, "X", 1, 0), 1);
    CHECK_STR(contents("log"), "Xabcd");
    close(a);
    close(b);
}

static void check_bad_buffers(int fd)
{
    char *read_only = page_with(PROT_READ),
         *edge = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(edge + PAGE, PAGE);
    CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
    CHECK_ERR(read(fd, read_only, 1), EFAULT);
    CHECK_ERR(read(fd, BAD_KERNEL, 1), EFAULT);
    CHECK_ERR(write(fd, BAD_HOLE, 1), EFAULT);
    CHECK_ERR(write(fd, BAD_LOW, 1), EFAULT);
    CHECK_ERR(read(fd, BAD_KERNEL, LONG_MAX), EFAULT);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 0);
    memset(edge, 'e', PAGE);
    CHECK_EQ(write(fd, edge + PAGE - 100, 100), 100);
    CHECK_ERR(write(fd, edge + PAGE, 100), EFAULT);
    struct stat st;
    CHECK_OK(fstat(fd, &st));
    CHECK_EQ(st.st_size, 100);
    CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
    CHECK_EQ(read(fd, edge + PAGE - 30, 100), 30); /* what was delivered, and no more */
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 30);
    CHECK_ERR(read(fd, edge + PAGE, 100), EFAULT);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 30);
    munmap(edge, PAGE);
    munmap(read_only, PAGE);
}

/* Two processes, each writing lines to one open file: none is lost, none is torn. */
static void check_together(void)
{
    enum { LINES = 500, LENGTH = 16 };
    int fd = open("together", O_RDWR | O_CREAT, 0666);
    fflush(stdout);
    for (int writer = 0; writer < 2; writer++)
        if (fork() == 0) {
            char line[LENGTH];
            memset(line, 'a' + writer, sizeof line);
            for (int i = 0; i < LINES; i++)
                if (write(fd, line, sizeof line) != sizeof line)
                    _exit(1);
            _exit(0);
        }
    while (wait(NULL) > 0)
        ;
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 2 * LINES * LENGTH);
    int torn = 0, of_a = 0;
    for (int i = 0; i < 2 * LINES; i++) {
        char line[LENGTH];
        torn += pread(fd, line, LENGTH, i * LENGTH) != LENGTH ||
                memcmp(line, line + 1, LENGTH - 1) != 0;
        of_a += line[0] == 'a';
    }
    CHECK_EQ(torn, 0);
    CHECK_EQ(of_a, LINES);
    close(fd);
}

int main(void)
{
    int fd = open("f", O_RDWR | O_CREAT, 0666);
    check_positions(fd);
    check_holes();
    check_append();
    check_bad_buffers(fd);
    check_together();
    return check_done();
}
