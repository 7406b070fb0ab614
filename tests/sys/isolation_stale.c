/* Nothing stale reaches a program: fresh pages are zero after another process died with secrets in
 * its memory, and what calls copy out holds no byte of the kernel's stack or heap, padding
 * included.
 * needs: times files settings posix poll */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <poll.h>
#include <sys/resource.h>
#include <sys/statfs.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <ucontext.h>

enum { SECRET = 0x5a, UNTOUCHED = 0xee, MANY = 8 << 20, HALF = MANY / 2 };

/* ---- Fresh pages ---- */

/* A child fills memory, a stack, a pipe and a file with the secret, and dies. */
static void leave_secrets(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        volatile char stack[256 << 10];
        char *memory = mmap(NULL, MANY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        int ends[2], fd = open("secret", O_RDWR | O_CREAT | O_TRUNC, 0600);
        memset(memory, SECRET, MANY);
        memset((char *)stack, SECRET, sizeof(stack));
        memset(sbrk(1 << 20), SECRET, 1 << 20);
        if (pipe(ends) || write(ends[1], memory, 65536) < 0 || write(fd, memory, HALF) < 0)
            _exit(1);
        _exit(0);
    }
    waitpid(pid, NULL, 0);
    unlink("secret");
}

/* How many bytes are not zero. */
static long not_zero(const void *memory, size_t n)
{
    const unsigned char *byte = memory;
    long found = 0;
    for (size_t i = 0; i < n; i++)
        found += byte[i] != 0;
    return found;
}

static long fresh_stack(void)
{
    char low[192 << 10];
    char *volatile p = low; /* not written yet; what main wrote lies above */
    return not_zero(p, 128 << 10);
}

static void check_fresh(void)
{
    leave_secrets();
    char *memory = mmap(NULL, HALF, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK_EQ(not_zero(memory, HALF), 0);
    munmap(memory, HALF);
    leave_secrets();
    memory = mmap(NULL, HALF, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (size_t at = 0; at < HALF; at += PAGE)
        memory[at] = 0; /* by a write to each page */
    CHECK_EQ(not_zero(memory, HALF), 0);
    munmap(memory, HALF);
    leave_secrets();
    CHECK_EQ(not_zero(sbrk(1 << 20), 1 << 20), 0);
    leave_secrets();
    CHECK_EQ(fresh_stack(), 0);
}

/* What lies in a file where nothing was written, by read and by mapping. */
static void check_files(void)
{
    static char bytes[65536];
    leave_secrets();
    int fd = open("holes", O_RDWR | O_CREAT | O_TRUNC, 0600);
    CHECK_EQ(pwrite(fd, "x", 1, 3 * PAGE + 100), 1);
    CHECK_EQ(pread(fd, bytes, 3 * PAGE + 100, 0), 3 * PAGE + 100);
    CHECK_EQ(not_zero(bytes, 3 * PAGE + 100), 0);
    char *mapped = mmap(NULL, 4 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
    CHECK_EQ(not_zero(mapped, 4 * PAGE), 1); /* past the end of the last page too */
    memset(bytes, SECRET, sizeof(bytes));
    CHECK_EQ(pwrite(fd, bytes, 2 * PAGE, 0), 2 * PAGE);
    CHECK_OK(ftruncate(fd, 10));
    CHECK_OK(ftruncate(fd, 3 * PAGE));
    CHECK_EQ(pread(fd, bytes, 3 * PAGE, 0), 3 * PAGE);
    CHECK_EQ(not_zero(bytes, 3 * PAGE), 10);
    munmap(mapped, 4 * PAGE);
    close(fd);
    unlink("holes");
}

/* A program that exec starts: no word of its stack or its first data is an address of the kernel.
 */
static bool is_kernel_word(uint64_t word)
{
    return word >= 0xffff800000000000 && word < 0xffffffffff600000;
}

static void check_new_stack(char **argv, char **envp)
{
    long found = 0;
    while (*envp)
        envp++;
    const uint64_t *from = (uint64_t *)((uintptr_t)argv & ~15ul);
    for (const uint64_t *at = from; at < (uint64_t *)envp + 50; at++)
        found += is_kernel_word(*at);
    CHECK_EQ(found, 0);
}

/* ---- What calls copy out ---- */

static char out[8192];

/* Fills the kernel's stack and heap with the secret as far as calls let us: registers that are
 * saved, names and vectors that are copied in, buffers of a pipe. */
static void poison_kernel(void)
{
    static char path[PATH_MAX];
    static struct iovec vector[8];
    static struct pollfd polls[60];
    int ends[2];
    memset(path, SECRET, sizeof(path) - 1);
    for (int i = 0; i < 8; i++)
        vector[i] = (struct iovec){(void *)0x5a5a5a5a5a5a, 0x5a5a5a5a};
    memset(polls, SECRET, sizeof(polls));
    for (int i = 1; i < 250; i += 20) {
        path[i] = '/';
        open(path, O_RDONLY);
    }
    rename(path, path + 1);
    symlink(path, path);
    chdir(path);
    writev(1000, vector, 8);
    readv(0, vector, 8);
    poll(polls, 60, 0);
    if (pipe(ends) == 0) {
        write(ends[1], path, sizeof(path));
        close(ends[0]);
        close(ends[1]);
    }
    register long b __asm__("r12") = 0x5a5a5a5a5a5a5a5a, c __asm__("r13") = b;
    register long d __asm__("r14") = b, e __asm__("r15") = b, f __asm__("r8") = b;
    register long g __asm__("r9") = b, h __asm__("r10") = b;
    long result;
    for (int number = 1000; number < 1003; number++)
        __asm__ volatile("syscall"
                         : "=a"(result)
                         : "a"((long)number), "D"(b), "S"(b), "d"(b), "r"(c), "r"(d), "r"(e),
                           "r"(f), "r"(g), "r"(h)
                         : "rcx", "r11", "memory");
}

/* In the n bytes at `at`: runs of the secret, and addresses of the kernel. */
static int stale(const void *at, size_t n)
{
    const unsigned char *byte = at;
    int found = 0;
    for (size_t i = 0; i + 4 <= n; i++)
        found += byte[i] == SECRET && byte[i + 1] == SECRET && byte[i + 2] == SECRET;
    for (size_t i = 0; i + 8 <= n; i += 4) {
        uint64_t word;
        memcpy(&word, byte + i, 8);
        found +=
            is_kernel_word(word) && (word & 0xffffffff) != 0xeeeeeeee && word >> 32 != 0xeeeeeeee;
    }
    return found;
}

/* Padding: each byte is zero, or as it was. */
static bool clean(size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (out[i] != 0 && (unsigned char)out[i] != UNTOUCHED)
            return false;
    return true;
}

#define COPIED(call) \
    (poison_kernel(), memset(out, UNTOUCHED, sizeof(out)), (call), stale(out, sizeof(out)))

static void check_structures(void)
{
    CHECK_EQ(COPIED(syscall(SYS_stat, ".", out)), 0);
    CHECK(clean(36, 40) && clean(120, 144) && (unsigned char)out[144] == UNTOUCHED);
    CHECK_EQ(COPIED(syscall(SYS_statx, AT_FDCWD, ".", 0, 0xfff, out)), 0);
    CHECK(clean(30, 32) && clean(108, 112) && (unsigned char)out[256] == UNTOUCHED);
    CHECK_EQ(COPIED(syscall(SYS_statfs, ".", out)), 0);
    CHECK(clean(88, 120));
    CHECK_EQ(COPIED(syscall(SYS_getrusage, RUSAGE_SELF, out)), 0);
    CHECK((unsigned char)out[144] == UNTOUCHED);
    CHECK_EQ(COPIED(syscall(SYS_sysinfo, out)), 0);
    CHECK(clean(82, 88) && clean(108, 112));
    CHECK_EQ(COPIED(syscall(SYS_times, out)), 0);
    CHECK_EQ(COPIED(syscall(SYS_getitimer, ITIMER_REAL, out)), 0);
    CHECK_EQ(COPIED(syscall(SYS_rt_sigaction, SIGUSR1, NULL, out, 8)), 0);
    CHECK_EQ(COPIED(syscall(SYS_sigaltstack, NULL, out)), 0);
    CHECK(clean(12, 16));
    CHECK_EQ(COPIED(syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, out)), 0);
    CHECK_EQ(COPIED(syscall(SYS_getcwd, out, sizeof(out))), 0);
    CHECK_EQ(COPIED(syscall(SYS_sched_getaffinity, 0, 1024, out)), 0);
}

static void check_uname(void)
{
    bool zero = true;
    CHECK_EQ(COPIED(syscall(SYS_uname, out)), 0);
    for (int field = 0; field < 6; field++) {
        const char *text = out + 65 * field;
        zero = zero && not_zero(text + strlen(text), 65 - strlen(text)) == 0;
    }
    CHECK(zero); /* each field is zero to its end */
}

static void check_names(void)
{
    static const char *const names[] = {"n", "na", "name", "a-name-of-24-characters-", "name-8-c"};
    mkdir("names", 0777);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char path[64];
        snprintf(path, sizeof(path), "names/%s", names[i]);
        make_file(path, "x");
    }
    int fd = open("names", O_RDONLY);
    long n = 0;
    CHECK_EQ(COPIED(n = syscall(SYS_getdents64, fd, out, sizeof(out))), 0);
    bool padded = n > 0;
    for (long at = 0; at < n;) {
        const unsigned short length = *(unsigned short *)(out + at + 16);
        size_t text = (size_t)at + 19;
        padded = padded && clean(text + strlen(out + text), (size_t)at + length);
        at += length;
    }
    CHECK(padded);
    close(fd);
}

/* ---- Signals and waits ---- */

static int frame_stale;
static bool info_clean;

static void on_signal(int sig, siginfo_t *info, void *context)
{
    (void)sig;
    info_clean = not_zero((char *)info + 12, 4) == 0 && not_zero((char *)info + 32, 96) == 0;
    const ucontext_t *uc = context; /* all but the registers, which are the program's own */
    const char *rest = (const char *)uc->uc_mcontext.gregs + sizeof(uc->uc_mcontext.gregs);
    frame_stale = stale(uc, (size_t)((const char *)&uc->uc_mcontext - (const char *)uc)) +
                  stale(rest, (size_t)((const char *)(uc + 1) - rest)) + stale(info, sizeof(*info));
}

static void check_signals(void)
{
    struct sigaction act = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
    sigaction(SIGUSR1, &act, NULL);
    poison_kernel();
    kill(getpid(), SIGUSR1);
    CHECK_EQ(frame_stale, 0);
    CHECK(info_clean);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    kill(getpid(), SIGUSR2);
    CHECK_EQ(COPIED(syscall(SYS_rt_sigtimedwait, &set, out, NULL, 8)), 0);
    CHECK(clean(12, 16) && clean(24, 128));
    pid_t pid = fork();
    if (pid == 0)
        _exit(3);
    CHECK_EQ(COPIED(syscall(SYS_waitid, P_PID, pid, out, WEXITED, out + 256)), 0);
    CHECK(clean(12, 16) && clean(28, 128));
}

int main(int argc, char **argv, char **envp)
{
    (void)argc;
    check_new_stack(argv, envp);
    check_fresh();
    check_files();
    check_structures();
    check_uname();
    check_names();
    check_signals();
    return check_done();
}
