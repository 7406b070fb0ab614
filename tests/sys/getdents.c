/* getdents64: records, types, going on where one stopped while names come and go; each errno.
 * needs: fifo */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"

struct entry {
    uint64_t ino;
    int64_t offset;
    uint16_t length;
    uint8_t type;
    char name[];
};

static char buf[1024];
static char seen[2000];

static long entries(int fd, void *at, unsigned size)
{
    return syscall(SYS_getdents64, fd, at, size);
}

/* Counts in `seen` each name `N` of the records; how many there were, the others included. */
static int count(long length)
{
    int n = 0;
    for (long at = 0; at < length; n++) {
        struct entry *e = (struct entry *)(buf + at);
        if (e->name[0] >= '0' && e->name[0] <= '9')
            seen[atoi(e->name)]++;
        at += e->length;
    }
    return n;
}

static void check_records(void)
{
    struct stat st;
    int bad_ino = 0, bad_length = 0, types = 0;
    CHECK_OK(mkdir("d", 0777));
    make_file("d/file", "");
    CHECK_OK(mkdir("d/dir", 0777));
    CHECK_OK(symlink("x", "d/link"));
    CHECK_OK(mknod("d/fifo", S_IFIFO | 0666, 0));
    int fd = open("d", O_RDONLY | O_DIRECTORY);
    long n = entries(fd, buf, sizeof buf);
    CHECK(n > 0);
    for (long at = 0; at < n;) {
        struct entry *e = (struct entry *)(buf + at);
        char path[300];
        snprintf(path, sizeof path, "d/%s", e->name);
        bad_ino += lstat(path, &st) < 0 || (st.st_ino != e->ino && strcmp(e->name, "..") != 0);
        bad_length += e->length % 8 != 0 || e->length < 19 + strlen(e->name) + 1;
        types += (st.st_mode & S_IFMT) >> 12 == e->type;
        at += e->length;
    }
    CHECK_EQ(bad_ino, 0);
    CHECK_EQ(bad_length, 0);
    CHECK_EQ(types, 6);
    CHECK_STR(((struct entry *)buf)->name, ".");
    CHECK_EQ(entries(fd, buf, sizeof buf), 0);
    CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
    CHECK_EQ(entries(fd, buf, sizeof buf), n);
    close(fd);
}

static void check_errors(void)
{
    int fd = open("d", O_RDONLY), file = open("d/file", O_RDONLY);
    CHECK_ERR(entries(fd, buf, 8), EINVAL);
    CHECK_ERR(entries(fd, buf, 0), EINVAL);
    CHECK_ERR(entries(file, buf, sizeof buf), ENOTDIR);
    CHECK_ERR(entries(77, buf, sizeof buf), EBADF);
    CHECK_ERR(entries(fd, BAD_KERNEL, sizeof buf), EFAULT);
    CHECK_ERR(entries(fd, BAD_LOW, sizeof buf), EFAULT);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 0);
    CHECK(entries(fd, buf, sizeof buf) > 0); /* a failure skipped nothing */
    CHECK_STR(((struct entry *)buf)->name, ".");
    close(fd);
    close(file);
    CHECK_OK(mkdir("gone", 0777));
    fd = open("gone", O_RDONLY);
    CHECK_OK(rmdir("gone"));
    CHECK_ERR(entries(fd, buf, sizeof buf), ENOENT);
    close(fd);
}

/* Into a buffer that ends too early: the entries that went in are told, the others come next. */
static void check_edge(void)
{
    char *edge = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    enum { NAMES = 60 };
    int wrong = 0, cut = 0;
    munmap(edge + PAGE, PAGE);
    memset(seen, 0, sizeof seen);
    CHECK_OK(mkdir("edge", 0777));
    for (int i = 0; i < NAMES; i++) {
        char path[32];
        snprintf(path, sizeof path, "edge/%d", i);
        make_file(path, "");
    }
    int fd = open("edge", O_RDONLY);
    for (int room = 40; room < 300; room += 7) {
        char *at = edge + PAGE - room / 8 * 8;
        long n = entries(fd, at, 4096);
        if (n < 0)
            wrong += errno != EFAULT;
        cut += n > 0;
        if (n > 0)
            memcpy(buf, at, (size_t)n);
        count(n);
    }
    CHECK(cut > 3);
    for (long n; (n = entries(fd, buf, sizeof buf)) > 0;)
        count(n);
    for (int i = 0; i < NAMES; i++)
        wrong += seen[i] != 1;
    CHECK_EQ(wrong, 0);
    memset(seen, 0, sizeof seen);
    close(fd);
    munmap(edge, PAGE);
}

static void touch(int number)
{
    char path[32];
    snprintf(path, sizeof path, "many/%d", number);
    make_file(path, "");
}

static void drop(int number)
{
    char path[32];
    snprintf(path, sizeof path, "many/%d", number);
    unlink(path);
}

/* 1000 names, listed a few at a time while each second of the first 500 goes and others come: the
 * 500 that stay are seen just once, no name twice. */
static void check_changes(void)
{
    int missed = 0, twice = 0, n = 0;
    CHECK_OK(mkdir("many", 0777));
    for (int i = 0; i < 1000; i++)
        touch(i);
    int fd = open("many", O_RDONLY), step = 0;
    for (long length; (length = entries(fd, buf, 300)) > 0; step++) {
        n += count(length);
        if (step < 250) {
            drop(step * 2);
            touch(1000 + step);
        }
    }
    for (int i = 0; i < 2000; i++)
        twice += seen[i] > 1;
    for (int i = 500; i < 1000; i++)
        missed += seen[i] != 1;
    for (int i = 1; i < 500; i += 2)
        missed += seen[i] != 1;
    CHECK_EQ(missed, 0);
    CHECK_EQ(twice, 0);
    CHECK(n > 500);
    close(fd);
}

/* A listing that removes what it sees leaves nothing, as `rm -r` does. */
static void check_remove_all(void)
{
    int fd = open("many", O_RDONLY), left = 0;
    for (long length; (length = entries(fd, buf, 400)) > 0;)
        for (long at = 0; at < length; at += ((struct entry *)(buf + at))->length)
            unlinkat(fd, ((struct entry *)(buf + at))->name, 0);
    CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
    for (long length; (length = entries(fd, buf, sizeof buf)) > 0;)
        left += count(length);
    CHECK_EQ(left, 2);
    close(fd);
    CHECK_OK(rmdir("many"));
}

/* The offset of a record is where the next one begins, also after the listing went on. */
static void check_resume(void)
{
    memset(seen, 0, sizeof seen);
    CHECK_OK(mkdir("many", 0777));
    for (int i = 0; i < 100; i++)
        touch(i);
    int fd = open("many", O_RDONLY), wrong = 0, n = 0;
    static struct {
        int64_t offset;
        char name[8];
    } at[102];
    for (long length; (length = entries(fd, buf, 200)) > 0;)
        for (long i = 0; i < length; i += ((struct entry *)(buf + i))->length) {
            struct entry *e = (struct entry *)(buf + i);
            at[n].offset = e->offset;
            snprintf(at[n++].name, 8, "%.7s", e->name);
        }
    CHECK_EQ(n, 102);
    for (int i = 0; i < n - 1; i += 7) {
        wrong += lseek(fd, at[i].offset, SEEK_SET) != at[i].offset;
        wrong +=
            entries(fd, buf, 200) <= 0 || strcmp(((struct entry *)buf)->name, at[i + 1].name) != 0;
    }
    CHECK_EQ(wrong, 0);
    CHECK_EQ(lseek(fd, at[n - 1].offset, SEEK_SET) == at[n - 1].offset, 1);
    CHECK_EQ(entries(fd, buf, 200), 0);
    close(fd);
}

int main(void)
{
    check_records();
    check_errors();
    check_edge();
    check_changes();
    check_remove_all();
    check_resume();
    return check_done();
}
