/* fallocate, memfd_create, readv, writev, preadv, pwritev and their 2 forms, syncfs, setfsuid,
 * setfsgid; errors.
 * needs: procfs users files holes memfd */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sys/uio.h>

enum { KEEP_SIZE = 1, PUNCH_HOLE = 2, CLOEXEC = 1, ALLOW_SEALING = 2 };

static long allocate(int fd, int mode, long offset, long length)
{
    return syscall(SYS_fallocate, fd, mode, offset, length);
}

static void check_fallocate(void)
{
    struct stat st;
    char buf[8];
    int fd = open("f", O_RDWR | O_CREAT, 0666), p[2];
    CHECK_OK(allocate(fd, 0, 1000, 9000));
    CHECK_OK(fstat(fd, &st));
    CHECK_EQ(st.st_size, 10000);
    CHECK_OK(allocate(fd, KEEP_SIZE, 0, 100000));
    CHECK_OK(fstat(fd, &st));
    CHECK_EQ(st.st_size, 10000);
    CHECK_EQ(pwrite(fd, "abcdefgh", 8, 4092), 8);
    CHECK_OK(allocate(fd, PUNCH_HOLE | KEEP_SIZE, 4094, 4));
    CHECK_EQ(pread(fd, buf, 8, 4092), 8);
    CHECK_EQ(memcmp(buf, "ab\0\0\0\0gh", 8), 0);
    CHECK_OK(allocate(fd, PUNCH_HOLE | KEEP_SIZE, 0, 1 << 20));
    CHECK_OK(fstat(fd, &st));
    CHECK_EQ(st.st_size, 10000);
    CHECK_ERR(allocate(fd, 0, -1, 5), EINVAL);
    CHECK_ERR(allocate(fd, 0, 0, 0), EINVAL);
    CHECK_ERR(allocate(fd, 0, 0, -5), EINVAL);
    CHECK_ERR(allocate(fd, PUNCH_HOLE, 0, 5), EOPNOTSUPP);
    CHECK_ERR(allocate(fd, 0, LONG_MAX, 5), EFBIG);
    CHECK_ERR(allocate(77, 0, 0, 5), EBADF);
    CHECK_OK(pipe(p));
    CHECK_ERR(allocate(p[1], 0, 0, 5), ESPIPE);
    int read_only = open("f", O_RDONLY), dir = open(".", O_RDONLY);
    CHECK_ERR(allocate(read_only, 0, 0, 5), EBADF);
    CHECK_ERR(allocate(dir, 0, 0, 5), EBADF);
    CHECK_OK(syscall(SYS_syncfs, read_only));
    CHECK_ERR(syscall(SYS_syncfs, 77), EBADF);
    close(read_only);
    close(dir);
    close(fd);
}

static void check_memfd(void)
{
    struct stat st;
    char name[250], path[64], target[64] = "";
    int fd = syscall(SYS_memfd_create, "a name", CLOEXEC);
    CHECK(fd >= 0);
    CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
    CHECK_OK(fstat(fd, &st));
    CHECK_EQ(st.st_mode & S_IFMT, S_IFREG);
    CHECK_EQ(st.st_size, 0);
    CHECK_EQ(write(fd, "text", 4), 4);
    char *at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(at != MAP_FAILED);
    CHECK_EQ(memcmp(at, "text", 4), 0);
    at[0] = 'n';
    CHECK_EQ(pread(fd, name, 4, 0), 4);
    CHECK_EQ(name[0], 'n');
    munmap(at, PAGE);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    CHECK(readlink(path, target, sizeof target - 1) > 0);
    CHECK_STR(target, "/memfd:a name (deleted)");
    close(fd);
    memset(name, 'n', sizeof name);
    name[249] = 0;
    fd = syscall(SYS_memfd_create, name, 0);
    CHECK(fd >= 0);
    close(fd);
    char longer[251];
    memset(longer, 'n', sizeof longer);
    longer[250] = 0;
    CHECK_ERR(syscall(SYS_memfd_create, longer, 0), EINVAL);
    CHECK_ERR(syscall(SYS_memfd_create, "x", 0x1000), EINVAL);
    CHECK_ERR(syscall(SYS_memfd_create, BAD_KERNEL, 0), EFAULT);
}

static void check_vectors(void)
{
    int fd = open("plain", O_RDWR | O_CREAT, 0666);
    struct iovec v[4] = {{"ab", 2}, {NULL, 0}, {"cde", 3}, {"f", 1}};
    CHECK_OK(ftruncate(fd, 0));
    CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
    CHECK_EQ(writev(fd, v, 4), 6);
    CHECK_EQ(writev(fd, v, 0), 0);
    char x[4] = "", y[8] = "";
    struct iovec r[2] = {{x, 2}, {y, 8}};
    CHECK_EQ(lseek(fd, 1, SEEK_SET), 1);
    CHECK_EQ(readv(fd, r, 2), 5);
    CHECK_STR(x, "bc");
    CHECK_STR(y, "def");
    CHECK_ERR(syscall(SYS_readv, fd, r, -1), EINVAL);
    CHECK_ERR(syscall(SYS_readv, fd, r, 1025), EINVAL);
    CHECK_ERR(syscall(SYS_writev, fd, BAD_KERNEL, 1), EFAULT);
    v[1] = (struct iovec){&fd, (size_t)-1};
    CHECK_ERR(writev(fd, v, 2), EINVAL);
    CHECK_ERR(writev(77, v, 1), EBADF);
    r[0] = (struct iovec){BAD_LOW, 2};
    CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
    CHECK_ERR(readv(fd, r, 1), EFAULT);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 0);
    close(fd);
}

static void check_at_offsets(void)
{
    char a[4] = "", b[8] = "";
    struct iovec out[2] = {{"0123", 4}, {"4567", 4}}, in[2] = {{a, 3}, {b, 8}};
    int fd = open("v", O_RDWR | O_CREAT, 0666), p[2];
    CHECK_EQ(syscall(SYS_pwritev, fd, out, 2, 2, 0), 8);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 0);
    CHECK_EQ(syscall(SYS_preadv, fd, in, 2, 3, 0), 7);
    CHECK_EQ(memcmp(a, "123", 3), 0);
    CHECK_STR(b, "4567");
    CHECK_EQ(syscall(SYS_preadv2, fd, in, 1, 2, 0, 0), 3);
    CHECK_EQ(memcmp(a, "012", 3), 0);
    CHECK_EQ(syscall(SYS_preadv2, fd, in, 1, -1l, -1l, 0),
             3); /* -1: at the position, which moves */
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 3);
    CHECK_EQ(syscall(SYS_pwritev2, fd, out, 1, 0, 0, 0x10), 4); /* RWF_APPEND */
    CHECK_STR(contents("v") + 10, "0123");
    CHECK_ERR(syscall(SYS_preadv, fd, in, 2, -2l, 0), EINVAL);
    CHECK_ERR(syscall(SYS_preadv2, fd, in, 2, 0, 0, 1 << 20), EOPNOTSUPP);
    CHECK_ERR(syscall(SYS_preadv, fd, in, -1, 0, 0), EINVAL);
    CHECK_ERR(syscall(SYS_preadv, fd, BAD_KERNEL, 1, 0, 0), EFAULT);
    CHECK_ERR(syscall(SYS_pwritev, 77, out, 2, 0, 0), EBADF);
    CHECK_OK(pipe(p));
    CHECK_ERR(syscall(SYS_preadv, p[0], in, 1, 0, 0), ESPIPE);
    close(fd);
}

static void check_fs_users(void)
{
    struct stat st;
    if (!as_root("users for files"))
        return;
    CHECK_OK(mkdir("open", 0777));
    CHECK_OK(chmod("open", 0777));
    make_file("closed", "x");
    CHECK_OK(chmod("closed", 0600));
    CHECK_EQ(syscall(SYS_setfsuid, USER), 0); /* they return what was */
    CHECK_EQ(syscall(SYS_setfsuid, -1), USER);
    CHECK_EQ(syscall(SYS_setfsgid, OTHER), 0);
    make_file("open/f", "");
    CHECK_OK(stat("open/f", &st));
    CHECK_EQ(st.st_uid, USER);
    CHECK_EQ(st.st_gid, OTHER);
    CHECK_ERR(open("closed", O_RDONLY), EACCES);
    CHECK_EQ(geteuid(), 0);
    CHECK_EQ(syscall(SYS_setfsgid, 0), OTHER);
    CHECK_EQ(syscall(SYS_setfsuid, 0), USER);
    CHECK_OK(close(open("closed", O_RDONLY)));
    become(USER);
    CHECK_EQ(syscall(SYS_setfsuid, -1), USER); /* it follows the effective user */
    become_root();
    CHECK_EQ(syscall(SYS_setfsuid, -1), 0);
}

static void check_seek(void)
{
    int fd = open("sparse", O_RDWR | O_CREAT, 0666);
    CHECK_EQ(pwrite(fd, "mid", 3, 8191), 3);
    CHECK_EQ(pwrite(fd, "end", 3, 1 << 30), 3);
    CHECK_EQ(lseek(fd, 0, SEEK_DATA), 4096);
    CHECK_EQ(lseek(fd, 4096, SEEK_HOLE), 12288);
    CHECK_EQ(lseek(fd, 0, SEEK_HOLE), 0);
    CHECK_EQ(lseek(fd, 20000, SEEK_DATA), 1 << 30);
    CHECK_ERR(lseek(fd, (1 << 30) + 3, SEEK_DATA), ENXIO);
    CHECK_ERR(lseek(fd, (1 << 30) + 3, SEEK_HOLE), ENXIO);
    CHECK_EQ(lseek(fd, 1 << 30, SEEK_HOLE), (1 << 30) + 3);
    close(fd);
}

/* To append, and not to. */
static void check_flags(void)
{
    char byte;
    struct iovec one = {&byte, 1};
    int fd = open("f", O_RDWR);
    CHECK_ERR(syscall(SYS_preadv2, fd, &one, 1, 0, 0, 0x10 | 0x20), EINVAL);
    close(fd);
}

int main(void)
{
    umask(022);
    check_fallocate();
    check_memfd();
    check_seek();
    check_vectors();
    check_at_offsets();
    check_flags();
    check_fs_users();
    return check_done();
}
