/* Long calls about open files: 60,000 descriptors, locks, pipes, transfers. */
/* SPDX-License-Identifier: MIT */
#include "latency.h"

enum { N_FDS = 60000 };

/* As root: a user may have so many. */
static void allow_descriptors(void)
{
    more_descriptors(65536);
}

static int fill_table(int flags)
{
    int fd = open("/dev/null", O_RDWR | flags);
    MUST(fd);
    for (int i = 0; i < N_FDS; i++)
        MUST(fcntl(fd, flags ? F_DUPFD_CLOEXEC : F_DUPFD, 0));
    return fd;
}

static void do_poll_many(void)
{
    static struct pollfd list[N_FDS];
    int ends[2];
    MUST(pipe(ends));
    for (int i = 0; i < N_FDS; i++) {
        list[i].fd = fcntl(ends[0], F_DUPFD, 0);
        list[i].events = POLLIN;
        MUST(list[i].fd);
    }
    measure();
    MUST(poll(list, N_FDS, 1));
    measured();
}

/* Each of them has a queue of its own. */
static void do_poll_pipes(void)
{
    enum { N = 6000 };
    static struct pollfd list[N];
    for (int i = 0; i < N; i++) {
        int ends[2];
        MUST(pipe(ends));
        list[i] = (struct pollfd){ends[0], POLLIN, 0};
    }
    measure();
    MUST(poll(list, N, 1));
    measured();
}

static void do_close_range(void)
{
    fill_table(0);
    measure();
    MUST(syscall(SYS_close_range, 3, ~0u, 0));
    measured();
}

static void do_mark_range(void)
{
    fill_table(0);
    measure();
    MUST(syscall(SYS_close_range, 3, ~0u, 4 /* CLOSE_RANGE_CLOEXEC */));
    measured();
}

static void do_exec_descriptors(void)
{
    char *none[] = {NULL};
    fill_table(O_CLOEXEC);
    measure();
    execve("/ouros/bin/true", none, none);
    die("exec");
}

/* Files that nothing else has open: each close frees one. */
static void do_exec_files(void)
{
    char *none[] = {NULL};
    for (int i = 0; i < 8000; i++)
        MUST(open("/tmp", O_RDONLY | O_CLOEXEC));
    measure();
    execve("/ouros/bin/true", none, none);
    die("exec");
}

static void do_exit_descriptors(void)
{
    fill_table(0);
    measure();
    _exit(0);
}

static void do_fork_descriptors(void)
{
    fill_table(0);
    measure();
    pid_t pid = fork();
    MUST(pid);
    if (pid == 0)
        _exit(0);
    measured();
}

static int run_nothing(void *arg)
{
    (void)arg;
    syscall(SYS_exit, 0);
    return 0;
}

static void do_clone_descriptors(void)
{
    char *stack = map(65536, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    fill_table(0);
    measure();
    MUST(clone(run_nothing, stack + 65536, CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_FS,
               NULL));
    measured();
}

static int unshare_table(void *arg)
{
    (void)arg;
    measure();
    MUST(syscall(SYS_unshare, CLONE_FILES));
    measured();
    _exit(0);
}

static void do_unshare_descriptors(void)
{
    char *stack = map(65536, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    fill_table(0);
    MUST(clone(unshare_table, stack + 65536, CLONE_VM | CLONE_FILES | SIGCHLD, NULL));
    wait(NULL);
}

static void do_list_descriptors(void)
{
    fill_table(0);
    int fd = open("/proc/self/fd", O_RDONLY | O_DIRECTORY);
    char *buffer = map(4 * MB, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    memset(buffer, 1, 4 * MB);
    measure();
    MUST(syscall(SYS_getdents64, fd, buffer, 4 * MB));
    measured();
}

static void do_pipe_size(void)
{
    int ends[2];
    MUST(pipe(ends));
    MUST(fcntl(ends[1], F_SETPIPE_SZ, 1 << 20));
    static char bytes[1 << 20];
    MUST(write(ends[1], bytes, sizeof(bytes)));
    measure();
    for (int i = 0; i < 100; i++)
        MUST(fcntl(ends[1], F_SETPIPE_SZ, 1 << 20));
    measured();
}

static void do_pipe_write(void)
{
    static char bytes[1 << 20];
    int ends[2];
    MUST(pipe(ends));
    MUST(fcntl(ends[1], F_SETPIPE_SZ, 1 << 20));
    measure();
    MUST(write(ends[1], bytes, sizeof(bytes)));
    measured();
}

static void do_pipe_close(void)
{
    static char bytes[1 << 20];
    int ends[2];
    MUST(pipe(ends));
    MUST(fcntl(ends[1], F_SETPIPE_SZ, 1 << 20));
    MUST(write(ends[1], bytes, sizeof(bytes)));
    MUST(close(ends[0]));
    measure();
    MUST(close(ends[1]));
    measured();
}

static int many_locks(void)
{
    int fd = big_file("f", 0);
    for (int i = 0; i < 30000; i++) {
        struct flock lock = {.l_type = F_WRLCK, .l_start = 2 * i, .l_len = 1};
        MUST(fcntl(fd, F_SETLK, &lock));
    }
    return fd;
}

static void do_join_locks(void)
{
    int fd = many_locks();
    struct flock all = {.l_type = F_RDLCK};
    measure();
    MUST(fcntl(fd, F_SETLK, &all));
    measured();
}

static void do_drop_locks(void)
{
    int fd = many_locks();
    measure();
    MUST(close(fd));
    measured();
}

/* Each lock is another open file's. */
static void do_flocks(void)
{
    enum { N = 8000 };
    int last = -1;
    big_file("f", 0);
    for (int i = 0; i < N; i++) {
        last = open("f", O_RDWR);
        MUST(last);
        MUST(flock(last, LOCK_SH));
    }
    measure();
    flock(last, LOCK_EX | LOCK_NB);
    measured();
}

static void do_exit_flocks(void)
{
    enum { N = 8000 };
    big_file("f", 0);
    for (int i = 0; i < N; i++) {
        int fd = open("f", O_RDWR);
        MUST(fd);
        MUST(flock(fd, LOCK_SH));
    }
    measure();
    _exit(0);
}

static void do_pages(void)
{
    enum { N = 1024 };
    static struct iovec list[N];
    int fd = big_file("f", 0);
    char *buffer = map((size_t)N * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    for (int i = 0; i < N; i++)
        list[i] = (struct iovec){buffer + (size_t)i * PAGE, PAGE};
    measure();
    MUST(writev(fd, list, N));
    measured();
}

/* The host's reader takes what comes. */
static void do_host(void)
{
    int fd = open("/dev/hosterr", O_WRONLY);
    char *bytes = map(32 * MB, PROT_READ, MAP_PRIVATE);
    measure();
    MUST(write(fd, bytes, 32 * MB));
    measured();
}

static const struct row rows[] = {
    {"poll of 60,000 descriptors", do_poll_many, allow_descriptors},
    {"poll of 6,000 pipes", do_poll_pipes, allow_descriptors},
    {"close_range of 60,000 descriptors", do_close_range, allow_descriptors},
    {"close_range marks 60,000 descriptors", do_mark_range, allow_descriptors},
    {"execve closes 60,000 descriptors", do_exec_descriptors, allow_descriptors},
    {"execve closes 8,000 files", do_exec_files, allow_descriptors},
    {"exit with 60,000 descriptors", do_exit_descriptors, allow_descriptors},
    {"fork with 60,000 descriptors", do_fork_descriptors, allow_descriptors},
    {"clone of a thread with 60,000 descriptors of its own", do_clone_descriptors,
     allow_descriptors},
    {"unshare of 60,000 descriptors", do_unshare_descriptors, allow_descriptors},
    {"listing of 60,000 descriptors", do_list_descriptors, allow_descriptors},
    {"100 calls of F_SETPIPE_SZ with 1 MB", do_pipe_size, NULL},
    {"write of 1 MB to a pipe", do_pipe_write, NULL},
    {"close of a pipe with 1 MB", do_pipe_close, NULL},
    {"a lock takes the place of 30,000", do_join_locks, NULL},
    {"close of a file with 30,000 record locks", do_drop_locks, NULL},
    {"flock of a file that 8,000 have locked", do_flocks, allow_descriptors},
    {"exit with 8,000 locked files", do_exit_flocks, allow_descriptors},
    {"writev of 1,024 pages", do_pages, NULL},
    {"write of 32 MB to /dev/hosterr", do_host, NULL},
};
const struct rows descriptor_rows = {rows, sizeof(rows) / sizeof(rows[0])};
