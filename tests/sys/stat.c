/* stat, lstat, fstat, newfstatat, statx, statfs, fstatfs: each field and each errno.
 * needs: procfs files */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sys/ioctl.h>
#include <sys/statfs.h>
#include <sys/sysinfo.h>
#include <sys/sysmacros.h>

static bool later(struct timespec a, struct timespec b)
{
    return a.tv_sec > b.tv_sec || (a.tv_sec == b.tv_sec && a.tv_nsec > b.tv_nsec);
}

static bool equal(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static void check_fields(void)
{
    struct stat st, dir;
    umask(022);
    CHECK_OK(stat(".", &dir));
    make_file("f", "hello");
    CHECK_OK(stat("f", &st));
    CHECK_EQ(st.st_mode, S_IFREG | 0644);
    CHECK_EQ(st.st_size, 5);
    CHECK_EQ(st.st_nlink, 1);
    CHECK_EQ(st.st_uid, geteuid());
    CHECK_EQ(st.st_gid, getegid());
    CHECK_EQ(st.st_rdev, 0);
    CHECK(st.st_dev == dir.st_dev);
    CHECK(st.st_ino != 0);
    CHECK(st.st_ino != dir.st_ino);
    CHECK_EQ(st.st_blksize, 4096);
    CHECK_EQ(st.st_blocks, 8);
    CHECK(S_ISDIR(dir.st_mode));
    CHECK_OK(mkdir("d", 0755));
    CHECK_OK(mkdir("d/sub", 0755));
    CHECK_OK(stat("d", &st));
    CHECK_EQ(st.st_mode, S_IFDIR | 0755);
    CHECK_EQ(st.st_nlink, 3);
    CHECK_OK(stat("/dev/null", &st));
    CHECK_EQ(st.st_mode & S_IFMT, S_IFCHR);
    CHECK_EQ(st.st_rdev, makedev(1, 3));
    CHECK_OK(stat("/dev/zero", &st));
    CHECK_EQ(st.st_rdev, makedev(1, 5));
    CHECK_OK(symlink("d", "s"));
    CHECK_OK(lstat("s", &st));
    CHECK_EQ(st.st_size, 1);
    int p[2];
    CHECK_OK(pipe(p));
    CHECK_OK(fstat(p[0], &st));
    CHECK_EQ(st.st_mode, S_IFIFO | 0600);
    CHECK_OK(stat("/", &st));
    ino_t root = st.st_ino;
    CHECK_OK(stat("/..", &st));
    CHECK(st.st_ino == root);
}

static void check_times(void)
{
    struct stat a, b;
    int fd = open("t", O_RDWR | O_CREAT, 0666);
    CHECK_OK(fstat(fd, &a));
    CHECK(equal(a.st_mtim, a.st_ctim));
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    CHECK(labs(now.tv_sec - a.st_mtim.tv_sec) < 100);
    sleep_ms(20);
    CHECK_EQ(write(fd, "x", 1), 1);
    CHECK_OK(fstat(fd, &b));
    CHECK(later(b.st_mtim, a.st_mtim));
    CHECK(later(b.st_ctim, a.st_ctim));
    CHECK(equal(b.st_atim, a.st_atim));
    sleep_ms(20);
    CHECK_OK(fchmod(fd, 0600));
    CHECK_OK(fstat(fd, &a));
    CHECK(equal(b.st_mtim, a.st_mtim));
    CHECK(later(a.st_ctim, b.st_ctim));
    sleep_ms(20);
    CHECK_OK(stat("d", &a)); /* a directory changes with its names */
    make_file("d/new", "");
    CHECK_OK(stat("d", &b));
    CHECK(later(b.st_mtim, a.st_mtim));
    sleep_ms(20);
    make_file("d/new", "more");
    CHECK_OK(stat("d", &a));
    CHECK(equal(b.st_mtim, a.st_mtim));
    CHECK_OK(rename("d/new", "d/old"));
    CHECK_OK(stat("d", &b));
    CHECK(later(b.st_mtim, a.st_mtim));
    close(fd);
}

static void check_at(void)
{
    struct stat st, f;
    CHECK_OK(stat("f", &f));
    int dir = open("d", O_RDONLY), file = open("f", O_RDONLY);
    CHECK_OK(fstatat(dir, "sub", &st, 0));
    CHECK_OK(fstatat(dir, "../f", &st, 0));
    CHECK(st.st_ino == f.st_ino);
    CHECK_OK(fstatat(AT_FDCWD, "s", &st, AT_SYMLINK_NOFOLLOW));
    CHECK(S_ISLNK(st.st_mode));
    CHECK_OK(fstatat(AT_FDCWD, "s", &st, 0));
    CHECK(S_ISDIR(st.st_mode));
    CHECK_OK(fstatat(file, "", &st, AT_EMPTY_PATH));
    CHECK(st.st_ino == f.st_ino);
    CHECK_OK(fstatat(AT_FDCWD, "", &st, AT_EMPTY_PATH));
    CHECK(S_ISDIR(st.st_mode));
    CHECK_ERR(fstatat(file, "x", &st, 0), ENOTDIR);
    CHECK_ERR(fstatat(77, "x", &st, 0), EBADF);
    CHECK_ERR(fstatat(dir, "", &st, 0), ENOENT);
    CHECK_ERR(fstatat(dir, "sub", &st, 0x40000000), EINVAL);
    CHECK_OK(fstatat(77, "/", &st, 0));
    close(dir);
    close(file);
}

static void check_errors(void)
{
    struct stat st;
    CHECK_ERR(stat("none", &st), ENOENT);
    CHECK_ERR(stat("", &st), ENOENT);
    CHECK_ERR(stat("f/x", &st), ENOTDIR);
    CHECK_ERR(stat("f/", &st), ENOTDIR);
    CHECK_ERR(lstat("none", &st), ENOENT);
    CHECK_ERR(fstat(77, &st), EBADF);
    CHECK_ERR(syscall(SYS_stat, "f", NULL), EFAULT);
    CHECK_ERR(syscall(SYS_stat, "f", page_with(PROT_READ)), EFAULT);
    CHECK_ERR(syscall(SYS_stat, BAD_KERNEL, &st), EFAULT);
    CHECK_ERR(syscall(SYS_fstat, 0, BAD_KERNEL), EFAULT);
    CHECK_ERR(syscall(SYS_lstat, "f", BAD_HOLE), EFAULT);
}

/* The beginning of struct statx, as the kernel fills it. */
struct statx_head {
    uint32_t mask, blksize;
    uint64_t attributes;
    uint32_t nlink, uid, gid;
    uint16_t mode, pad;
    uint64_t ino, size, blocks, attributes_mask;
    struct {
        int64_t sec;
        uint32_t nsec, pad;
    } atime, btime, ctime, mtime;
    uint32_t rdev_major, rdev_minor, dev_major, dev_minor;
    uint64_t mnt_id, rest[13];
};

static void check_statx(void)
{
    struct statx_head x;
    struct stat st;
    _Static_assert(sizeof x == 256, "struct statx has 256 bytes");
    CHECK_OK(stat("f", &st));
    CHECK_OK(syscall(SYS_statx, AT_FDCWD, "f", 0, 0x7ff, &x));
    CHECK_EQ(x.mask & 0x7ff, 0x7ff);
    CHECK_EQ(x.mode, st.st_mode);
    CHECK_EQ(x.size, st.st_size);
    CHECK_EQ(x.blocks, st.st_blocks);
    CHECK_EQ(x.nlink, st.st_nlink);
    CHECK_EQ(x.ino == st.st_ino, 1);
    CHECK_EQ(x.mtime.sec == st.st_mtim.tv_sec && x.mtime.nsec == st.st_mtim.tv_nsec, 1);
    CHECK_EQ(makedev(x.dev_major, x.dev_minor) == st.st_dev, 1);
    CHECK_OK(syscall(SYS_statx, AT_FDCWD, "/dev/null", 0, 0x7ff, &x));
    CHECK_EQ(x.rdev_major, 1);
    CHECK_EQ(x.rdev_minor, 3);
    CHECK_OK(syscall(SYS_statx, AT_FDCWD, "s", AT_SYMLINK_NOFOLLOW, 0x7ff, &x));
    CHECK(S_ISLNK(x.mode));
    CHECK_OK(syscall(SYS_statx, AT_FDCWD, "", AT_EMPTY_PATH, 0x7ff, &x));
    CHECK(S_ISDIR(x.mode));
    CHECK_ERR(syscall(SYS_statx, AT_FDCWD, "none", 0, 0x7ff, &x), ENOENT);
    CHECK_ERR(syscall(SYS_statx, AT_FDCWD, "f", 0, 0x80000000, &x), EINVAL);
    CHECK_ERR(syscall(SYS_statx, AT_FDCWD, "f", 0x40000000, 0x7ff, &x), EINVAL);
    CHECK_ERR(syscall(SYS_statx, AT_FDCWD, "f", 0, 0x7ff, BAD_KERNEL), EFAULT);
    CHECK_ERR(syscall(SYS_statx, 77, "f", 0, 0x7ff, &x), EBADF);
}

/* Files in memory take at most half of it, unless it was mounted with another size. */
static void check_half(const struct statfs *fs)
{
    struct sysinfo info;
    CHECK_OK(sysinfo(&info));
    if (access("/proc/kcounts", F_OK) < 0)
        SKIP("half of memory for files", "it may have been mounted with another size");
    else
        check_verdict(fs->f_bfree * 4096 <= info.totalram * info.mem_unit / 2,
                      "half of memory for files");
}

static void check_statfs(void)
{
    struct statfs fs;
    CHECK_OK(statfs(".", &fs));
    CHECK_EQ(fs.f_type, 0x01021994); /* tmpfs */
    CHECK_EQ(fs.f_bsize, 4096);
    CHECK_EQ(fs.f_namelen, 255);
    CHECK(fs.f_bfree <= fs.f_blocks);
    check_half(&fs);
    CHECK_OK(statfs("/proc", &fs));
    CHECK_EQ(fs.f_type, 0x9fa0);
    int fd = open("f", O_RDONLY);
    CHECK_OK(fstatfs(fd, &fs));
    CHECK_EQ(fs.f_type, 0x01021994);
    CHECK_ERR(fstatfs(77, &fs), EBADF);
    CHECK_ERR(statfs("none", &fs), ENOENT);
    CHECK_ERR(syscall(SYS_statfs, ".", BAD_KERNEL), EFAULT);
    CHECK_ERR(syscall(SYS_fstatfs, fd, NULL), EFAULT);
    close(fd);
}

/* The line of /proc/self/mountinfo with that number of a mount: its device; 0 if there is none. */
static dev_t mounted_device(unsigned long long id)
{
    char line[512];
    dev_t found = 0;
    FILE *list = fopen("/proc/self/mountinfo", "r");
    while (list && fgets(line, sizeof line, list)) {
        unsigned long long number;
        unsigned parent, major, minor;
        if (sscanf(line, "%llu %u %u:%u ", &number, &parent, &major, &minor) == 4 && number == id)
            found = makedev(major, minor);
    }
    if (list)
        fclose(list);
    return found;
}

/* Is "/" a mere folder, as after chroot? Then the mount that it is in is not listed. */
static bool root_is_no_mount(void)
{
    struct statx_head x;
    return syscall(SYS_statx, AT_FDCWD, "/", 0, 0, &x) == 0 && !(x.attributes & 0x2000);
}

/* The number of the mount that fdinfo tells of a descriptor. */
static unsigned long long fdinfo_mount(int fd)
{
    char path[64];
    unsigned long long id = 0;
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
    const char *text = contents(path), *at = text ? strstr(text, "mnt_id:") : NULL;
    if (at)
        sscanf(at, "mnt_id: %llu", &id);
    return id;
}

/* The device and inode that /proc/self/maps gives for an address. */
static bool mapped_from(const void *address, dev_t *device, unsigned long long *ino)
{
    char line[512];
    bool found = false;
    FILE *list = fopen("/proc/self/maps", "r");
    while (list && !found && fgets(line, sizeof line, list)) {
        unsigned long start, end;
        unsigned major, minor;
        if (sscanf(line, "%lx-%lx %*s %*x %x:%x %llu", &start, &end, &major, &minor, ino) == 5)
            found = (unsigned long)address >= start && (unsigned long)address < end;
        *device = makedev(major, minor);
    }
    if (list)
        fclose(list);
    return found;
}

/* One file is the same device, inode and mount wherever the system tells of it. */
static void check_identity(void)
{
    static const char *const paths[] = {".", "/", "/proc/self/maps", "/dev/null"};
    for (int i = 0; i < 4; i++) {
        struct stat st;
        struct statx_head x;
        int fd = open(paths[i], O_RDONLY);
        CHECK_OK(fstat(fd, &st));
        CHECK_OK(syscall(SYS_statx, fd, "", AT_EMPTY_PATH, 0x17ff, &x));
        CHECK(x.mask & 0x1000);
        CHECK_EQ(x.ino, st.st_ino);
        CHECK_EQ(makedev(x.dev_major, x.dev_minor), st.st_dev);
        CHECK_EQ(x.mnt_id, fdinfo_mount(fd));
        CHECK(mounted_device(x.mnt_id) == st.st_dev || root_is_no_mount());
        close(fd);
    }
    int p[2], fd = open("f", O_RDONLY);
    struct stat st;
    dev_t device = 0;
    unsigned long long ino = 0;
    CHECK_OK(fstat(fd, &st));
    void *at = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    CHECK(at != MAP_FAILED && mapped_from(at, &device, &ino));
    CHECK_EQ(device, st.st_dev);
    CHECK_EQ(ino, st.st_ino);
    munmap(at, PAGE);
    close(fd);
    CHECK_OK(pipe(p));
    CHECK(fdinfo_mount(p[0]) != 0); /* the mount of pipes is listed nowhere */
    CHECK_EQ(mounted_device(fdinfo_mount(p[0])), 0);
    close(p[0]);
    close(p[1]);
}

int main(void)
{
    check_fields();
    check_times();
    check_at();
    check_errors();
    check_statx();
    check_identity();
    check_statfs();
    return check_done();
}
