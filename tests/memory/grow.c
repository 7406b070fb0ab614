/* Memory at its end: each thing that takes memory is grown by a process until the kernel refuses;
 * while it is held, root's shell must still start programs; when it is gone, the counts are back.
 * Runs on Ouros alone, as its first program: in the place of root's shell. */
/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>

#include "check.h"

#define FOLDER "/tmp/grow"
enum { PAGE = 4096, SECONDS = 40 };

/* ---- What grows: each returns the errno of the refusal ---- */

static int grow_processes(void)
{
    for (;;) {
        pid_t pid = fork();
        if (pid < 0)
            return errno;
        if (pid == 0)
            for (;;)
                pause();
    }
}

/* Each child goes on forking, as the famous bomb does. */
static int grow_bomb(void)
{
    for (;;)
        if (fork() < 0) {
            int error = errno;
            if (getpid() == getpgrp())
                return error;
            for (;;)
                pause();
        }
}

static int hold(void *arg)
{
    for (;;)
        syscall(SYS_pause);
    return arg == NULL;
}

static int grow_threads(void)
{
    enum { OF_THREADS = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD };
    for (;;) {
        char *stack = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (stack == MAP_FAILED || clone(hold, stack + PAGE, OF_THREADS, NULL) < 0)
            return errno;
    }
}

static int grow_memory(void)
{
    for (;;) {
        char *at = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (at == MAP_FAILED)
            return errno;
        memset(at, 1, 1 << 20);
    }
}

/* A page in each two megabytes: a table for each. */
static int grow_tables(void)
{
    for (;;) {
        char *at = mmap(NULL, 1ul << 30, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (at == MAP_FAILED)
            return errno;
        for (size_t i = 0; i < 1ul << 30; i += 1 << 21)
            at[i] = 1;
    }
}

/* Upwards with gaps: each is an area of its own, after all others. */
static int grow_areas(void)
{
    for (char *at = (char *)0x10000000000;; at += 2 * PAGE)
        if (mmap(at, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
            return errno;
}

static int grow_shared(void)
{
    for (;;) {
        char *at = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (at == MAP_FAILED)
            return errno;
        memset(at, 1, 1 << 20);
    }
}

static int grow_contents(void)
{
    static char bytes[1 << 16];
    int fd = open("big", O_WRONLY | O_CREAT, 0600);
    while (fd >= 0 && write(fd, bytes, sizeof bytes) > 0)
        ;
    int error = errno; /* a quarter of all memory is left for programs: nobody dies for this */
    size_t quarter = (size_t)sysconf(_SC_PHYS_PAGES) / 4 * PAGE;
    char *at = mmap(NULL, quarter, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(at, 1, quarter);
    return error;
}

static int grow_files(void)
{
    for (int i = 0;; i++) {
        char name[32];
        snprintf(name, sizeof name, "file-%d", i);
        int fd = open(name, O_WRONLY | O_CREAT, 0600);
        if (fd < 0)
            return errno;
        close(fd);
    }
}

static int grow_symlinks(void)
{
    char target[4000], name[32];
    memset(target, 't', sizeof target - 1);
    target[sizeof target - 1] = 0;
    for (int i = 0;; i++) {
        snprintf(name, sizeof name, "link-%d", i);
        if (symlink(target, name) < 0)
            return errno;
    }
}

static int grow_depth(void)
{
    for (;;)
        if (mkdir("d", 0700) < 0 || chdir("d") < 0)
            return errno;
}

static int grow_descriptors(void)
{
    struct rlimit most = {1 << 20, 1 << 20};
    if (setrlimit(RLIMIT_NOFILE, &most) < 0) {
        getrlimit(RLIMIT_NOFILE, &most);
        most.rlim_cur = most.rlim_max;
        setrlimit(RLIMIT_NOFILE, &most);
    }
    for (;;)
        if (open("/dev/null", O_RDONLY) < 0)
            return errno;
}

static int grow_pipes(void)
{
    static char bytes[65536];
    struct rlimit most = {1 << 16, 1 << 16};
    setrlimit(RLIMIT_NOFILE, &most);
    for (int ends[2];;)
        if (pipe2(ends, O_NONBLOCK) < 0 || write(ends[1], bytes, sizeof bytes) < 0)
            return errno;
}

static int grow_signals(void)
{
    struct rlimit most = {RLIM_INFINITY, RLIM_INFINITY};
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    setrlimit(RLIMIT_SIGPENDING, &most);
    siginfo_t info = {.si_code = SI_QUEUE};
    for (;;)
        if (syscall(SYS_rt_sigqueueinfo, getpid(), 40, &info) < 0)
            return errno;
}

/* A longer and longer environment, of which each exec makes a copy. */
static int grow_environment(void)
{
    enum { MOST = 1 << 14 };
    static char *environment[MOST + 1], *arguments[] = {"true", NULL};
    for (volatile int n = 64; n <= MOST; n *= 2) {
        for (int i = n / 2; i < n; i++) {
            char *text = malloc(1000);
            if (!text)
                return errno;
            memset(text, 'e', 999);
            text[999] = 0;
            environment[i] = text;
        }
        for (int i = 0; i < n / 2; i++)
            if (!environment[i])
                environment[i] = environment[n / 2];
        pid_t pid = vfork();
        if (pid == 0) {
            execve("/bin/true", arguments, environment);
            _exit(errno);
        }
        int status = 0;
        if (pid < 0)
            return errno;
        waitpid(pid, &status, 0);
        if (status)
            return WIFEXITED(status) ? WEXITSTATUS(status) : ENOMEM;
    }
    return 0;
}

enum { MEMORY = 3 }; /* the number of a row */

static const struct {
    const char *name;
    int (*grow)(void);
    int refusals[3]; /* besides the end by SIGKILL */
} kinds[] = {
    {"processes", grow_processes, {ENOMEM, EAGAIN}},
    {"fork bomb", grow_bomb, {ENOMEM, EAGAIN}},
    {"threads", grow_threads, {ENOMEM, EAGAIN}},
    [MEMORY] = {"memory", grow_memory, {ENOMEM}},
    {"page tables", grow_tables, {ENOMEM}},
    {"areas", grow_areas, {ENOMEM}},
    {"shared memory", grow_shared, {ENOMEM}},
    {"a file", grow_contents, {ENOSPC}},
    {"files", grow_files, {ENOSPC, ENOMEM}},
    {"symbolic links", grow_symlinks, {ENOSPC, ENOMEM}},
    {"deep directories", grow_depth, {ENOSPC, ENOMEM}},
    {"descriptors", grow_descriptors, {ENFILE, EMFILE, ENOMEM}},
    {"pipes", grow_pipes, {ENFILE, EMFILE, ENOMEM}},
    {"pending signals", grow_signals, {EAGAIN}},
    {"an environment", grow_environment, {E2BIG, ENOMEM}},
};

/* ---- The watcher, in the place of root's shell ---- */

static char before[8192], after[8192];

static void read_counts(char *text)
{
    int fd = open("/proc/kcounts", O_RDONLY);
    ssize_t n, length = 0;
    memset(text, 0, sizeof before);
    while ((n = read(fd, text + length, sizeof before - 1 - length)) > 0)
        length += n;
    close(fd);
}

static void tell_difference(void)
{
    const char *x = before, *y = after;
    while (*x && *y) {
        size_t n = strcspn(x, "\n"), m = strcspn(y, "\n");
        if (n != m || memcmp(x, y, n) != 0)
            printf("#   was %.*s, is %.*s\n", (int)n, x, (int)m, y);
        x += n + (x[n] != 0);
        y += m + (y[m] != 0);
    }
}

/* Does a program that is started now come to its end, and in order? */
static bool starts(const char *path, const char *argument)
{
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, 1);
        execl(path, path, argument, (char *)NULL);
        _exit(127);
    }
    if (pid > 0)
        waitpid(pid, &status, 0);
    return status == 0;
}

/* What root would try first. */
static bool shell_works(void)
{
    return starts("/bin/ls", "/") && starts("/bin/ps", NULL) && starts("/bin/true", NULL);
}

/* Removes the folder, however deep; a child does, so that what it takes is gone with it. */
static void remove_folder(void)
{
    chdir("/");
    pid_t pid = fork();
    if (pid == 0) {
        chdir(FOLDER);
        for (long depth = 0; depth >= 0;) {
            bool down = false;
            DIR *dir = opendir(".");
            for (struct dirent *entry; dir && (entry = readdir(dir));) {
                if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
                    continue;
                if (unlink(entry->d_name) < 0 && rmdir(entry->d_name) < 0)
                    down = chdir(entry->d_name) == 0;
                if (down)
                    break;
            }
            if (dir)
                closedir(dir);
            depth += down ? 1 : -1;
            if (!down && depth >= 0)
                chdir("..");
        }
        _exit(0);
    }
    if (pid > 0)
        waitpid(pid, NULL, 0);
    rmdir(FOLDER);
}

/* Ends all processes but this one and init. */
static void end_all(void)
{
    for (;;) {
        pid_t pid;
        kill(-1, SIGKILL);
        while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
            ;
        if (pid < 0 && errno == ECHILD)
            return;
        nanosleep(&(struct timespec){0, 1000000}, NULL);
    }
}

static volatile int *reported; /* shared: what the grower tells; there is no memory for a pipe */

static pid_t start(int kind, bool as_root)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    setpgid(0, 0);
    setrlimit(RLIMIT_NPROC, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY});
    if (chdir(FOLDER) < 0 || (!as_root && (setgid(1000) < 0 || setuid(1000) < 0)))
        _exit(1);
    *reported = kinds[kind].grow();
    for (;;)
        pause();
}

/* A small service of root's, which needs a page now and then and is not to blame. */
static pid_t start_daemon(void)
{
    pid_t pid = fork();
    if (pid)
        return pid;
    for (;;) {
        char *at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (at != MAP_FAILED) {
            *at = 1;
            munmap(at, PAGE);
        }
        nanosleep(&(struct timespec){0, 1000000}, NULL);
    }
}

/* How it was refused: an errno, -SIGNAL, or 0 for not at all in all that time. */
static int refusal(pid_t pid)
{
    int status;
    for (int ms = 0; ms < SECONDS * 1000; ms += 10) {
        if (*reported)
            return *reported;
        if (waitpid(pid, &status, WNOHANG) == pid)
            return WIFSIGNALED(status) ? -WTERMSIG(status) : 0;
        nanosleep(&(struct timespec){0, 10000000}, NULL);
    }
    return 0;
}

static bool is_expected(int kind, int how)
{
    for (int i = 0; i < 3; i++)
        if (how && kinds[kind].refusals[i] == how)
            return true;
    return how == -SIGKILL && kinds[kind].grow != grow_contents;
}

/* A process with that oom_score_adj and so much memory; it says when it has both. */
static pid_t start_adjusted(const char *adjustment, size_t n)
{
    *reported = 0;
    pid_t pid = fork();
    if (pid == 0) {
        int fd = open("/proc/self/oom_score_adj", O_WRONLY);
        char *at = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (write(fd, adjustment, strlen(adjustment)) < 0 || at == MAP_FAILED)
            _exit(1);
        memset(at, 1, n);
        *reported = 1;
        for (;;)
            pause();
    }
    while (pid > 0 && !*reported && waitpid(pid, NULL, WNOHANG) == 0)
        nanosleep(&(struct timespec){0, 1000000}, NULL);
    return pid;
}

static void verdict(bool passed, const char *kind, bool as_root, const char *what)
{
    char text[128];
    snprintf(text, sizeof text, "%s as %s: %s", kind, as_root ? "root" : "a user", what);
    check_verdict(passed, text);
}

/* Does the process live while another one, which is not to blame, takes some pages? */
static bool leaves_pages(pid_t pid)
{
    enum { SOME = 64 * PAGE };
    char *at = mmap(NULL, SOME, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        return false;
    memset(at, 1, SOME);
    munmap(at, SOME);
    return waitpid(pid, NULL, WNOHANG) == 0;
}

static void run(int kind, bool as_root, bool quiet)
{
    const char *name = kinds[kind].name;
    mkdir(FOLDER, 0777);
    chmod(FOLDER, 0777);
    *reported = 0;
    pid_t service = start_daemon(), pid = start(kind, as_root);
    int how = refusal(pid);
    bool leaves = kinds[kind].grow != grow_signals || leaves_pages(pid);
    bool works = shell_works(), lives = waitpid(service, NULL, WNOHANG) == 0;
    end_all();
    remove_folder();
    if (quiet)
        return;
    verdict(is_expected(kind, how), name, as_root, "refused");
    printf("#   by %s\n", how < 0 ? strsignal(-how) : strerror(how));
    if (kinds[kind].grow == grow_signals)
        verdict(leaves, name, as_root, "pages are left, and the process is not killed for them");
    verdict(works, name, as_root, "root's shell works meanwhile");
    verdict(lives, name, as_root, "a small daemon lives on");
    read_counts(after);
    verdict(strcmp(before, after) == 0, name, as_root, "all is given back");
    tell_difference();
}

/* Memory runs out: the first to go is the process that root has marked, however small it is. One
 * that root has exempted stays, however large. */
static void run_adjusted(void)
{
    size_t half = (size_t)sysconf(_SC_PHYS_PAGES) / 2 * PAGE;
    int status = -1;
    mkdir(FOLDER, 0777);
    chmod(FOLDER, 0777);
    pid_t marked = start_adjusted("1000", PAGE), exempt = start_adjusted("-1000", half);
    *reported = 0;
    pid_t pid = start(MEMORY, false);
    int how = refusal(pid);
    verdict(how == -SIGKILL, "memory", false, "the one that takes it ends, too");
    verdict(waitpid(marked, &status, WNOHANG) == marked && status == SIGKILL, "memory", false,
            "the one that is marked has ended before");
    verdict(waitpid(exempt, NULL, WNOHANG) == 0, "memory", false, "the largest, exempt, lives on");
    end_all();
    remove_folder();
}

int main(int argc, char **argv)
{
    if (access("/proc/kcounts", R_OK) < 0) {
        printf("1..0 # SKIP this is not Ouros\n");
        return 0;
    }
    umask(0);
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    reported = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    verdict(reported != MAP_FAILED, "nothing", true, "there is a page to report in");
    if (fork() == 0)
        _exit(setuid(1000)); /* the first other user */
    wait(NULL);
    read_counts(after);
    read_counts(before);
    if (argc == 1)
        run_adjusted();
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        for (int as_root = 1; as_root >= 0; as_root--) {
            if (argc > 1 && strcmp(argv[1], kinds[i].name) != 0)
                continue;
            if (as_root)
                run((int)i, as_root, true); /* what the kernel keeps from a first time */
            read_counts(before);
            run((int)i, as_root, false);
        }
    return check_done();
}
