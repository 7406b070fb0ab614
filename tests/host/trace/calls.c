// Makes many system calls of the host through the kernel's tracer, and prints what the tracer says
// about them, so that it can be laid beside what strace says of the same calls.
#include "abi/fcntl.h"
#include "abi/futex.h"
#include "abi/mman.h"
#include "abi/poll.h"
#include "abi/prctl.h"
#include "abi/resource.h"
#include "abi/sched.h"
#include "abi/signal.h"
#include "abi/stat.h"
#include "abi/statfs.h"
#include "abi/sysinfo.h"
#include "abi/sysmacros.h"
#include "abi/termios.h"
#include "abi/time.h"
#include "abi/times.h"
#include "abi/uio.h"
#include "abi/utsname.h"
#include "abi/wait.h"
#include "lib.h"
#include "mm.h"
#include "proc.h"
#include "syscall.h"
#include "syscall_numbers.h"
#include "../../../kernel/syscall/trace.h"

struct lib_hooks lib_hooks;

/* ---- The kernel around the tracer, played by the host ---- */

static long host_call(long number, long a, long b, long c, long d, long e, long f)
{
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

/* Copies what may not be there; strace is told not to show this call. */
int user_copy_in(void *to, uaddr_t from, size_t n)
{
    enum { SYS_process_vm_readv = 310 };
    struct iovec here = {to, n}, there = {(void *)from.at, n};
    long pid = host_call(SYS_getpid, 0, 0, 0, 0, 0, 0);
    long done = n ? host_call(SYS_process_vm_readv, pid, (long)&here, 1, (long)&there, 1, 0) : 0;
    return done == (long)n ? 0 : -14;
}

long user_copy_string(char *to, uaddr_t from, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (user_copy_in(to + i, uaddr_add(from, i), 1) < 0)
            return -14;
        if (!to[i])
            return i;
    }
    return -36;
}

static uint8_t page[PAGE_SIZE];

paddr_t frame_alloc(enum frame_use use)
{
    (void)use;
    return (uint64_t)page - DIRECT_MAP;
}

paddr_t virt_to_phys(const void *virt)
{
    return (uint64_t)virt - DIRECT_MAP;
}

void frame_unref(paddr_t frame)
{
    (void)frame;
}

uint64_t clock_first_cycle, clock_ns_per_cycle; /* the time is always 0 */

/* ---- The calls ---- */

static char output[200000];
static size_t output_length;

void trace_emit(struct thread *self, uint64_t ns, const char *line, size_t length)
{
    (void)self, (void)ns;
    memcpy(output + output_length, line, length);
    output_length += length;
    output[output_length++] = '\n';
}

static long perform(struct thread *self, const struct trap_frame *frame)
{
    (void)self;
    if (frame->error == SYS_exit_group) {
        syscall_trace_hooks.ended(self, (int)frame->rdi << 8);
        host_call(SYS_write, 1, (long)output, output_length, 0, 0, 0);
    }
    return host_call(frame->error, frame->rdi, frame->rsi, frame->rdx, frame->r10, frame->r8,
                     frame->r9);
}

static long call(long number, long a, long b, long c, long d, long e, long f)
{
    static struct process process = {.n_threads = 1};
    static struct thread self = {.tid = 1, .process = &process};
    struct trap_frame frame = {
        .error = number, .rdi = a, .rsi = b, .rdx = c, .r10 = d, .r8 = e, .r9 = f};
    return trace_call(&self, &frame, perform);
}

#define CALL_(number, a, b, c, d, e, f, ...) \
    call(SYS_##number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define CALL(...) CALL_(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)

static char buf[4096];
static int ints[4];

static long open_file(const char *path, int flags, int mode)
{
    return CALL(openat, AT_FDCWD, path, flags, mode);
}

static void files(void)
{
    CALL(mkdir, "dir", 0777);
    CALL(mkdir, "dir", 01777);
    CALL(mkdir, "none/dir", 0);
    CALL(mkdirat, AT_FDCWD, "dir2", 0700);
    long fd = open_file("file", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    open_file("file", O_RDWR | O_CREAT | O_EXCL, 0644);
    CALL(write, fd, "line\n\tx\"\\\r\v\f\001\0011\0019\177\200\377", 19);
    CALL(write, fd, "a string of more than thirty-two bytes is cut", 45);
    CALL(write, fd, 0, 3);
    CALL(write, fd, 16, 3);
    CALL(write, -1, "", 0);
    CALL(lseek, fd, 2, SEEK_SET);
    CALL(lseek, fd, -1, SEEK_CUR);
    CALL(lseek, fd, 0, 77);
    CALL(read, fd, buf, 10);
    CALL(read, fd, buf, 100);
    CALL(read, fd, buf, 100);
    CALL(read, 99, buf, 100);
    CALL(pread64, fd, buf, 4, 2);
    CALL(pwrite64, fd, "xyz", 3, 100);
    struct iovec iov[2] = {{"one", 3}, {"two", 4}};
    CALL(writev, fd, iov, 2);
    CALL(writev, fd, 0, 2);
    struct iovec into[2] = {{buf, 5}, {buf + 100, 50}};
    CALL(lseek, fd, 90, SEEK_SET);
    CALL(readv, fd, into, 2);
    CALL(ftruncate, fd, 10);
    CALL(truncate, "file", 20);
    CALL(fsync, fd);
    CALL(fadvise64, fd, 0, 10, POSIX_FADV_DONTNEED);
    open_file("dir", O_RDONLY | O_NONBLOCK | O_DIRECTORY | O_CLOEXEC, 0);
    open_file(".", O_TMPFILE | O_RDWR, 0600);
    open_file("file", O_PATH | O_NOFOLLOW, 0);
    open_file("none", O_WRONLY | O_SYNC | O_DSYNC | O_APPEND, 0);
    open_file("file", O_WRONLY | O_TRUNC | O_NOCTTY, 0);
    open_file(NULL, O_RDONLY, 0);
    open_file("a\nb", O_RDONLY, 0);
    CALL(open, "file", O_RDONLY);
    CALL(creat, "file2", 0600);
    CALL(link, "file", "hard");
    CALL(linkat, AT_FDCWD, "none", AT_FDCWD, "hard2", AT_SYMLINK_FOLLOW);
    CALL(symlink, "file", "soft");
    CALL(symlinkat, "file", 99, "soft");
    CALL(readlink, "soft", buf, 4096);
    CALL(readlink, "soft", buf, 2);
    CALL(readlink, "file", buf, 4096);
    CALL(readlinkat, AT_FDCWD, "soft", buf, 4096);
    CALL(rename, "file2", "file3");
    CALL(renameat, AT_FDCWD, "file3", AT_FDCWD, "file4");
    CALL(renameat2, AT_FDCWD, "file4", AT_FDCWD, "file5", RENAME_NOREPLACE);
    CALL(renameat2, AT_FDCWD, "file5", AT_FDCWD, "none", RENAME_EXCHANGE);
    CALL(unlink, "hard");
    CALL(unlinkat, AT_FDCWD, "dir2", AT_REMOVEDIR);
    CALL(unlinkat, AT_FDCWD, "none", 0);
    CALL(rmdir, "dir/..");
    CALL(sendfile, 99, fd, NULL, 3);
    long into_fd = open_file("copy", O_RDWR | O_CREAT, 0600);
    off_t offset = 0;
    CALL(copy_file_range, fd, &offset, into_fd, NULL, 3, 0);
}

static void attributes(void)
{
    CALL(stat, "file", buf);
    CALL(lstat, "soft", buf);
    CALL(stat, "none", buf);
    CALL(stat, "/dev/null", buf);
    CALL(fstat, 0, buf);
    CALL(newfstatat, AT_FDCWD, "soft", buf, AT_SYMLINK_NOFOLLOW);
    CALL(newfstatat, 3, "", buf, AT_EMPTY_PATH | AT_NO_AUTOMOUNT);
    CALL(newfstatat, AT_FDCWD, "file", 0, 0);
    CALL(statx, AT_FDCWD, "file", AT_SYMLINK_NOFOLLOW, 0xfff, buf);
    CALL(statx, AT_FDCWD, "dir", 0, STATX_MODE | STATX_SIZE, buf);
    CALL(statx, AT_FDCWD, "none", AT_STATX_FORCE_SYNC | AT_EMPTY_PATH, STATX_BASIC_STATS, buf);
    CALL(chmod, "file", 04711);
    CALL(stat, "file", buf);
    CALL(fchmod, 3, 0);
    CALL(fchmodat, AT_FDCWD, "none", 0644);
    CALL(chown, "none", -1, 0);
    CALL(lchown, "none", 1, -1);
    CALL(fchown, 99, 0, 0);
    CALL(fchownat, AT_FDCWD, "none", 0, 0, AT_SYMLINK_NOFOLLOW);
    CALL(access, "file", F_OK);
    CALL(access, "none", R_OK | W_OK | X_OK);
    CALL(faccessat, AT_FDCWD, "file", R_OK);
    CALL(faccessat2, AT_FDCWD, "file", W_OK, AT_EACCESS | AT_SYMLINK_NOFOLLOW);
    CALL(umask, 0);
    CALL(umask, 077);
    CALL(umask, 022);
    struct timespec times[2] = {{1000, 5}, {1700000000, 0}};
    CALL(utimensat, AT_FDCWD, "file", times, 0);
    times[0].tv_nsec = UTIME_NOW;
    times[1].tv_nsec = UTIME_OMIT;
    CALL(utimensat, AT_FDCWD, "soft", times, AT_SYMLINK_NOFOLLOW);
    CALL(utimensat, 3, NULL, NULL, 0);
    CALL(mknod, "fifo", S_IFIFO | 0644, 0);
    CALL(mknodat, AT_FDCWD, "fifo", S_IFIFO | 0600, 0);
    CALL(mknodat, AT_FDCWD, "/dev/null", S_IFCHR | 0600, DEVICE(1, 3));
    CALL(mknodat, AT_FDCWD, "none/x", 0600, 0);
    CALL(statfs, "/proc", buf);
    CALL(statfs, "none", buf);
    CALL(getcwd, buf, 1);
    CALL(chdir, "none");
    CALL(fchdir, 99);
    CALL(chdir, "dir");
    CALL(chdir, "..");
    CALL(chroot, "none");
}

static void descriptors(void)
{
    CALL(dup, 3);
    CALL(dup2, 3, 50);
    CALL(dup3, 3, 50, O_CLOEXEC);
    CALL(dup3, 3, 3, 0);
    CALL(fcntl, 50, F_GETFD);
    CALL(fcntl, 50, F_SETFD, 0);
    CALL(fcntl, 50, F_GETFD);
    CALL(fcntl, 50, F_SETFD, FD_CLOEXEC);
    CALL(fcntl, 50, F_GETFL);
    CALL(fcntl, 50, F_SETFL, O_NONBLOCK | O_APPEND);
    CALL(fcntl, 50, F_DUPFD, 60);
    CALL(fcntl, 50, F_DUPFD_CLOEXEC, 60);
    CALL(fcntl, 50, 99, 10);
    CALL(fcntl, 99, F_GETFL);
    struct flock lock = {.l_type = F_WRLCK, .l_start = 1, .l_len = 2};
    CALL(fcntl, 50, F_SETLK, &lock);
    CALL(close, 50);
    CALL(close, 50);
    CALL(close_range, 60, 100, CLOSE_RANGE_CLOEXEC);
    CALL(close_range, 60, ~0u, 0);
    CALL(pipe2, ints, O_CLOEXEC | O_NONBLOCK);
    CALL(pipe2, 0, 0);
    CALL(pipe, ints);
    struct pollfd fds[3] = {
        {.fd = ints[0], .events = POLLIN}, {.fd = ints[1], .events = POLLIN | POLLOUT}, {.fd = -1}};
    CALL(poll, fds, 3, 10);
    CALL(poll, fds, 1, 0);
    struct timespec timeout = {0, 1000};
    kernel_sigset_t mask = ~0ul & ~(3ul << 31);
    CALL(ppoll, fds, 2, &timeout, &mask, 8);
    uint64_t in[16] = {1ul << ints[0]}, out[16] = {1ul << ints[1] | 1ul << 3};
    struct timeval soon = {0, 1000};
    CALL(select, 30, in, 0, 0, &soon);
    CALL(select, 30, 0, out, 0, 0);
    struct pselect6_mask pair = {(uint64_t)&mask, 8};
    in[0] = 1ul << ints[0];
    CALL(pselect6, 30, in, NULL, NULL, &timeout, &pair);
    CALL(pselect6, 30, NULL, out, NULL, NULL, NULL);
    long fd = open_file("/bin", O_RDONLY | O_DIRECTORY, 0);
    CALL(getdents64, fd, buf, 200);
    CALL(getdents64, 3, buf, 4096);
}

static void terminals(void)
{
    struct kernel_termios tty;
    struct winsize size = {24, 80, 0, 0};
    long fd = open_file("/dev/ptmx", O_RDWR | O_NOCTTY, 0);
    CALL(ioctl, fd, TCGETS, &tty);
    tty.c_cflag |= CSTOPB;
    tty.c_oflag = TABDLY | CRDLY | ONLRET;
    tty.c_lflag = 0;
    CALL(ioctl, fd, TCSETS, &tty);
    CALL(ioctl, 3, TCGETS, &tty);
    CALL(ioctl, fd, TIOCSWINSZ, &size);
    CALL(ioctl, fd, TIOCGWINSZ, &size);
    CALL(ioctl, fd, FIONREAD, ints);
    CALL(ioctl, fd, TCFLSH, TCIOFLUSH);
    CALL(ioctl, 3, TIOCNOTTY);
    CALL(ioctl, fd, 0x1234, 5);
    CALL(close, fd);
}

static void memory(void)
{
    long anonymous = MAP_PRIVATE | MAP_ANONYMOUS;
    long at = CALL(mmap, NULL, 8192, PROT_READ | PROT_WRITE, anonymous, -1, 0);
    CALL(mprotect, at, 4096, PROT_READ);
    CALL(mprotect, at + 1, 4096, PROT_NONE);
    CALL(madvise, at, 4096, MADV_DONTNEED);
    CALL(madvise, at, 4096, 99);
    CALL(msync, at, 4096, MS_SYNC | MS_INVALIDATE);
    at = CALL(mremap, at, 8192, 16384, MREMAP_MAYMOVE);
    CALL(munmap, at, 16384);
    CALL(munmap, 1, 4096);
    CALL(mmap, NULL, 4096, PROT_READ | PROT_EXEC, MAP_SHARED | MAP_POPULATE, 3, 4096);
    CALL(mmap, NULL, 4096, 0, anonymous | MAP_NORESERVE | MAP_STACK, -1, 0);
    CALL(mmap, 4096, 0, PROT_NONE, MAP_FIXED | anonymous, -1, 0);
    CALL(brk, NULL);
    unsigned word = 1;
    struct timespec timeout = {0, 1000};
    CALL(futex, &word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1);
    CALL(futex, &word, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, 0, NULL);
    CALL(futex, &word, FUTEX_WAIT, 1, &timeout);
    CALL(futex, &word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME, 1, &timeout,
         NULL, FUTEX_BITSET_MATCH_ANY);
    CALL(set_robust_list, buf, 24);
}

static void identities(void)
{
    CALL(getuid);
    CALL(getgid);
    CALL(geteuid);
    CALL(getegid);
    CALL(getppid);
    CALL(gettid);
    CALL(getpgrp);
    CALL(getpgid, 0);
    CALL(getsid, 0);
    CALL(setpgid, 0, -1);
    CALL(getresuid, ints, ints + 1, ints + 2);
    CALL(getresgid, ints, ints + 1, 0);
    CALL(setresuid, -1, -1, -1);
    CALL(setreuid, -1, -1);
    CALL(setgroups, 1, NULL);
    CALL(getgroups, 0, NULL);
    CALL(getgroups, 32, buf);
    CALL(prctl, PR_SET_NAME, "calls", 0, 0, 0);
    CALL(prctl, PR_GET_NAME, buf);
    CALL(prctl, PR_SET_PDEATHSIG, SIGKILL);
    CALL(prctl, 99, 1, 2, 3, 4);
    struct rlimit limit;
    CALL(getrlimit, RLIMIT_NOFILE, &limit);
    CALL(prlimit64, 0, RLIMIT_STACK, NULL, &limit);
    CALL(prlimit64, 0, RLIMIT_CPU, NULL, &limit);
    CALL(prlimit64, 0, 99, &limit, NULL);
    CALL(setrlimit, RLIMIT_CORE, &limit);
    CALL(getpriority, PRIO_PROCESS, 0);
    CALL(getpriority, 7, 0);
    CALL(setpriority, PRIO_PROCESS, 99999, 1);
    CALL(uname, buf);
    CALL(sethostname, 0, 3);
    CALL(sched_yield);
    CALL(sched_getaffinity, 0, 128, buf);
    CALL(sched_getaffinity, 0, 1, buf);
    CALL(arch_prctl, 99, 0x1000);
    CALL(reboot, 1, 2, 3, 4);
    CALL(getrandom, buf, 5, 8);
}

static void times_and_clocks(void)
{
    struct timespec time = {0, 1000};
    struct timeval now;
    struct itimerval timer = {{0, 0}, {100, 5}};
    CALL(clock_getres, CLOCK_MONOTONIC, &time);
    CALL(clock_gettime, 77, &time);
    CALL(clock_gettime, CLOCK_REALTIME, 0);
    CALL(gettimeofday, &now, NULL);
    time = (struct timespec){0, 1000};
    CALL(nanosleep, &time, &now);
    CALL(clock_nanosleep, CLOCK_MONOTONIC, 0, &time, NULL);
    CALL(clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &time, &now);
    CALL(nanosleep, 0, 0);
    CALL(setitimer, ITIMER_REAL, &timer, NULL);
    CALL(setitimer, 9, &timer, NULL);
    timer.it_value = (struct timeval){0, 0};
    CALL(setitimer, ITIMER_REAL, &timer, NULL);
    CALL(getitimer, ITIMER_REAL, &timer);
    CALL(alarm, 0);
    CALL(time, NULL);
    CALL(times, 0);
    CALL(getrusage, 9, buf);
}

static void signals(void)
{
    struct kernel_sigaction action = {.handler = KERNEL_SIG_IGN,
                                      .flags = SA_RESTART | SA_SIGINFO | SA_NODEFER};
    struct kernel_sigaction old;
    kernel_sigset_t set = ~0ul, old_set;
    stack_t stack = {buf, SS_DISABLE, 4096};
    CALL(rt_sigaction, SIGUSR1, &action, &old, 8);
    CALL(rt_sigaction, SIGUSR1, NULL, &old, 8);
    CALL(rt_sigaction, SIGKILL, &action, NULL, 8);
    CALL(rt_sigaction, 40, NULL, &old, 8);
    action = (struct kernel_sigaction){
        .handler = 0x1234, .flags = SA_RESTORER, .restorer = 0x5678, .mask = 1ul << (SIGUSR1 - 1)};
    CALL(rt_sigaction, SIGUSR2, &action, NULL, 8);
    CALL(rt_sigprocmask, SIG_BLOCK, &set, &old_set, 8);
    set = 1ul << (SIGINT - 1) | 1ul << (40 - 1);
    CALL(rt_sigprocmask, SIG_SETMASK, &set, &old_set, 8);
    CALL(rt_sigprocmask, 9, &set, NULL, 8);
    set = 0;
    CALL(rt_sigprocmask, SIG_SETMASK, &set, NULL, 8);
    CALL(rt_sigpending, &set, 8);
    CALL(sigaltstack, &stack, NULL);
    CALL(sigaltstack, NULL, &stack);
    CALL(kill, 0, 0);
    CALL(kill, 999999, 40);
    CALL(kill, 999999, 99);
    CALL(tkill, 999999, SIGTERM);
    CALL(tgkill, 999999, 999999, SIGHUP);
}

/* A child that ends at once, without a word to the tracer. */
static long child(long status, long signal)
{
    long pid = CALL(fork);
    if (pid == 0) {
        if (signal)
            host_call(SYS_kill, host_call(SYS_getpid, 0, 0, 0, 0, 0, 0), signal, 0, 0, 0, 0);
        host_call(SYS_exit_group, status, 0, 0, 0, 0, 0);
    }
    return pid;
}

static void children(void)
{
    CALL(wait4, -1, ints, 0, NULL);
    child(3, 0);
    CALL(wait4, -1, ints, 0, NULL);
    child(0, SIGKILL);
    CALL(waitid, P_ALL, 0, buf, WEXITED | WNOWAIT, NULL);
    CALL(wait4, 0, ints, WUNTRACED | WCONTINUED, NULL);
    long pid = child(0, SIGSTOP);
    CALL(wait4, -1, ints, WUNTRACED, NULL);
    CALL(wait4, -1, ints, WNOHANG, buf);
    CALL(waitid, P_ALL, 0, buf, WEXITED | WNOHANG, NULL);
    CALL(kill, pid, SIGKILL);
    CALL(wait4, pid, ints, 0, NULL);
    CALL(waitid, P_PID, 999999, buf, 0, NULL);
    char *argv[] = {"none", "-l", "an argument of more than thirty-two bytes", NULL};
    CALL(execve, "none", argv, argv);
    CALL(execve, "none", NULL, NULL);
    CALL(execve, "none", 16, argv + 3);
    CALL(clone, CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_FS | CLONE_NEWNS, 0, 0, 0, 0);
    call(500, 1, 2, 3, 4, 5, 0);
    CALL(exit_group, 0);
}

int main(void)
{
    files();
    attributes();
    descriptors();
    terminals();
    memory();
    identities();
    times_and_clocks();
    signals();
    children();
    return 1;
}
