/* Files by descriptor: os.open to os.copy_file_range, each row of the table.
 * needs: procfs files */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include <os.h>
#include <sys/ioctl.h>

static char buffer[8192];

static int make(const char *path, const char *text)
{
    int fd = os.open(path, O_RDWR | O_CREAT | O_TRUNC, 0666);
    if (os.write(fd, text, strlen(text)) != (ssize_t)strlen(text))
        NOTE("write to %s failed", path);
    os.lseek(fd, 0, SEEK_SET);
    return fd;
}

/* What the file holds from its start, as a string. */
static const char *contents(const char *path)
{
    int fd = os.open(path, O_RDONLY);
    ssize_t n = os.read(fd, buffer, sizeof buffer - 1);
    os.close(fd);
    buffer[n < 0 ? 0 : n] = 0;
    return buffer;
}

static void check_open(void)
{
    os.umask(027);
    int fd = os.open("new", O_WRONLY | O_CREAT | O_EXCL, 0666);
    CHECK(fd >= 0);
    CHECK_EQ(os.fstat(fd).st_mode, S_IFREG | 0640);
    os.umask(022);
    CHECK_ERR(os.read(fd, buffer, 1), EBADF);
    CHECK_OK(os.close(fd));
    CHECK_ERR(os.close(fd), EBADF);
    CHECK_ERR(os.close(-1), EBADF);
    CHECK_ERR(os.open("new", O_WRONLY | O_CREAT | O_EXCL, 0666), EEXIST);
    CHECK_ERR(os.open("missing", O_RDONLY), ENOENT);
    CHECK_ERR(os.open("", O_RDONLY), ENOENT);
    CHECK_ERR(os.open(".", O_WRONLY), EISDIR);
    CHECK_ERR(os.open("new/x", O_RDONLY), ENOTDIR);
    CHECK_ERR(os.open("new", O_RDONLY | O_DIRECTORY), ENOTDIR);
    CHECK_OK(os.symlink("new", "link"));
    CHECK_ERR(os.open("link", O_RDONLY | O_NOFOLLOW), ELOOP);
    CHECK_OK(os.symlink("round", "round"));
    CHECK_ERR(os.open("round", O_RDONLY), ELOOP);
    memset(buffer, 'n', 300);
    buffer[300] = 0;
    CHECK_ERR(os.open(buffer, O_RDONLY), ENAMETOOLONG);
}

static void check_read_write(void)
{
    int fd = make("data", "0123456789");
    CHECK_EQ(os.read(fd, buffer, 4), 4);
    CHECK(memcmp(buffer, "0123", 4) == 0);
    CHECK_EQ(os.lseek(fd, 0, SEEK_CUR), 4);
    CHECK_EQ(os.pread(fd, buffer, 100, 8), 2);
    CHECK_EQ(os.pread(fd, buffer, 100, 10), 0);
    CHECK_EQ(os.pwrite(fd, "AB", 2, 1), 2);
    CHECK_EQ(os.lseek(fd, 0, SEEK_CUR), 4);
    CHECK_STR(contents("data"), "0AB3456789");
    CHECK_ERR(os.pread(fd, buffer, 1, -1), EINVAL);
    CHECK_EQ(os.read(fd, buffer, 100), 6);
    CHECK_EQ(os.read(fd, buffer, 100), 0);
    CHECK_EQ(os.lseek(fd, -3, SEEK_END), 7);
    CHECK_EQ(os.lseek(fd, 20, SEEK_SET), 20);
    CHECK_EQ(os.write(fd, "x", 1), 1);
    CHECK_EQ(os.fstat(fd).st_size, 21);
    CHECK_EQ(os.pread(fd, buffer, 11, 9), 11);
    CHECK(memcmp(buffer, "9\0\0\0\0\0\0\0\0\0\0", 11) == 0);
    CHECK_ERR(os.lseek(fd, -1, SEEK_SET), EINVAL);
    CHECK_ERR(os.lseek(fd, 0, 99), EINVAL);
    CHECK_ERR(os.lseek(999, 0, SEEK_SET), EBADF);
    CHECK_ERR(os.read(999, buffer, 1), EBADF);
    CHECK_ERR(os.write(999, buffer, 1), EBADF);
    os.close(fd);

    struct iovec parts[] = {{"one", 3}, {"", 0}, {" two", 4}};
    fd = make("vector", "");
    CHECK_EQ(os.writev(fd, parts, 3), 7);
    CHECK_STR(contents("vector"), "one two");
    char a[2], b[10];
    struct iovec into[] = {{a, 2}, {b, 10}};
    os.lseek(fd, 0, SEEK_SET);
    CHECK_EQ(os.readv(fd, into, 2), 7);
    CHECK(memcmp(a, "on", 2) == 0 && memcmp(b, "e two", 5) == 0);
    CHECK_ERR(os.readv(fd, into, -1), EINVAL);
    CHECK_ERR(os.writev(999, parts, 1), EBADF);
    CHECK_EQ(os.pwritev(fd, parts, 3, 10, 0), 7);
    CHECK_EQ(os.lseek(fd, 0, SEEK_CUR), 7);
    CHECK_EQ(os.preadv(fd, into, 2, 9, 0), 8);
    CHECK(memcmp(a, "\0o", 2) == 0 && memcmp(b, "ne two", 6) == 0);
    CHECK_EQ(os.preadv(fd, into, 2, -1, 0), 10); /* from the position on, and moves it */
    CHECK_EQ(os.lseek(fd, 0, SEEK_CUR), 17);
    CHECK_EQ(os.preadv(fd, into, 2, 17, 0), 0);
    CHECK_ERR(os.preadv(fd, into, 2, -2, 0), EINVAL);
    CHECK_ERR(os.preadv(fd, into, 2, 0, 0x10000), EOPNOTSUPP);
    CHECK_ERR(os.pwritev(999, parts, 1, 0, 0), EBADF);
    struct os_pipe_result p = os.pipe();
    CHECK_ERR(os.preadv(p.r, into, 2, 0, 0), ESPIPE);
    CHECK_ERR(os.pwritev(p.w, parts, 2, 0, 0), ESPIPE);
    CHECK_ERR(os.posix_fallocate(p.w, 0, 1), ESPIPE);
    os.close(p.r);
    os.close(p.w);
    os.close(fd);

    fd = os.open("data", O_WRONLY | O_APPEND);
    CHECK_EQ(os.write(fd, "end", 3), 3);
    CHECK_EQ(os.lseek(fd, 0, SEEK_CUR), 24);
    os.close(fd);
}

static void check_dup(void)
{
    int fd = make("dup", "0123456789"), other = os.dup(fd);
    CHECK(other > fd);
    CHECK_EQ(os.lseek(other, 3, SEEK_SET), 3);
    CHECK_EQ(os.lseek(fd, 0, SEEK_CUR), 3); /* one open file, one position */
    CHECK_EQ(os.dup2(fd, 77), 77);
    CHECK_EQ(os.lseek(77, 0, SEEK_CUR), 3);
    CHECK_EQ(os.dup2(77, 77), 77);
    CHECK_EQ(os.dup2(other, fd), fd);
    CHECK_ERR(os.dup(999), EBADF);
    CHECK_ERR(os.dup2(999, 5), EBADF);
    CHECK_ERR(os.dup2(fd, -1), EBADF);
    CHECK_ERR(os.dup2(fd, 1 << 30), EBADF);
    CHECK(os.path.sameopenfile(fd, 77) == 1);
    CHECK_EQ(os.path.sameopenfile(fd, 0), 0);
    CHECK_ERR(os.path.sameopenfile(fd, 999), EBADF);
    CHECK(os.path.samestat(os.fstat(fd), os.stat("dup")));
    CHECK(!os.path.samestat(os.fstat(fd), os.stat(".")));

    /* closerange closes what is there and passes over what is not. */
    for (int i = 50; i < 60; i += 2)
        os.dup2(fd, i);
    os.closerange(51, 58);
    CHECK_OK(os.fstat(50).st_mode ? 0 : -1);
    CHECK(os.fstat(52).st_mode == 0 && errno == EBADF);
    CHECK(os.fstat(56).st_mode == 0 && errno == EBADF);
    CHECK_OK(os.fstat(58).st_mode ? 0 : -1);
    os.closerange(60, 50); /* an empty range */
    CHECK_OK(os.fstat(50).st_mode ? 0 : -1);
    os.closerange(-5, 0);
    CHECK_OK(os.fstat(0).st_mode ? 0 : -1);
    os.closerange(fd, 100);
    CHECK(os.fstat(fd).st_mode == 0 && errno == EBADF);
}

static void check_pipe(void)
{
    struct os_pipe_result p = os.pipe();
    CHECK(p.r >= 0 && p.w >= 0);
    CHECK_EQ(os.write(p.w, "hello", 5), 5);
    CHECK_EQ(os.read(p.r, buffer, 100), 5);
    CHECK_ERR(os.lseek(p.r, 0, SEEK_SET), ESPIPE);
    CHECK_ERR(os.pread(p.r, buffer, 1, 0), ESPIPE);
    CHECK_ERR(os.pwrite(p.w, buffer, 1, 0), ESPIPE);
    CHECK_ERR(os.fsync(p.r), EINVAL);
    CHECK_ERR(os.read(p.w, buffer, 1), EBADF);
    CHECK_ERR(os.write(p.r, buffer, 1), EBADF);
    CHECK_EQ(os.get_blocking(p.r), 1);
    CHECK_OK(os.set_blocking(p.r, false));
    CHECK_EQ(os.get_blocking(p.r), 0);
    CHECK_ERR(os.read(p.r, buffer, 1), EAGAIN);
    CHECK_OK(os.set_blocking(p.r, true));
    CHECK_EQ(os.get_blocking(p.r), 1);
    CHECK_ERR(os.get_blocking(999), EBADF);
    CHECK_ERR(os.set_blocking(999, true), EBADF);
    os.close(p.w);
    CHECK_EQ(os.read(p.r, buffer, 1), 0);
    os.close(p.r);

    p = os.pipe2(O_NONBLOCK);
    CHECK_EQ(os.get_blocking(p.w), 0);
    CHECK_EQ(os.get_inheritable(p.w), 1); /* the flags that were given and no others */
    CHECK_ERR(os.read(p.r, buffer, 1), EAGAIN);
    signal(SIGPIPE, SIG_IGN);
    os.close(p.r);
    CHECK_ERR(os.write(p.w, "x", 1), EPIPE);
    os.close(p.w);
    CHECK_ERR(os.pipe2(0x7fffffff).r, EINVAL);
}

static void check_attributes(void)
{
    int fd = make("attributes", "text");
    struct os_stat_result st = os.fstat(fd);
    CHECK_EQ(st.st_size, 4);
    CHECK_EQ(st.st_nlink, 1);
    CHECK_EQ(st.st_uid, os.geteuid());
    CHECK(st.st_mtime_ns == st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec);
    CHECK_EQ(st.st_mtime, st.st_mtim.tv_sec);
    CHECK_OK(os.fchmod(fd, 01751));
    CHECK_EQ(os.fstat(fd).st_mode & 07777, 01751);
    CHECK_OK(os.fchown(fd, -1, -1));
    CHECK_OK(os.ftruncate(fd, 2));
    CHECK_STR(contents("attributes"), "te");
    CHECK_OK(os.ftruncate(fd, 5000));
    CHECK_EQ(os.fstat(fd).st_size, 5000);
    CHECK_OK(os.fsync(fd));
    CHECK_OK(os.fdatasync(fd));
    CHECK(os.fstatvfs(fd).f_bsize > 0);
    CHECK_EQ(os.fpathconf(fd, _PC_NAME_MAX), 255);
    CHECK_ERR(os.fpathconf(fd, 9999), EINVAL);
    CHECK_OK(os.posix_fallocate(fd, 0, 100000));
    CHECK_EQ(os.fstat(fd).st_size, 100000);
    CHECK_OK(os.posix_fallocate(fd, 10, 10));
    CHECK_EQ(os.fstat(fd).st_size, 100000);
    CHECK_ERR(os.posix_fallocate(fd, 0, 0), EINVAL);
    CHECK_ERR(os.posix_fallocate(fd, -1, 5), EINVAL);
    CHECK_ERR(os.posix_fallocate(999, 0, 5), EBADF);
    CHECK_OK(os.posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL));
    CHECK_ERR(os.ftruncate(fd, -1), EINVAL);
    os.close(fd);
    CHECK(os.fstat(fd).st_mode == 0 && errno == EBADF);
    CHECK(os.fstatvfs(fd).f_bsize == 0 && errno == EBADF);
    CHECK_ERR(os.fchmod(fd, 0), EBADF);
    CHECK_ERR(os.fchown(fd, 0, 0), EBADF);
    CHECK_ERR(os.ftruncate(fd, 0), EBADF);
    CHECK_ERR(os.fsync(fd), EBADF);
    CHECK_ERR(os.fdatasync(fd), EBADF);
    CHECK_ERR(os.fpathconf(fd, _PC_NAME_MAX), EBADF);
    CHECK_ERR(os.posix_fadvise(fd, 0, 0, 0), EBADF);
    fd = os.open("attributes", O_RDONLY);
    CHECK_ERR(os.ftruncate(fd, 0), EINVAL); /* not open for writing */
    os.close(fd);
    if (as_root("other owners")) {
        fd = make("attributes", "");
        CHECK_OK(os.fchown(fd, 12, 34));
        CHECK(os.stat("attributes").st_uid == 12 && os.stat("attributes").st_gid == 34);
        os.close(fd);
    }
}

static void check_copies(void)
{
    int from = make("from", "0123456789"), to = make("to", "");
    off_t offset = 2, offset_to = 1;
    CHECK_EQ(os.sendfile(to, from, &offset, 3), 3);
    CHECK_EQ(offset, 5);
    CHECK_EQ(os.lseek(from, 0, SEEK_CUR), 0);
    CHECK_EQ(os.sendfile(to, from, NULL, 100), 10);
    CHECK_EQ(os.lseek(from, 0, SEEK_CUR), 10);
    CHECK_EQ(os.sendfile(to, from, NULL, 100), 0);
    CHECK_STR(contents("to"), "2340123456789");
    CHECK_ERR(os.sendfile(999, from, NULL, 1), EBADF);
    CHECK_ERR(os.sendfile(to, 999, NULL, 1), EBADF);

    os.ftruncate(to, 0);
    os.lseek(to, 0, SEEK_SET);
    os.lseek(from, 7, SEEK_SET);
    CHECK_EQ(os.copy_file_range(from, to, 100, NULL, NULL), 3);
    offset = 0;
    CHECK_EQ(os.copy_file_range(from, to, 2, &offset, &offset_to), 2);
    CHECK_EQ(offset, 2);
    CHECK_EQ(offset_to, 3);
    CHECK_STR(contents("to"), "701");
    CHECK_ERR(os.copy_file_range(from, 999, 1, NULL, NULL), EBADF);
    os.close(from);
    os.close(to);

    from = make("locked", "0123456789");
    CHECK_OK(os.lockf(from, F_LOCK, 5));
    CHECK_OK(os.lockf(from, F_TEST, 5)); /* our own */
    CHECK_CHILD("a lock of another", {
        CHILD_REQUIRE(os.lockf(from, F_TEST, 5) == -1 && (errno == EACCES || errno == EAGAIN));
        CHILD_REQUIRE(os.lockf(from, F_TLOCK, 1) == -1 && (errno == EACCES || errno == EAGAIN));
        os.lseek(from, 5, SEEK_SET);
        CHILD_REQUIRE(os.lockf(from, F_TLOCK, 0) == 0);
    });
    os.lseek(from, 0, SEEK_SET);
    CHECK_OK(os.lockf(from, F_ULOCK, 5));
    CHECK_ERR(os.lockf(from, 99, 0), EINVAL);
    CHECK_ERR(os.lockf(999, F_TEST, 0), EBADF);
    os.close(from);
}

/* What is no terminal says so; the tests of terminals have real ones. */
static void check_no_terminal(void)
{
    int fd = make("plain", "");
    CHECK(!os.isatty(fd));
    CHECK(!os.isatty(999));
    CHECK_NULL_ERR(os.ttyname(fd), ENOTTY);
    CHECK_NULL_ERR(os.ttyname(999), EBADF);
    CHECK_ERR(os.get_terminal_size(fd).columns, ENOTTY);
    CHECK_ERR(os.get_terminal_size(999).columns, EBADF);
    CHECK_ERR(os.tcgetpgrp(fd), ENOTTY);
    CHECK_ERR(os.tcgetpgrp(999), EBADF);
    CHECK_ERR(os.tcsetpgrp(fd, os.getpgrp()), ENOTTY);
    char *path = os.ctermid();
    CHECK_STR(path, "/dev/tty");
    free(path);
    FILE *file = os.fdopen(fd, "w");
    CHECK(file != NULL);
    CHECK(fputs("by stdio", file) >= 0);
    CHECK_OK(fclose(file));
    CHECK_STR(contents("plain"), "by stdio");
    CHECK_ERR(os.close(fd), EBADF); /* fclose closes both */
    fd = os.open("plain", O_RDONLY);
    file = os.fdopen(fd, NULL);
    CHECK(file && fgetc(file) == 'b');
    CHECK_NULL_ERR(os.fdopen(fd, "q"), EINVAL);
    fclose(file);
    CHECK_NULL_ERR(os.fdopen(999, "r"), EBADF);
}

/* A file without a name. */
static void check_memfd(void)
{
    int fd = os.memfd_create("note", MFD_CLOEXEC), open_over_exec = os.memfd_create("note", 0);
    CHECK(fd >= 0 && open_over_exec > fd);
    CHECK_EQ(os.get_inheritable(fd), 0);
    CHECK_EQ(os.get_inheritable(open_over_exec), 1);
    CHECK_EQ(os.write(fd, "text", 4), 4);
    CHECK_EQ(os.fstat(fd).st_size, 4);
    CHECK_EQ(os.fstat(open_over_exec).st_size, 0);
    CHECK_ERR(os.memfd_create("note", 0x4000), EINVAL);
    os.close(fd);
    os.close(open_over_exec);
}

int main(void)
{
    check_open();
    check_read_write();
    check_dup();
    check_pipe();
    check_attributes();
    check_copies();
    check_memfd();
    check_no_terminal();
    return check_done();
}
