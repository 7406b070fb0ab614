/* sendfile, copy_file_range, fadvise64: copies inside the kernel, and each errno.
 * needs: files */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sys/sendfile.h>

static long copy_range(int in, off_t *in_at, int out, off_t *out_at, size_t count, unsigned flags)
{
    return syscall(SYS_copy_file_range, in, in_at, out, out_at, count, flags);
}

static void check_sendfile(void)
{
    char buf[16] = "";
    make_file("in", "0123456789");
    int in = open("in", O_RDONLY), out = open("out", O_RDWR | O_CREAT, 0666);
    CHECK_EQ(sendfile(out, in, NULL, 4), 4);
    CHECK_EQ(lseek(in, 0, SEEK_CUR), 4);
    off_t at = 8;
    CHECK_EQ(sendfile(out, in, &at, 100), 2);
    CHECK_EQ(at, 10);
    CHECK_EQ(lseek(in, 0, SEEK_CUR), 4); /* with an offset, the position stays */
    CHECK_EQ(sendfile(out, in, &at, 100), 0);
    CHECK_STR(contents("out"), "012389");
    int p[2];
    CHECK_OK(pipe(p));
    CHECK_EQ(sendfile(p[1], in, NULL, 100), 6);
    CHECK_EQ(read(p[0], buf, sizeof buf), 6);
    CHECK_STR(buf, "456789");
    CHECK_ERR(sendfile(out, p[0], NULL, 1), EINVAL);
    at = 0;
    CHECK_ERR(sendfile(out, p[0], &at, 1), ESPIPE);
    at = -1;
    CHECK_ERR(sendfile(out, in, &at, 1), EINVAL);
    CHECK_ERR(sendfile(in, in, NULL, 1), EBADF);
    CHECK_ERR(sendfile(out, 77, NULL, 1), EBADF);
    CHECK_ERR(sendfile(77, in, NULL, 1), EBADF);
    CHECK_ERR(sendfile(out, in, BAD_KERNEL, 1), EFAULT);
    int append = open("out", O_WRONLY | O_APPEND);
    CHECK_ERR(sendfile(append, in, NULL, 1), EINVAL);
    close(append);
    close(in);
    close(out);
}

/* The offset is read first and written last, whatever comes of the copy. */
static void check_offset(void)
{
    int in = open("in", O_RDONLY), out = open("out", O_RDWR);
    off_t *fixed = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *fixed = 10;
    CHECK_OK(mprotect(fixed, PAGE, PROT_READ));
    CHECK_ERR(sendfile(out, in, fixed, 10), EFAULT); /* at the end */
    CHECK_ERR(sendfile(out, in, fixed, 0), EFAULT);
    CHECK_ERR(sendfile(out, 77, fixed, 10), EFAULT);
    CHECK_ERR(sendfile(77, in, fixed, 10), EFAULT);
    CHECK_ERR(sendfile(out, 77, BAD_LOW, 10), EFAULT);
    off_t at = -5;
    CHECK_ERR(sendfile(77, in, &at, 1), EINVAL);
    CHECK_ERR(sendfile(77, 78, &at, 1), EBADF);
    CHECK_EQ(at, -5);
    munmap(fixed, PAGE);
    close(in);
    close(out);
}

static void check_large(void)
{
    enum { SIZE = 300000 };
    char *data = malloc(SIZE), *back = malloc(SIZE);
    for (int i = 0; i < SIZE; i++)
        data[i] = i * 7 + i / 1000;
    int in = open("big", O_RDWR | O_CREAT, 0666), out = open("big2", O_RDWR | O_CREAT, 0666);
    CHECK_EQ(write(in, data, SIZE), SIZE);
    off_t at = 0;
    long n, total = 0;
    while ((n = sendfile(out, in, &at, SIZE - total)) > 0)
        total += n;
    CHECK_EQ(total, SIZE);
    CHECK_EQ(pread(out, back, SIZE, 0), SIZE);
    CHECK_EQ(memcmp(data, back, SIZE), 0);
    free(data);
    free(back);
    close(in);
    close(out);
}

static void check_copy_file_range(void)
{
    make_file("in", "0123456789");
    make_file("out", "..........");
    int in = open("in", O_RDWR), out = open("out", O_RDWR);
    CHECK_EQ(copy_range(in, NULL, out, NULL, 3, 0), 3);
    CHECK_EQ(lseek(in, 0, SEEK_CUR), 3);
    CHECK_EQ(lseek(out, 0, SEEK_CUR), 3);
    off_t from = 8, to = 5;
    CHECK_EQ(copy_range(in, &from, out, &to, 100, 0), 2);
    CHECK_EQ(from, 10);
    CHECK_EQ(to, 7);
    CHECK_STR(contents("out"), "012..89...");
    CHECK_EQ(copy_range(in, &from, out, &to, 100, 0), 0);
    from = 0;
    to = 5;
    CHECK_EQ(copy_range(in, &from, in, &to, 5, 0), 5); /* within one file, apart */
    CHECK_STR(contents("in"), "0123401234");
    from = 0;
    to = 2;
    CHECK_ERR(copy_range(in, &from, in, &to, 5, 0), EINVAL);
    CHECK_ERR(copy_range(in, NULL, out, NULL, 1, 1), EINVAL);
    CHECK_ERR(copy_range(77, NULL, out, NULL, 1, 0), EBADF);
    int read_only = open("out", O_RDONLY), append = open("out", O_WRONLY | O_APPEND), p[2];
    CHECK_ERR(copy_range(in, NULL, read_only, NULL, 1, 0), EBADF);
    CHECK_ERR(copy_range(in, NULL, append, NULL, 1, 0), EBADF);
    CHECK_OK(pipe(p));
    CHECK_ERR(copy_range(p[0], NULL, out, NULL, 1, 0), EINVAL);
    int dir = open(".", O_RDONLY);
    CHECK_ERR(copy_range(dir, NULL, out, NULL, 1, 0), EISDIR);
    CHECK_ERR(copy_range(in, BAD_KERNEL, out, NULL, 1, 0), EFAULT);
}

static void check_fadvise(void)
{
    int fd = open("in", O_RDONLY), p[2];
    CHECK_OK(pipe(p));
    CHECK_EQ(posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL), 0);
    CHECK_EQ(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), 0);
    CHECK_EQ(posix_fadvise(fd, 0, 0, 99), EINVAL);
    CHECK_EQ(posix_fadvise(77, 0, 0, POSIX_FADV_NORMAL), EBADF);
    CHECK_EQ(posix_fadvise(p[0], 0, 0, POSIX_FADV_NORMAL), ESPIPE);
}

int main(void)
{
    check_sendfile();
    check_offset();
    check_large();
    check_copy_file_range();
    check_fadvise();
    return check_done();
}
