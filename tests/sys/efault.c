/* Bad pointers: each argument that is an address, given one below all mappings, the kernel's, one
 * that is not canonical, the last page of a program's half, a page without rights and, where the
 * call writes, a read-only one: EFAULT, and the caller lives.
 * needs: procfs times files fifo settings poll posix users random */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <poll.h>
#include <sys/resource.h>
#include <sys/statfs.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/uio.h>
#include <sys/utsname.h>

enum { PATH, IN, OUT }; /* a string, memory that is read, memory that is written */

static char good[8192];
static int file, pipe_ends[2], directory;
static struct iovec vector = {good, 16};

static const struct attempt {
    const char *name;
    int kind, which; /* the argument that is bad */
    long number, arguments[6];
} attempts[] = {
#define TRY(name, kind, which, ...)     \
    {                                   \
#name, kind, which, SYS_##name, \
        {                               \
            __VA_ARGS__                 \
        }                               \
    }
#define HERE  AT_FDCWD
#define GOOD  (long)good
#define FILE_ -1000 /* stands for the open file */
#define DIR_  -1001 /* for the open directory */
    TRY(open, PATH, 0, 0, O_RDONLY),
    TRY(creat, PATH, 0, 0, 0600),
    TRY(openat, PATH, 1, HERE, 0, O_RDONLY),
    TRY(stat, PATH, 0, 0, GOOD),
    TRY(lstat, PATH, 0, 0, GOOD),
    TRY(newfstatat, PATH, 1, HERE, 0, GOOD, 0),
    TRY(statx, PATH, 1, HERE, 0, 0, 0x7ff, GOOD),
    TRY(access, PATH, 0, 0, 0),
    TRY(faccessat, PATH, 1, HERE, 0, 0),
    TRY(faccessat2, PATH, 1, HERE, 0, 0, 0),
    TRY(execve, PATH, 0, 0, 0, 0),
    TRY(truncate, PATH, 0, 0, 0),
    TRY(chdir, PATH, 0, 0),
    TRY(rename, PATH, 0, 0, GOOD),
    TRY(renameat, PATH, 1, HERE, 0, HERE, GOOD),
    TRY(renameat2, PATH, 1, HERE, 0, HERE, GOOD, 0),
    TRY(mkdir, PATH, 0, 0, 0700),
    TRY(mkdirat, PATH, 1, HERE, 0, 0700),
    TRY(rmdir, PATH, 0, 0),
    TRY(link, PATH, 0, 0, GOOD),
    TRY(linkat, PATH, 1, HERE, 0, HERE, GOOD, 0),
    TRY(unlink, PATH, 0, 0),
    TRY(unlinkat, PATH, 1, HERE, 0, 0),
    TRY(symlink, PATH, 0, 0, GOOD),
    TRY(symlink, PATH, 1, (long)"target", 0),
    TRY(symlinkat, PATH, 0, 0, HERE, GOOD),
    TRY(readlink, PATH, 0, 0, GOOD, 10),
    TRY(readlinkat, PATH, 1, HERE, 0, GOOD, 10),
    TRY(chmod, PATH, 0, 0, 0600),
    TRY(fchmodat, PATH, 1, HERE, 0, 0600),
    TRY(chown, PATH, 0, 0, -1, -1),
    TRY(lchown, PATH, 0, 0, -1, -1),
    TRY(fchownat, PATH, 1, HERE, 0, -1, -1, 0),
    TRY(mknod, PATH, 0, 0, S_IFREG | 0600, 0),
    TRY(mknodat, PATH, 1, HERE, 0, S_IFREG | 0600, 0),
    TRY(statfs, PATH, 0, 0, GOOD),
    TRY(chroot, PATH, 0, 0),
    TRY(utimensat, PATH, 1, HERE, 0, 0, 0),
    TRY(read, OUT, 1, FILE_, 0, 10),
    TRY(pread64, OUT, 1, FILE_, 0, 10, 0),
    TRY(write, IN, 1, FILE_, 0, 10),
    TRY(pwrite64, IN, 1, FILE_, 0, 10, 0),
    TRY(readv, IN, 1, FILE_, 0, 1),
    TRY(writev, IN, 1, FILE_, 0, 1),
    TRY(stat, OUT, 1, (long)".", 0),
    TRY(fstat, OUT, 1, FILE_, 0),
    TRY(newfstatat, OUT, 2, HERE, (long)".", 0, 0),
    TRY(statx, OUT, 4, HERE, (long)".", 0, 0x7ff, 0),
    TRY(statfs, OUT, 1, (long)".", 0),
    TRY(fstatfs, OUT, 1, FILE_, 0),
    TRY(getdents64, OUT, 1, DIR_, 0, 4096),
    TRY(getcwd, OUT, 0, 0, 4096),
    TRY(readlink, OUT, 1, (long)"link", 0, 10),
    TRY(poll, IN, 0, 0, 1, 0),
    TRY(ppoll, IN, 2, GOOD, 0, 0, 0, 0),
    TRY(select, IN, 1, 1, 0, 0, 0, 0),
    TRY(pselect6, IN, 4, 0, 0, 0, 0, 0, 0),
    TRY(pipe, OUT, 0, 0),
    TRY(pipe2, OUT, 0, 0, 0),
    TRY(rt_sigaction, IN, 1, SIGUSR1, 0, 0, 8),
    TRY(rt_sigaction, OUT, 2, SIGUSR1, 0, 0, 8),
    TRY(rt_sigprocmask, IN, 1, SIG_BLOCK, 0, 0, 8),
    TRY(rt_sigprocmask, OUT, 2, SIG_BLOCK, 0, 0, 8),
    TRY(rt_sigpending, OUT, 0, 0, 8),
    TRY(rt_sigsuspend, IN, 0, 0, 8),
    TRY(sigaltstack, IN, 0, 0, 0),
    TRY(sigaltstack, OUT, 1, 0, 0),
    TRY(nanosleep, IN, 0, 0, 0),
    TRY(clock_nanosleep, IN, 2, CLOCK_MONOTONIC, 0, 0, 0),
    TRY(clock_gettime, OUT, 1, CLOCK_MONOTONIC, 0),
    TRY(clock_getres, OUT, 1, CLOCK_MONOTONIC, 0),
    TRY(gettimeofday, OUT, 0, 0, 0),
    TRY(gettimeofday, OUT, 1, 0, 0),
    TRY(time, OUT, 0, 0),
    TRY(times, OUT, 0, 0),
    TRY(getitimer, OUT, 1, ITIMER_REAL, 0),
    TRY(setitimer, IN, 1, ITIMER_REAL, 0, 0),
    TRY(setitimer, OUT, 2, ITIMER_REAL, GOOD, 0),
    TRY(getrusage, OUT, 1, RUSAGE_SELF, 0),
    TRY(getrlimit, OUT, 1, RLIMIT_CORE, 0),
    TRY(setrlimit, IN, 1, RLIMIT_CORE, 0),
    TRY(prlimit64, IN, 2, 0, RLIMIT_CORE, 0, 0),
    TRY(prlimit64, OUT, 3, 0, RLIMIT_CORE, 0, 0),
    TRY(uname, OUT, 0, 0),
    TRY(sysinfo, OUT, 0, 0),
    TRY(getresuid, OUT, 0, 0, GOOD, GOOD),
    TRY(getresgid, OUT, 2, GOOD, GOOD, 0),
    TRY(sched_getaffinity, OUT, 2, 0, 128, 0),
    TRY(getrandom, OUT, 0, 0, 10, 0),
    TRY(execve, IN, 1, (long)"/proc/self/exe", 0, 0),
    TRY(execve, IN, 2, (long)"/proc/self/exe", 0, 0),
    TRY(fcntl, IN, 2, FILE_, F_SETLK, 0),
    TRY(fcntl, OUT, 2, FILE_, F_GETLK, 0),
    TRY(utimensat, IN, 2, HERE, (long)"file", 0, 0),
    TRY(sendfile, IN, 2, FILE_, FILE_, 0, 1),
    TRY(arch_prctl, OUT, 1, 0x1003, 0),
};

/* Where NULL means that there is nothing to read or write, it is no error. */
static bool null_is_allowed(const struct attempt *a)
{
    switch (a->number) {
    case SYS_execve: return a->which != 0;
    case SYS_utimensat: return true;
    case SYS_rt_sigaction:
    case SYS_rt_sigprocmask:
    case SYS_sigaltstack:
    case SYS_select:
    case SYS_pselect6:
    case SYS_ppoll:
    case SYS_clock_getres:
    case SYS_gettimeofday:
    case SYS_time:
    case SYS_times:
    case SYS_setitimer:
    case SYS_prlimit64:
    case SYS_sendfile: return true;
    default: return false;
    }
}

static long call_with(const struct attempt *a, const void *bad)
{
    long x[6];
    memcpy(x, a->arguments, sizeof x);
    for (int i = 0; i < 6; i++)
        x[i] = x[i] == FILE_ ? file : x[i] == DIR_ ? directory : x[i];
    x[a->which] = (long)bad;
    errno = 0;
    return syscall(a->number, x[0], x[1], x[2], x[3], x[4], x[5]);
}

int main(void)
{
    const void *bad[] = {NULL,
                         BAD_LOW,
                         (void *)0x7ffffffff000,
                         BAD_HOLE,
                         BAD_KERNEL,
                         (void *)-1,
                         (void *)-4096l,
                         page_with(PROT_NONE),
                         page_with(PROT_READ)};
    enum { N_BAD = sizeof bad / sizeof *bad, READ_ONLY = N_BAD - 1 };
    CHECK_OK(symlink("target", "link"));
    make_file("file", "contents of the file");
    file = open("file", O_RDWR);
    directory = open(".", O_RDONLY);
    CHECK_OK(pipe(pipe_ends));
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        const struct attempt *a = attempts + i;
        char what[80];
        int wrong = 0, got = 0;
        for (int b = 0; b < N_BAD; b++) {
            if ((bad[b] == NULL && null_is_allowed(a)) || (b == READ_ONLY && a->kind != OUT))
                continue;
            if (lseek(file, 0, SEEK_SET) != 0 || lseek(directory, 0, SEEK_SET) != 0)
                wrong++;
            if (call_with(a, bad[b]) != -1 || errno != EFAULT) {
                NOTE("%s with %p: errno %d", a->name, bad[b], errno);
                got = errno;
                wrong++;
            }
        }
        snprintf(what, sizeof what, "%s, argument %d", a->name, a->which + 1);
        errno = got;
        check_eq(wrong, 0, what, __FILE__, __LINE__);
    }
    CHECK_STR(contents("file"), "contents of the file");
    CHECK_EQ(dup(0), pipe_ends[1] + 1); /* no descriptor was left open */
    vector.iov_base = BAD_KERNEL;
    CHECK_ERR(readv(file, &vector, 1), EFAULT);
    CHECK_ERR(writev(file, &vector, 1), EFAULT);
    return check_done();
}
