/* The cases: each call of the table with arguments that succeed. */
/* SPDX-License-Identifier: MIT */
#include "inject.h"

#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int file, dir, other; /* descriptors that are there all the time */
static char page[4096], *area;
static struct timespec moment = {0, 1000};
static struct iovec vector[2];
static uint64_t words[64];
static const char long_target[] = "a target that is too long to lie in the inode, as we hope";
static sigset_t signals;
static siginfo_t queued = {.si_signo = SIGUSR1, .si_code = SI_QUEUE};
static struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};

/* ---- The bare call ---- */

/* Then, if a child may share the memory by now, the failing is switched off before anything
 * on the stack is touched; the child itself ends at once. */
static long enter(long number, const long *a, long fail_fd)
{
    register long r10 __asm__("r10") = a[3], r8 __asm__("r8") = a[4], r9 __asm__("r9") = a[5];
    register long fd __asm__("r12") = fail_fd;
    long result = number;
    __asm__ volatile("syscall\n"
                     "test %%r12, %%r12\n jz 2f\n"
                     "test %%rax, %%rax\n jz 1f\n"
                     "mov %%rax, %%rbx\n test %%r12, %%r12\n js 2f\n"
                     "mov $18, %%eax\n mov %%r12, %%rdi\n lea 3f(%%rip), %%rsi\n"
                     "mov $2, %%edx\n xor %%r10d, %%r10d\n syscall\n"
                     "mov %%rbx, %%rax\n jmp 2f\n"
                     "1: xor %%edi, %%edi\n mov $231, %%eax\n syscall\n"
                     "3: .ascii \"0\\n\"\n 2:"
                     : "+a"(result), "+r"(r10)
                     : "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r8), "r"(r9), "r"(fd)
                     : "rbx", "rcx", "r11", "memory", "cc");
    return result;
}

#define CALL(name, ...) enter(SYS_##name, (long[6]){__VA_ARGS__}, 0)
#define FORK(name, ...) enter(SYS_##name, (long[6]){__VA_ARGS__}, fail_fd)
#define P(pointer)      ((long)(pointer))

void make_world(void)
{
    umask(0);
    file = fcntl(open("file", O_RDWR | O_CREAT, 0666), F_DUPFD, 10);
    other = fcntl(open("other", O_RDWR | O_CREAT, 0666), F_DUPFD, 11);
    dir = fcntl(open(".", O_RDONLY | O_DIRECTORY), F_DUPFD, 12);
    closefrom(60);
    for (int fd = 3; fd < 10; fd++)
        close(fd);
    if (write(file, page, sizeof page) < 0 || mkdir("dir", 0777) || symlink("file", "link"))
        perror("world");
    area = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(area, 1, 1 << 20);
    memset(words, 0, sizeof words);
    vector[0] = (struct iovec){page, 100};
    vector[1] = (struct iovec){page + 200, 100};
}

/* ---- Taking back ---- */

static void close_it(long fd)
{
    close((int)fd);
}

static void close_two(long result)
{
    (void)result;
    close(((int *)page)[0]);
    close(((int *)page)[1]);
}

static void unmap_it(long at)
{
    munmap((void *)at, 1 << 16);
}

static void reap(long pid)
{
    waitpid((pid_t)pid, NULL, __WALL);
}

static void remove_new(void)
{
    unlink("new");
    rmdir("new");
}

static void restore_file(void)
{
    ftruncate(file, 4096);
    ftruncate(other, 0);
    lseek(file, 0, SEEK_SET);
    lseek(other, 0, SEEK_SET);
}

static void make_new(void)
{
    close(open("new", O_WRONLY | O_CREAT, 0666));
}

static void make_new_dir(void)
{
    mkdir("new", 0777);
}

static void go_back(long result)
{
    (void)result;
    fchdir(dir);
}

static void back_to_new(void)
{
    rename("renamed", "new");
    remove_new();
}

static void map_fresh(void)
{
    munmap(area, 1 << 20);
    mmap(area, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    memset(area, 1, 1 << 20);
}

static void unlock_file(long result)
{
    (void)result;
    fcntl(file, F_SETLK, &(struct flock){.l_type = F_UNLCK});
}

static void handler(int signal)
{
    (void)signal;
}

static void block_usr1(void)
{
    sigset_t set;
    signal(SIGUSR1, handler);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
}

static void drain_usr1(void)
{
    static const struct timespec nothing;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    while (enter(SYS_rt_sigtimedwait, (long[6]){P(&set), 0, P(&nothing), 8}, 0) > 0)
        ;
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void break_down(long end)
{
    (void)end;
    enter(SYS_brk, (long[6]){(long)sbrk(0)}, 0);
}

static void open_20(void)
{
    dup2(file, 20);
}

static void unflock(long result)
{
    (void)result;
    flock(file, LOCK_UN);
}

static void rewind_dir(void)
{
    lseek(dir, 0, SEEK_SET);
}

static void raise_usr1(void)
{
    block_usr1();
    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR1);
    raise(SIGUSR1);
}

static void exchange_back(long result)
{
    (void)result;
    enter(SYS_renameat2, (long[6]){dir, P("new"), dir, P("file"), 2}, 0);
}

/* A child execs with the failure that was meant for the caller; what is past the point of no return
 * may only be the child's end. */
static long exec_in_child(long number, int fail_fd)
{
    static char *arguments[] = {"true", "an argument", NULL}, *environment[] = {"A=1", "B=2", NULL};
    char nth[16] = "0\n";
    int status;
    if (fail_fd >= 0) {
        pread(fail_fd, nth, sizeof nth - 1, 0);
        pwrite(fail_fd, "0\n", 2, 0);
    }
    pid_t pid = fork();
    if (pid == 0) {
        int fd = open("/proc/self/fail-nth", O_RDWR | O_CLOEXEC);
        pwrite(fd, nth, strlen(nth), 0);
        long by_path[6] = {P("/bin/true"), P(arguments), P(environment)};
        long by_dir[6] = {dir, P("/bin/true"), P(arguments), P(environment)};
        _exit((int)-enter(number, number == SYS_execve ? by_path : by_dir, 0));
    }
    waitpid(pid, &status, 0);
    return WIFSIGNALED(status) ? (WTERMSIG(status) == SIGKILL ? -ENOMEM : -EINTR)
                               : -WEXITSTATUS(status);
}

static void set_lock(void)
{
    *(struct flock *)page = (struct flock){.l_type = F_WRLCK, .l_len = 10};
}

static void set_polls(void)
{
    for (int i = 0; i < 200; i++)
        ((struct pollfd *)area)[i] = (struct pollfd){.fd = file, .events = POLLIN};
}

static void set_event(void)
{
    memset(page, 0, 256);
}

static void child_ends(void)
{
    if (fork() == 0)
        _exit(0);
}

static void reap_all(void)
{
    while (waitpid(-1, NULL, 0) > 0)
        ;
}

/* A child to look into. Before it sleeps it has copied the pages that it writes. */
static void child_waits(void)
{
    int ends[2];
    char byte = 0;
    pipe(ends);
    words[0] = fork();
    for (; words[0] == 0; pause())
        write(ends[1], &byte, 1);
    read(ends[0], &byte, 1);
    close(ends[0]);
    close(ends[1]);
}

static void end_child(void)
{
    kill((pid_t)words[0], SIGKILL);
    reap_all();
}

static void set_clone(void)
{
    memset(words, 0, sizeof words);
    words[4] = SIGCHLD;
}

/* ---- The cases ---- */

#define CASE(id, expression, ...)      \
    static long call_##id(int fail_fd) \
    {                                  \
        (void)fail_fd;                 \
        return expression;             \
    }
#include "cases.h"
#undef CASE

#define CASE(id, expression, ...) {.name = #id, .call = call_##id, __VA_ARGS__},
const struct inject_case cases[] = {
#include "cases.h"
};
#undef CASE
const size_t n_cases = sizeof cases / sizeof cases[0];

/* clang-format off */
const char *const without[] = {
    "exit", "exit_group", "reboot", /* do not come back */
    "rt_sigreturn",                 /* only from a handler */
    "pause", "rt_sigsuspend",       /* do not come back without a signal */
    "chroot",                       /* cannot be taken back; path lookup is chdir's */
    "setpgid",                      /* not for the leader of a session */
    "rseq",                         /* ENOSYS, always */
    "setsid",                       /* only once in a process */
    "socket", "socketpair",         /* fail, always, as these do: */
    "setxattr", "lsetxattr", "fsetxattr", "getxattr", "lgetxattr", "fgetxattr",
    "removexattr", "lremovexattr", "fremovexattr",
    "sethostname",                  /* takes no memory, and would rename the machine */
};
/* clang-format on */
const size_t n_without = sizeof without / sizeof without[0];
