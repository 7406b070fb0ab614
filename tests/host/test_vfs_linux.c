/* The vfs and ramfs beside Linux: random programs of file calls run through both, in a small world
 * of names; every result, every errno and the tree at the end must be the same.
 *
 * Arguments: first seed, programs, calls of each. Needs root (chroot, several users), else skips.
 */
/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "abi/dirent.h"
#include "abi/errno.h"
#include "abi/fcntl.h"
#include "abi/stat.h"
#include "abi/termios.h"
#include "abi/time.h"
#include "abi/uio.h"
#include "syscall_calls.h"
#include "syscall_numbers.h"
#include "tap.h"
#include "vfs/shim.h"

enum { MAX_FD = 14, LOG_BYTES = 65536 };

static struct fs_context fs;
static char history[LOG_BYTES]; /* the calls of this program */
static size_t history_used;
static int n_differences;
static bool broken; /* this program has shown a difference */
static long n_calls;

static void record(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(history + history_used, LOG_BYTES - history_used, fmt, args);
    va_end(args);
    history_used += (size_t)n;
    if (history_used > LOG_BYTES - 8192)
        history_used = 0;
}

static void differ(const char *what, long on_linux, long ours)
{
    if (broken)
        return;
    broken = true;
    n_differences++;
    printf("# after:\n");
    for (const char *c = history; *c; c++)
        if ((*c != 'L' && *c != 'M') || *c != c[1]) /* long names are shown by their ends */
            putchar(*c);
    printf("\n# %s: Linux %ld, ours %ld\n", what, on_linux, ours);
}

static long linux_call(long number, long a, long b, long c, long d, long e)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = 0;
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}
#define LINUX5(name, a, b, c, d, e, ...) \
    linux_call(SYS_##name, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e))
#define LINUX(name, ...) LINUX5(name, __VA_ARGS__, 0, 0, 0, 0, 0)

/* Compares; the result when both agree. */
static long same(const char *what, long on_linux, long ours)
{
    n_calls++;
    record(" = %ld\n", on_linux);
    if (on_linux != ours)
        differ(what, on_linux, ours);
    return on_linux;
}

/* ---- Chance ---- */

/* After the chroot there is no /proc for the leak checker; the shim's counts do its work. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}

static uint64_t state;

static uint32_t chance(uint32_t n)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % n;
}

static char long_name[257], too_long[258];

static const char *component(void)
{
    static const char *const names[] = {
        "a", "b", "c", "d",  "a",  "b", "c",
        "d", "e", ".", "..", "..", "l", "name-that-does-not-fit-inline"};
    if (chance(60))
        return names[chance(ARRAY_SIZE(names))];
    return chance(2) ? long_name : too_long;
}

static void random_path(char *path, size_t size)
{
    size_t used = 0;
    uint32_t depth = 1 + chance(3);
    if (chance(60) == 0)
        depth = 0;
    if (chance(4) == 0)
        path[used++] = '/';
    for (uint32_t i = 0; i < depth && used < size - 600; i++) {
        const char *name = component();
        if (i > 0)
            path[used++] = '/';
        if (chance(15) == 0)
            path[used++] = '/';
        memcpy(path + used, name, strlen(name));
        used += strlen(name);
    }
    if (depth > 0 && chance(12) == 0)
        path[used++] = '/';
    path[used] = '\0';
}

static int random_fd(void)
{
    static const int odd[] = {-1, 12, 50, -100};
    return chance(12) ? 3 + (int)chance(7) : odd[chance(ARRAY_SIZE(odd))];
}

static int random_dirfd(void)
{
    return chance(2) ? AT_FDCWD : random_fd();
}

static uint32_t random_mode(void)
{
    static const uint32_t modes[] = {0,     0777,  0755, 0700, 0644, 0600, 01777, 04755,  02755,
                                     02777, 06777, 0070, 0007, 0300, 0500, 02644, 0177777};
    return modes[chance(ARRAY_SIZE(modes))];
}

static long random_offset(void)
{
    static const long some[] = {0,     1,  4095,     4096,      4097,          8192,      10000,
                                20000, -1, 1l << 40, INT64_MAX, INT64_MAX - 1, INT64_MIN, 1l << 62};
    return chance(3) ? (long)chance(9000) : some[chance(ARRAY_SIZE(some))];
}

static uint32_t random_id(void)
{
    static const uint32_t ids[] = {0, 1000, 1001, 1002, UINT32_MAX};
    return ids[chance(ARRAY_SIZE(ids))];
}

/* ---- Calls ---- */

static uaddr_t at(const void *p)
{
    return uaddr((uint64_t)p);
}

static void compare_stat(const char *what, const struct stat *l, const struct stat *o)
{
    if (l->st_mode != o->st_mode)
        differ("mode", l->st_mode, o->st_mode);
    if (l->st_nlink != o->st_nlink)
        differ("nlink", (long)l->st_nlink, (long)o->st_nlink);
    if (l->st_uid != o->st_uid || l->st_gid != o->st_gid)
        differ("owner", l->st_uid * 10000l + l->st_gid, o->st_uid * 10000l + o->st_gid);
    if (l->st_size != o->st_size)
        differ("size", l->st_size, o->st_size);
    if (l->st_rdev != o->st_rdev)
        differ("rdev", (long)l->st_rdev, (long)o->st_rdev);
    if (l->st_blksize != o->st_blksize)
        differ(what, l->st_blksize, o->st_blksize);
}

static void do_open(char *p)
{
    static const int extra[] = {O_CREAT,
                                O_CREAT | O_EXCL,
                                O_TRUNC,
                                O_APPEND,
                                O_NOFOLLOW,
                                O_DIRECTORY,
                                O_PATH,
                                O_CLOEXEC,
                                O_NONBLOCK,
                                O_NOATIME,
                                O_CREAT | O_TRUNC,
                                O_TMPFILE,
                                O_PATH | O_NOFOLLOW,
                                O_CREAT};
    int flags = chance(20) ? (int)chance(3) : 3;
    for (uint32_t n = chance(3); n > 0; n--)
        flags |= extra[chance(ARRAY_SIZE(extra))];
    int dirfd = random_dirfd();
    uint32_t mode = random_mode();
    record("openat(%d, \"%s\", 0%o, 0%o)", dirfd, p, flags, mode);
    long l = LINUX(openat, dirfd, p, flags, mode);
    same("openat", l, sys_openat(&fs, dirfd, p, (unsigned)flags, mode));
    if (l >= MAX_FD) {
        record("close(%ld)", l);
        same("close", LINUX(close, l), sys_close(&fs, (int)l));
    }
}

static void do_stat(char *p)
{
    static const unsigned flags[] = {0, AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH, 0x10000};
    struct stat l, o;
    int dirfd = random_dirfd();
    unsigned flag = flags[chance(ARRAY_SIZE(flags))];
    memset(&l, 0, sizeof(l));
    memset(&o, 0, sizeof(o));
    record("newfstatat(%d, \"%s\", 0x%x)", dirfd, p, flag);
    same("newfstatat", LINUX(newfstatat, dirfd, p, &l, flag),
         sys_newfstatat(&fs, dirfd, p, at(&o), flag));
    compare_stat("stat", &l, &o);
}

static void do_statx(char *p)
{
    struct statx l, o;
    int dirfd = random_dirfd();
    unsigned flags = chance(2) ? AT_SYMLINK_NOFOLLOW : chance(2) ? AT_EMPTY_PATH : 0;
    record("statx(%d, \"%s\", 0x%x)", dirfd, p, flags);
    long r = same("statx", LINUX(statx, dirfd, p, flags, STATX_BASIC_STATS, &l),
                  sys_statx(&fs, dirfd, p, flags, STATX_BASIC_STATS, at(&o)));
    if (r == 0 && (l.stx_mode != o.stx_mode || l.stx_nlink != o.stx_nlink))
        differ("statx mode", l.stx_mode, o.stx_mode);
}

static void do_fstat(int fd)
{
    struct stat l, o;
    memset(&l, 0, sizeof(l));
    memset(&o, 0, sizeof(o));
    record("fstat(%d)", fd);
    same("fstat", LINUX(fstat, fd, &l), sys_fstat(&fs, fd, at(&o)));
    compare_stat("fstat", &l, &o);
}

static void do_rename(char *p, char *q)
{
    static const unsigned some[] = {
        0, 0, 0, RENAME_NOREPLACE, RENAME_EXCHANGE, RENAME_NOREPLACE | RENAME_EXCHANGE, 8};
    unsigned flags = some[chance(ARRAY_SIZE(some))];
    int from = random_dirfd(), to = chance(2) ? from : random_dirfd();
    record("renameat2(%d, \"%s\", %d, \"%s\", %u)", from, p, to, q, flags);
    same("renameat2", LINUX(renameat2, from, p, to, q, flags),
         sys_renameat2(&fs, from, p, to, q, flags));
}

static void do_link(char *p, char *q)
{
    static const unsigned some[] = {0, 0, AT_SYMLINK_FOLLOW, AT_EMPTY_PATH, 1};
    unsigned flags = some[chance(ARRAY_SIZE(some))];
    int from = random_dirfd(), to = random_dirfd();
    if (!cred_is_root(fs.process->cred))
        flags &= ~AT_EMPTY_PATH; /* newer Linux allows it to whoever opened the file himself */
    record("linkat(%d, \"%s\", %d, \"%s\", 0x%x)", from, p, to, q, flags);
    same("linkat", LINUX(linkat, from, p, to, q, flags), sys_linkat(&fs, from, p, to, q, flags));
}

static void do_write(int fd)
{
    static char data[20000];
    size_t n = chance(3) ? chance(200) : chance(20000);
    memset(data, (int)chance(256), n);
    if (chance(2)) {
        record("write(%d, %zu)", fd, n);
        same("write", LINUX(write, fd, data, n), sys_write(&fs, fd, at(data), n));
        return;
    }
    long offset = random_offset();
    record("pwrite64(%d, %zu, %ld)", fd, n, offset);
    same("pwrite64", LINUX(pwrite64, fd, data, n, offset),
         sys_pwrite64(&fs, fd, at(data), n, offset));
}

static void do_read(int fd)
{
    static char l[20000], o[20000];
    size_t n = chance(3) ? chance(200) : chance(20000);
    long r;
    memset(l, 0, sizeof(l));
    memset(o, 0, sizeof(o));
    switch (chance(3)) {
    case 0:
        record("read(%d, %zu)", fd, n);
        r = same("read", LINUX(read, fd, l, n), sys_read(&fs, fd, at(o), n));
        break;
    case 1: {
        long offset = random_offset();
        record("pread64(%d, %zu, %ld)", fd, n, offset);
        r = same("pread64", LINUX(pread64, fd, l, n, offset),
                 sys_pread64(&fs, fd, at(o), n, offset));
        break;
    }
    default: {
        struct iovec lv[3] = {{l, n / 3}, {l + n / 3, 7}, {l + n / 3 + 7, n / 2}};
        struct iovec ov[3] = {{o, n / 3}, {o + n / 3, 7}, {o + n / 3 + 7, n / 2}};
        record("readv(%d, %zu)", fd, n);
        r = same("readv", LINUX(readv, fd, lv, 3), sys_readv(&fs, fd, at(ov), 3));
    }
    }
    if (r > 0 && memcmp(l, o, (size_t)r) != 0)
        differ("bytes read", 0, 0);
}

static void do_chown(char *p)
{
    static const unsigned some[] = {0, AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH};
    unsigned flags = some[chance(ARRAY_SIZE(some))];
    int dirfd = random_dirfd();
    uint32_t uid = random_id(), gid = random_id();
    record("fchownat(%d, \"%s\", %d, %d, 0x%x)", dirfd, p, (int)uid, (int)gid, flags);
    same("fchownat", LINUX(fchownat, dirfd, p, uid, gid, flags),
         sys_fchownat(&fs, dirfd, p, uid, gid, flags));
}

static void do_times(char *p)
{
    static const long ns[] = {UTIME_NOW, UTIME_OMIT, 0, 999999999, 1000000000, -1};
    struct timespec times[2] = {{1000, ns[chance(ARRAY_SIZE(ns))]},
                                {-2000, ns[chance(ARRAY_SIZE(ns))]}};
    unsigned flags = chance(3) ? 0 : chance(2) ? AT_SYMLINK_NOFOLLOW : AT_EMPTY_PATH;
    int dirfd = random_dirfd();
    char *path = chance(6) ? p : NULL;
    bool now = chance(4) == 0;
    record("utimensat(%d, \"%s\", %ld %ld, 0x%x)", dirfd, path ? path : "(null)",
           now ? -9 : times[0].tv_nsec, times[1].tv_nsec, flags);
    same("utimensat", LINUX(utimensat, dirfd, path, now ? NULL : times, flags),
         sys_utimensat(&fs, dirfd, path, at(now ? NULL : times), flags));
}

static void do_access(char *p)
{
    static const unsigned some[] = {
        0, AT_EACCESS, AT_EACCESS, AT_EACCESS | AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH, 1};
    unsigned flags = some[chance(ARRAY_SIZE(some))];
    int mode = (int)chance(9), dirfd = random_dirfd();
    record("faccessat2(%d, \"%s\", %d, 0x%x)", dirfd, p, mode, flags);
    same("faccessat2", LINUX(faccessat2, dirfd, p, mode, flags),
         sys_faccessat2(&fs, dirfd, p, mode, flags));
}

static void do_readlink(char *p)
{
    char l[600], o[600];
    size_t n = chance(3) ? sizeof(l) : chance(6);
    int dirfd = random_dirfd();
    record("readlinkat(%d, \"%s\", %zu)", dirfd, p, n);
    long r = same("readlinkat", LINUX(readlinkat, dirfd, p, l, n),
                  sys_readlinkat(&fs, dirfd, p, at(o), n));
    if (r > 0 && memcmp(l, o, (size_t)r) != 0)
        differ("target", 0, 0);
}

static void do_getcwd(void)
{
    static char l[5000], o[5000];
    size_t n = chance(3) ? sizeof(l) : chance(10);
    record("getcwd(%zu)", n);
    long r = same("getcwd", LINUX(getcwd, l, n), sys_getcwd(&fs, at(o), n));
    if (r > 0 && memcmp(l, o, (size_t)r) != 0)
        differ("cwd", 0, 0);
}

struct names_seen {
    char names[64][256];
    int n;
};

/* Gathers names and types, sorted. */
static void names_seen_add(struct names_seen *list, const char *bytes, long n)
{
    for (long i = 0; i < n && list->n < 64;) {
        const struct linux_dirent64 *entry = (const struct linux_dirent64 *)(bytes + i);
        char text[256];
        snprintf(text, sizeof(text), "%d %.250s", entry->d_type, entry->d_name);
        int place = list->n++;
        while (place > 0 && strcmp(list->names[place - 1], text) > 0) {
            strcpy(list->names[place], list->names[place - 1]);
            place--;
        }
        strcpy(list->names[place], text);
        i += entry->d_reclen;
    }
}

static void compare_listings(const struct names_seen *l, const struct names_seen *o)
{
    if (l->n != o->n)
        differ("names listed", l->n, o->n);
    for (int i = 0; i < l->n && i < o->n; i++)
        if (strcmp(l->names[i], o->names[i]) != 0) {
            record("# listed: %.40s, %.40s\n", l->names[i], o->names[i]);
            differ("name listed", i, i);
        }
}

/* Lists a descriptor from its start to its end, in buffers of some size. */
static void do_list(int fd)
{
    static struct names_seen l, o;
    static char buf[4096];
    size_t size = chance(4) ? sizeof(buf) : 10 + chance(40);
    l.n = o.n = 0;
    record("lseek(%d, 0, SEEK_SET)", fd);
    if (same("lseek", LINUX(lseek, fd, 0, SEEK_SET), sys_lseek(&fs, fd, 0, SEEK_SET)))
        return;
    long lr, or ;
    do {
        lr = LINUX(getdents64, fd, buf, size);
        names_seen_add(&l, buf, lr);
    } while (lr > 0);
    do {
        or = sys_getdents64(&fs, fd, at(buf), size);
        names_seen_add(&o, buf, or);
    } while (or > 0);
    record("getdents64(%d, %zu)", fd, size);
    same("getdents64", lr, or);
    if (lr == 0)
        compare_listings(&l, &o);
}

static void do_seek(int fd)
{
    long offset = random_offset();
    int whence = (int)chance(3);
    struct stat st;
    if (LINUX(fstat, fd, &st) == 0 && S_ISDIR(st.st_mode))
        offset = whence = 0; /* positions in a directory are each system's own */
    if (chance(30) == 0)
        whence = 7;
    record("lseek(%d, %ld, %d)", fd, offset, whence);
    same("lseek", LINUX(lseek, fd, offset, whence), sys_lseek(&fs, fd, offset, whence));
}

static void do_fd(int fd)
{
    int to = random_fd();
    switch (chance(9)) {
    case 0:
        record("dup(%d)", fd);
        same("dup", LINUX(dup, fd), sys_dup(&fs, fd));
        break;
    case 1:
        record("dup2(%d, %d)", fd, to);
        same("dup2", LINUX(dup2, fd, to), sys_dup2(&fs, fd, to));
        break;
    case 2:
        record("dup3(%d, %d, O_CLOEXEC)", fd, to);
        same("dup3", LINUX(dup3, fd, to, O_CLOEXEC), sys_dup3(&fs, fd, to, O_CLOEXEC));
        break;
    case 3:
        record("fcntl(%d, F_DUPFD, %d)", fd, to);
        same("fcntl", LINUX(fcntl, fd, F_DUPFD, to), sys_fcntl(&fs, fd, F_DUPFD, (unsigned)to));
        break;
    case 4: {
        int command = chance(2) ? F_GETFD : F_GETFL;
        record("fcntl(%d, %d)", fd, command);
        same("fcntl", LINUX(fcntl, fd, command), sys_fcntl(&fs, fd, command, 0));
        break;
    }
    case 5: {
        int command = chance(2) ? F_SETFD : F_SETFL;
        unsigned arg =
            command == F_SETFD ? chance(2) : chance(2) * O_APPEND | chance(2) * O_NOATIME;
        record("fcntl(%d, %d, 0%o)", fd, command, arg);
        same("fcntl", LINUX(fcntl, fd, command, arg), sys_fcntl(&fs, fd, command, arg));
        break;
    }
    case 6: {
        unsigned request = chance(2) ? FIONCLEX : FIOCLEX;
        record("ioctl(%d, 0x%x)", fd, request);
        same("ioctl", LINUX(ioctl, fd, request, 0), sys_ioctl(&fs, fd, request, uaddr(0)));
        break;
    }
    case 7:
        record("fsync(%d)", fd);
        same("fsync", LINUX(fsync, fd), sys_fsync(&fs, fd));
        break;
    default:
        record("close(%d)", fd);
        if (fd > 2)
            same("close", LINUX(close, fd), sys_close(&fs, fd));
    }
}

static void do_allocate(int fd);

static void do_size(char *p, int fd)
{
    long size = random_offset();
    if (chance(3) == 0) {
        do_allocate(fd);
    } else if (chance(2)) {
        record("truncate(\"%s\", %ld)", p, size);
        same("truncate", LINUX(truncate, p, size), sys_truncate(&fs, p, size));
    } else {
        record("ftruncate(%d, %ld)", fd, size);
        same("ftruncate", LINUX(ftruncate, fd, size), sys_ftruncate(&fs, fd, size));
    }
}

static void do_allocate(int fd)
{
    static const int modes[] = {0, FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE,
                                FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE};
    int mode = modes[chance(ARRAY_SIZE(modes))];
    long offset = random_offset(), length = chance(20000);
    record("fallocate(%d, %d, %ld, %ld)", fd, mode, offset, length);
    same("fallocate", LINUX(fallocate, fd, mode, offset, length),
         sys_fallocate(&fs, fd, mode, offset, length));
}

static void do_copy(int fd)
{
    int other = random_fd();
    size_t n = chance(9000);
    struct stat a = {0}, b = {0};
    LINUX(fstat, fd, &a);
    LINUX(fstat, other, &b);
    if (a.st_ino == b.st_ino && S_ISREG(a.st_mode))
        return; /* what overtakes itself depends on the size of a step */
    if (chance(2)) {
        record("sendfile(%d, %d, %zu)", other, fd, n);
        same("sendfile", LINUX(sendfile, other, fd, NULL, n),
             sys_sendfile(&fs, other, fd, uaddr(0), n));
        return;
    }
    long lo = chance(5000), oo = lo;
    record("copy_file_range(%d, %ld, %d, %zu)", fd, lo, other, n);
    same("copy_file_range", linux_call(SYS_copy_file_range, fd, (long)&lo, other, 0, (long)n),
         sys_copy_file_range(&fs, fd, at(&oo), other, uaddr(0), n, 0));
}

static void become(uint32_t uid, uint32_t gid)
{
    enum { SYS_setfsuid_ = 122, SYS_setfsgid_ = 123 };
    linux_call(SYS_setfsgid_, gid, 0, 0, 0, 0);
    linux_call(SYS_setfsuid_, uid, 0, 0, 0, 0);
    shim_set_cred(&fs, uid, gid, 1002);
}

static void do_become(void)
{
    uint32_t uid = chance(3) ? 1000 + chance(2) : 0;
    uint32_t gid = uid ? 1000 + chance(2) : 0;
    record("become(%u, %u)\n", uid, gid);
    become(uid, gid);
}

/* Long: one case for each call that is drawn. */
static void one_call(void)
{
    static char p[4096], q[4096];
    random_path(p, sizeof(p));
    random_path(q, sizeof(q));
    int dirfd = random_dirfd(), fd = random_fd();
    uint32_t mode = random_mode();
    switch (chance(34)) {
    case 0:
    case 1:
    case 2:
    case 3: do_open(p); break;
    case 4:
    case 5:
    case 6:
        record("mkdirat(%d, \"%s\", 0%o)", dirfd, p, mode);
        same("mkdirat", LINUX(mkdirat, dirfd, p, mode), sys_mkdirat(&fs, dirfd, p, mode));
        break;
    case 7:
    case 8: {
        unsigned flags = chance(2) ? AT_REMOVEDIR : chance(20) ? 0 : 1;
        record("unlinkat(%d, \"%s\", 0x%x)", dirfd, p, flags);
        same("unlinkat", LINUX(unlinkat, dirfd, p, flags), sys_unlinkat(&fs, dirfd, p, flags));
        break;
    }
    case 9:
    case 10:
    case 11: do_rename(p, q); break;
    case 12:
    case 13: do_link(p, q); break;
    case 14:
    case 15:
        record("symlinkat(\"%s\", %d, \"%s\")", p, dirfd, q);
        same("symlinkat", LINUX(symlinkat, p, dirfd, q), sys_symlinkat(&fs, p, dirfd, q));
        break;
    case 16: do_stat(p); break;
    case 17: do_fstat(fd); break;
    case 18: do_write(fd); break;
    case 19: do_read(fd); break;
    case 20: do_seek(fd); break;
    case 21: do_size(p, fd); break;
    case 22:
        record("fchmodat(%d, \"%s\", 0%o)", dirfd, p, mode);
        same("fchmodat", LINUX(fchmodat, dirfd, p, mode), sys_fchmodat(&fs, dirfd, p, mode));
        break;
    case 23: do_chown(p); break;
    case 24: do_times(p); break;
    case 25: do_access(p); break;
    case 26: do_readlink(p); break;
    case 27:
        if (chance(2)) {
            record("chdir(\"%s\")", p);
            same("chdir", LINUX(chdir, p), sys_chdir(&fs, p));
        } else {
            record("fchdir(%d)", fd);
            same("fchdir", LINUX(fchdir, fd), sys_fchdir(&fs, fd));
        }
        break;
    case 28: do_getcwd(); break;
    case 29: do_list(fd); break;
    case 30: do_fd(fd); break;
    case 31:
        if (chance(3) == 0) {
            do_become();
        } else if (chance(2)) {
            record("umask(0%o)", mode & 077);
            same("umask", LINUX(umask, mode & 077), sys_umask(&fs, mode & 077));
        } else {
            record("fchmod(%d, 0%o)", fd, mode);
            same("fchmod", LINUX(fchmod, fd, mode), sys_fchmod(&fs, fd, mode));
        }
        break;
    case 32: {
        static const uint32_t types[] = {0, S_IFREG, S_IFSOCK, S_IFCHR, S_IFDIR, S_IFLNK, 0030000};
        uint32_t type = types[chance(ARRAY_SIZE(types))];
        record("mknodat(%d, \"%s\", 0%o)", dirfd, p, type | 0644);
        same("mknodat", LINUX(mknodat, dirfd, p, type | 0644, 0x7fff01),
             sys_mknodat(&fs, dirfd, p, type | 0644, 0x7fff01));
        break;
    }
    default:
        if (chance(2))
            do_copy(fd);
        else
            do_statx(p);
    }
}

/* A world with something in it, most of it open. */
static void furnish(void)
{
    static const char *const dirs[] = {"/a", "/b", "/a/d", "/b/c"};
    static const char *const files[] = {"/c", "/a/b", "/b/a", "/a/d/e"};
    for (int i = 0; i < 4; i++) {
        LINUX(mkdirat, AT_FDCWD, dirs[i], 0777);
        sys_mkdir(&fs, dirs[i], 0777);
        if (i < 2 && chance(2)) {
            LINUX(openat, AT_FDCWD, dirs[i], O_RDONLY);
            sys_openat(&fs, AT_FDCWD, dirs[i], O_RDONLY, 0);
        }
    }
    for (int i = 0; i < 4; i++) {
        LINUX(openat, AT_FDCWD, files[i], O_CREAT | O_RDWR, 0666);
        sys_openat(&fs, AT_FDCWD, files[i], O_CREAT | O_RDWR, 0666);
    }
    LINUX(symlinkat, "b", AT_FDCWD, "/l");
    sys_symlink(&fs, "b", "/l");
}

/* ---- Worlds ---- */

/* Compares a file's or link's contents, named from the root. */
static void compare_contents(const char *path, const struct stat *st)
{
    static char l[70000], o[70000];
    long lr = 0, or = 0;
    if (S_ISLNK(st->st_mode)) {
        lr = LINUX(readlinkat, AT_FDCWD, path, l, sizeof(l));
        or = sys_readlinkat(&fs, AT_FDCWD, path, at(o), sizeof(o));
    } else if (S_ISREG(st->st_mode)) {
        long lfd = LINUX(openat, AT_FDCWD, path, O_RDONLY);
        long ofd = sys_openat(&fs, AT_FDCWD, path, O_RDONLY, 0);
        lr = LINUX(read, lfd, l, sizeof(l));
        or = sys_read(&fs, (int)ofd, at(o), sizeof(o));
        LINUX(close, lfd);
        sys_close(&fs, (int)ofd);
    }
    if (lr != or)
        differ("length of contents", lr, or);
    else if (lr > 0 && memcmp(l, o, (size_t)lr) != 0)
        differ("contents", 0, 0);
}

/* Goes through everything below a directory, named from the root, and compares it, or removes it on
 * Linux. */
static void for_tree(const char *path, bool remove)
{
    struct names_seen *l = calloc(2, sizeof(*l)), *o = l + 1;
    static char buf[8192], child[8192];
    const char *dir = *path ? path : "/";
    long lfd = LINUX(openat, AT_FDCWD, dir, O_RDONLY | O_DIRECTORY);
    long ofd = sys_openat(&fs, AT_FDCWD, dir, O_RDONLY | O_DIRECTORY, 0);
    long n;
    while ((n = LINUX(getdents64, lfd, buf, sizeof(buf))) > 0)
        names_seen_add(l, buf, n);
    while ((n = sys_getdents64(&fs, (int)ofd, at(buf), sizeof(buf))) > 0)
        names_seen_add(o, buf, n);
    LINUX(close, lfd);
    sys_close(&fs, (int)ofd);
    record("# below %s\n", path);
    if (!remove)
        compare_listings(l, o);
    for (int i = 0; i < l->n; i++) {
        struct stat ls, os;
        const char *name = strchr(l->names[i], ' ') + 1;
        if (!strcmp(name, ".") || !strcmp(name, ".."))
            continue;
        /* Names too long for the listing's line are found by their number of characters. */
        snprintf(child, sizeof(child), "%s/%s", path, name[0] == 'L' ? long_name : name);
        char *own = strdup(child);
        memset(&ls, 0, sizeof(ls));
        memset(&os, 0, sizeof(os));
        record("# stat %s", own);
        long found = LINUX(lstat, own, &ls);
        if (!remove) {
            same("tree", found, sys_lstat(&fs, own, at(&os)));
            compare_stat("tree", &ls, &os);
            compare_contents(own, &ls);
        }
        if (S_ISDIR(ls.st_mode))
            for_tree(own, remove);
        if (remove)
            LINUX(unlinkat, AT_FDCWD, own, S_ISDIR(ls.st_mode) ? AT_REMOVEDIR : 0);
        free(own);
    }
    free(l);
}

static void start_world(void)
{
    LINUX(chdir, "/");
    LINUX(umask, 022);
    LINUX(fchmodat, AT_FDCWD, "/", 0777);
    LINUX(fchownat, AT_FDCWD, "/", 0, 0, 0);
    shim_start(&fs);
    sys_chmod(&fs, "/", 0777);
    for (int i = 0; i < 3; i++)
        sys_open(&fs, "/", O_PATH, 0);
    become(0, 0);
    history_used = 0;
    history[0] = '\0';
    broken = false;
}

static void end_world(void)
{
    become(0, 0);
    linux_call(SYS_close_range, 3, 1000, 0, 0, 0);
    sys_close_range(&fs, 3, 1000, 0);
    LINUX(chdir, "/");
    sys_chdir(&fs, "/");
    for_tree("", false);
    for_tree("", true);
    shim_end(&fs);
}

/* A root of our own on a tmpfs; false where that is not allowed. */
static bool private_root(void)
{
    static char folder[] = "/dev/shm/ouros-vfs-XXXXXX";
    uint32_t group = 1002;
    enum { SYS_setgroups_ = 116 };
    if (!mkdtemp(folder) || chroot(folder) || chdir("/"))
        return false;
    linux_call(SYS_close_range, 3, 1000, 0, 0, 0);
    return linux_call(SYS_setgroups_, 1, (long)&group, 0, 0, 0) == 0;
}

int main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoul(argv[1], NULL, 0) : 1;
    int n_programs = argc > 2 ? atoi(argv[2]) : 1500;
    int n_steps = argc > 3 ? atoi(argv[3]) : 80;
    memset(long_name, 'L', 255);
    memset(too_long, 'M', 256);
    if (!private_root()) {
        printf("1..0 # SKIP needs root and /dev/shm\n");
        return 0;
    }
    int n_run = 0;
    for (; n_run < n_programs && n_differences < 5; n_run++) {
        state = (seed + (uint64_t)n_run) * 0x9e3779b97f4a7c15u;
        start_world();
        record("# program %lu\n", seed + (uint64_t)n_run);
        if (chance(4))
            furnish();
        for (int step = 0; step < n_steps && !broken; step++)
            one_call();
        end_world();
    }
    ok(n_differences == 0, "%d programs, %ld calls: as on Linux", n_run, n_calls);
    ok(shim_frames == 0 && shim_objects == 0, "%ld frames, %ld objects left", shim_frames,
       shim_objects);
    return tap_done();
}
