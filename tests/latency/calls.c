/* How long one call of an unprivileged user keeps another process from running.
 *
 * A sleeper of root's asks for 1 ms again and again and notes how late it runs. Meanwhile user 1000
 * makes one long call at a time. The program is meant for `tools/vm --icount`, where time is a
 * count of instructions and the same in each run; tests/latency/latency.t reads what it prints. */
/* SPDX-License-Identifier: MIT */
#include "latency.h"

enum { NICE_TICK_NS = 1000000 };

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

void die(const char *what)
{
    printf("cannot %s: %s\n", what, strerror(errno));
    fflush(stdout);
    kill(0, SIGKILL);
}

volatile struct shared *shared;

char *map(size_t n, int prot, int flags)
{
    char *at = mmap(NULL, n, prot, flags | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED)
        die("map");
    return at;
}

/* ---- Sleeper ---- */

static void sleeper(void)
{
    for (;;) {
        if (!shared->measuring)
            sched_yield(); /* begins the call with a whole time slice: see docs/trust.md */
        uint64_t due = now() + NICE_TICK_NS;
        struct timespec ms = {0, NICE_TICK_NS};
        shared->n_sleeps++;
        nanosleep(&ms, NULL);
        uint64_t woke = now(), late = woke - due;
        /* Also a sleep that ended after the call may have been held up by it. */
        if (shared->measuring && due < shared->end_ns && late > shared->worst_ns)
            shared->worst_ns = late;
        if (shared->measuring && woke < shared->end_ns)
            shared->n_wakes++;
    }
}

/* The call begins; it has ended when `measured` is called, or when the caller has gone. The sleeper
 * has just gone to sleep: of one that was ready already the delay would not be seen. */
void measure(void)
{
    uint64_t n = shared->n_sleeps;
    while (shared->n_sleeps == n)
        sched_yield();
    shared->worst_ns = shared->n_wakes = 0;
    shared->end_ns = UINT64_MAX;
    shared->begin_ns = now();
    shared->measuring = 1;
}

void measured(void)
{
    shared->end_ns = now();
}

/* ---- Helpers ---- */

void pause_for_ever(void)
{
    __atomic_fetch_add(&shared->n_ready, 1, __ATOMIC_SEQ_CST);
    for (;;)
        pause();
}

void fork_many(int n, void (*run)(void))
{
    for (int i = 0; i < n; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            run();
            _exit(0);
        }
        MUST(pid);
    }
}

void more_descriptors(rlim_t n)
{
    struct rlimit limit = {n, n};
    MUST(setrlimit(RLIMIT_NOFILE, &limit));
}

static long reserve(int fd, int mode, size_t offset, size_t n)
{
    return syscall(SYS_fallocate, fd, mode, offset, n);
}

int big_file(const char *name, size_t n)
{
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    MUST(fd);
    if (n)
        MUST(reserve(fd, 0, 0, n));
    return fd;
}

static int n_given; /* on the command line */

void wait_ready(unsigned n)
{
    while (shared->n_ready < n)
        usleep(1000);
    usleep(20000);
}

int many(int n)
{
    return n_given ? n_given : n;
}

/* ---- The calls: each prepares, then measures one ---- */

enum { N_THREADS = 3000, N_AREAS = 32000 };

static int thread_main(void *word)
{
    __atomic_fetch_add(&shared->n_ready, 1, __ATOMIC_SEQ_CST);
    syscall(SYS_futex, word, 0 /* FUTEX_WAIT */, 0, NULL, NULL, 0);
    __atomic_fetch_sub(&shared->n_ready, 1, __ATOMIC_SEQ_CST);
    for (;;)
        syscall(SYS_pause);
    return 0;
}

int word;

void start_threads(int n)
{
    const int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;
    char *stacks = map((size_t)n * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    for (int i = 0; i < n; i++)
        MUST(clone(thread_main, stacks + (size_t)(i + 1) * PAGE, flags, &word));
    while (shared->n_ready < (unsigned)n)
        usleep(1000);
    usleep(1000);
}

pid_t process_of_threads(int n)
{
    pid_t pid = fork();
    if (pid == 0) {
        start_threads(n);
        shared->n_ready = 1u << 20;
        pause_for_ever();
    }
    while (shared->n_ready < 1u << 20)
        usleep(1000);
    usleep(20000);
    return pid;
}

static void do_exit_threads(void)
{
    start_threads(many(N_THREADS));
    measure();
    _exit(0);
}

static void do_futex_wake(void)
{
    start_threads(many(N_THREADS));
    measure();
    syscall(SYS_futex, &word, 1 /* FUTEX_WAKE */, INT32_MAX, NULL, NULL, 0);
    measured();
}

static void do_exec_strings(void)
{
    enum { N = 690000 };
    struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
    MUST(setrlimit(RLIMIT_STACK, &limit));
    char **args = (char **)map((N + 1) * sizeof(char *), PROT_READ | PROT_WRITE, MAP_PRIVATE);
    for (int i = 0; i < N; i++)
        args[i] = "";
    measure();
    execv("/ouros/bin/true", args);
    execv("/bin/true", args);
    die("exec");
}

static void do_exit_children(void)
{
    pid_t first = fork();
    if (first == 0)
        pause_for_ever();
    setpgid(first, first);
    for (int i = 1, n = many(1500); i < n; i++) {
        pid_t pid = fork();
        if (pid == 0)
            pause_for_ever();
        MUST(pid);
        setpgid(pid, first);
        if (i % 3 == 0)
            kill(pid, SIGKILL);
    }
    usleep(50000);
    measure();
    _exit(0);
}

static void do_exit_files(void)
{
    more_descriptors(4096);
    for (int i = 0; i < 4000; i++)
        MUST(open("/tmp", O_RDONLY));
    measure();
    _exit(0);
}

/* Record locks of a file belong to its inode: a close of another file is not to look at them. */
static void do_exit_locks(void)
{
    int fd = big_file("f", 0);
    for (int i = 0; i < 30000; i++) {
        struct flock lock = {.l_type = F_WRLCK, .l_start = 2 * i, .l_len = 1};
        MUST(fcntl(fd, F_SETLK, &lock));
    }
    do_exit_files();
}

enum { N_POLLED = 4000, N_POLLERS = 30 };
static int polled[2];

static void poll_one_often(void)
{
    static struct pollfd list[N_POLLED];
    for (int i = 0; i < N_POLLED; i++)
        list[i] = (struct pollfd){polled[0], POLLIN, 0};
    __atomic_fetch_add(&shared->n_ready, 1, __ATOMIC_SEQ_CST);
    poll(list, N_POLLED, -1);
}

static void do_wake_pollers(void)
{
    more_descriptors(4096);
    MUST(pipe(polled));
    fork_many(N_POLLERS, poll_one_often);
    while (shared->n_ready < N_POLLERS)
        usleep(1000);
    usleep(50000);
    measure();
    MUST(write(polled[1], "x", 1));
    measured();
}

static void do_poll(void)
{
    static struct pollfd list[N_POLLED];
    more_descriptors(4096);
    MUST(pipe(polled));
    for (int i = 0; i < N_POLLED; i++)
        list[i] = (struct pollfd){polled[0], POLLIN, 0};
    measure();
    MUST(poll(list, N_POLLED, 1));
    measured();
}

static void do_fallocate(void)
{
    int fd = big_file("f", 0);
    measure();
    MUST(reserve(fd, 0, 0, 100 * MB));
    measured();
}

static void do_punch(void)
{
    int fd = big_file("f", 100 * MB);
    measure();
    MUST(reserve(fd, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, 0, 100 * MB));
    measured();
}

/* Nodes of pages that are all gone. */
static int emptied_file(void)
{
    enum { N = 20000 };
    int fd = big_file("f", 0);
    for (int i = 0; i < N; i++) {
        MUST(pwrite(fd, "x", 1, (off_t)i * 64 * PAGE));
        MUST(reserve(fd, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, (size_t)i * 64 * PAGE, PAGE));
    }
    MUST(ftruncate(fd, (off_t)N * 64 * PAGE));
    return fd;
}

static void do_seek_data(void)
{
    int fd = emptied_file();
    measure();
    lseek(fd, 0, SEEK_DATA);
    measured();
}

static void do_punch_emptied(void)
{
    int fd = emptied_file();
    measure();
    MUST(reserve(fd, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, 0, 20000ul * 64 * PAGE));
    measured();
}

static void do_truncate(void)
{
    int fd = big_file("f", 230 * MB);
    measure();
    MUST(ftruncate(fd, 0));
    measured();
}

static void do_close_removed(void)
{
    int fd = big_file("f", 230 * MB);
    MUST(unlink("f"));
    measure();
    MUST(close(fd));
    measured();
}

enum { N_LEVELS = 60000 };

static void go_deep(void)
{
    for (int i = 0; i < N_LEVELS; i++) {
        MUST(mkdir("d", 0700));
        MUST(chdir("d"));
    }
}

static void remove_deep(void)
{
    for (int i = 0; i < N_LEVELS; i++) {
        MUST(chdir(".."));
        MUST(rmdir("d"));
    }
}

static void do_close_deep(void)
{
    go_deep();
    int fd = open(".", O_RDONLY);
    MUST(fd);
    remove_deep();
    measure();
    MUST(close(fd));
    measured();
}

static void do_rename_deep(void)
{
    int top = open(".", O_RDONLY);
    MUST(top);
    MUST(mkdir("other", 0700));
    go_deep();
    measure();
    MUST(renameat(top, "other", AT_FDCWD, "other"));
    measured();
    MUST(rmdir("other"));
    remove_deep();
}

static void do_getdents(void)
{
    char name[16];
    MUST(mkdir("d", 0700));
    for (int i = 0; i < 20000; i++) {
        snprintf(name, sizeof(name), "d/%d", i);
        MUST(mknod(name, S_IFREG | 0600, 0));
    }
    int fd = open("d", O_RDONLY);
    char *buffer = map(8 * MB, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    memset(buffer, 1, 8 * MB);
    measure();
    MUST(syscall(SYS_getdents64, fd, buffer, 8 * MB));
    measured();
}

static void do_read_zeros(void)
{
    int fd = open("/dev/zero", O_RDONLY);
    char *buffer = map(64 * MB, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    measure();
    MUST(read(fd, buffer, 64 * MB));
    measured();
}

static void transfer_often(ssize_t (*transfer)(int, const struct iovec *, int), const char *path,
                           int flags)
{
    enum { N = 1024, PIECE = 64 << 10 };
    static struct iovec list[N];
    int fd = open(path, flags);
    char *buffer = map(PIECE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    MUST(fd);
    for (int i = 0; i < N; i++)
        list[i] = (struct iovec){buffer, PIECE};
    measure();
    MUST(transfer(fd, list, N));
    measured();
}

static void do_readv(void)
{
    transfer_often(readv, "/dev/zero", O_RDONLY);
}

static void do_writev(void)
{
    MUST(big_file("f", 0));
    transfer_often(writev, "f", O_WRONLY);
}

static void do_sendfile(void)
{
    int from = big_file("f", 100 * MB), to = big_file("g", 0);
    unlink("g");
    measure();
    MUST(sendfile(to, from, NULL, 100 * MB));
    measured();
}

static void do_copy_range(void)
{
    int from = big_file("f", 100 * MB), to = big_file("g", 0);
    unlink("g");
    measure();
    MUST(copy_file_range(from, NULL, to, NULL, 100 * MB, 0));
    measured();
}

static void do_long_links(void)
{
    enum { N = 40 };
    static char target[4096];
    char name[16];
    mkdir("x", 0700);
    for (int i = 0; i < 813; i++)
        memcpy(target + 5 * i, "x/../", 5);
    for (int i = 0; i < N; i++) {
        snprintf(target + 4065, 16, "link%d", i + 1);
        snprintf(name, sizeof(name), "link%d", i);
        unlink(name);
        MUST(symlink(target, name));
    }
    big_file("link40", 0);
    measure();
    MUST(access("link0", R_OK));
    measured();
    unlink("link40");
}

static void do_getrandom(void)
{
    char *buffer = map(64 * MB, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    measure();
    MUST(syscall(SYS_getrandom, buffer, 64 * MB, 0));
    measured();
}

static void do_kill_all(void)
{
    fork_many(many(1500), pause_for_ever);
    measure();
    MUST(kill(-1, SIGTERM));
    measured();
}

static void do_discard_signals(void)
{
    struct rlimit limit;
    sigset_t set;
    MUST(getrlimit(RLIMIT_SIGPENDING, &limit));
    sigemptyset(&set);
    sigaddset(&set, 40);
    sigprocmask(SIG_BLOCK, &set, NULL);
    siginfo_t info = {0};
    info.si_code = -1;
    for (int i = 0; i < 10000; i++)
        if (syscall(SYS_rt_sigqueueinfo, getpid(), 40, &info) < 0)
            break;
    measure();
    signal(40, SIG_IGN);
    measured();
}

static void wait_often(int n_children)
{
    fork_many(n_children, pause_for_ever);
    measure();
    for (int i = 0; i < 1000; i++)
        MUST(waitpid(-1, NULL, WNOHANG));
    measured();
}

static void do_wait_for_one(void)
{
    wait_often(1);
}

static void do_wait_for_many(void)
{
    wait_often(1500);
}

static void do_list_proc(void)
{
    fork_many(many(1500), pause_for_ever);
    int fd = open("/proc", O_RDONLY);
    char *buffer = map(MB, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    measure();
    MUST(syscall(SYS_getdents64, fd, buffer, MB));
    measured();
}

/* Areas that cannot be joined. */
static char *many_areas(int n, int flags)
{
    char *at = map(2ul * (size_t)n * PAGE, PROT_READ, flags);
    for (int i = 0; i < 2 * n; i += 2)
        MUST(mprotect(at + (size_t)i * PAGE, PAGE, PROT_READ | PROT_EXEC));
    return at;
}

static void do_mprotect(void)
{
    char *at = many_areas(N_AREAS, MAP_PRIVATE);
    measure();
    MUST(mprotect(at, (size_t)N_AREAS * PAGE, PROT_READ));
    measured();
}

static void do_munmap(void)
{
    char *at = many_areas(N_AREAS, MAP_PRIVATE);
    measure();
    MUST(munmap(at, (size_t)N_AREAS * PAGE));
    measured();
}

static void fork_once(void)
{
    measure();
    pid_t pid = fork();
    MUST(pid);
    if (pid == 0)
        _exit(0);
    measured();
}

static void fork_with_shared(int n_areas)
{
    for (int i = 0; i < n_areas; i++)
        map(PAGE, i % 2 ? PROT_READ : PROT_READ | PROT_WRITE, MAP_SHARED);
    fork_once();
}

static void do_fork_areas(void)
{
    fork_with_shared(15000);
}

static void do_fork_shared(void)
{
    fork_with_shared(60000);
}

static void do_fork_private(void)
{
    many_areas(30000, MAP_PRIVATE);
    fork_once();
}

/* Areas that a fork's child does not get. */
static void do_fork_kept(void)
{
    char *at = many_areas(30000, MAP_PRIVATE);
    MUST(madvise(at, 60000ul * PAGE, MADV_DONTFORK));
    fork_once();
}

/* That much memory, each page of it used. */
static char *used(size_t n)
{
    char *at = map(n, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    for (size_t i = 0; i < n; i += PAGE)
        at[i] = 1;
    return at;
}

static void map_over(char *at, size_t n)
{
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE;
    measure();
    if (mmap(at, n, PROT_READ, flags, -1, 0) != at)
        die("map");
    measured();
}

static void do_map_over_areas(void)
{
    map_over(many_areas(N_AREAS, MAP_PRIVATE), (size_t)N_AREAS * PAGE);
}

static void do_map_over_memory(void)
{
    map_over(used(350 * MB), 350 * MB);
}

static void do_munmap_memory(void)
{
    char *at = used(350 * MB);
    measure();
    MUST(munmap(at, 350 * MB));
    measured();
}

static void do_mprotect_memory(void)
{
    char *at = used(350 * MB);
    measure();
    MUST(mprotect(at, 350 * MB, PROT_READ));
    measured();
}

static void do_mremap(void)
{
    char *at = used(350 * MB), *to = map(400 * MB, PROT_READ, MAP_PRIVATE) + PAGE;
    measure();
    if (mremap(at, 350 * MB, 350 * MB, MREMAP_MAYMOVE | MREMAP_FIXED, to) != to)
        die("mremap");
    measured();
}

static void do_mremap_over(void)
{
    char *at = used(MB), *to = many_areas(N_AREAS, MAP_PRIVATE);
    measure();
    if (mremap(at, MB, N_AREAS * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to) != to)
        die("mremap");
    measured();
}

static void do_mremap_shorter(void)
{
    char *at = used(350 * MB);
    measure();
    if (mremap(at, 350 * MB, PAGE, 0) != at)
        die("mremap");
    measured();
}

static void do_msync(void)
{
    char *at = many_areas(N_AREAS, MAP_PRIVATE);
    measure();
    MUST(msync(at, 2ul * N_AREAS * PAGE, MS_SYNC));
    measured();
}

void do_read(const char *path)
{
    char *buffer = map(16 * MB, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    int fd = open(path, O_RDONLY);
    MUST(fd);
    measure();
    MUST(read(fd, buffer, 16 * MB));
    measured();
}

static void do_read_maps(void)
{
    many_areas(N_AREAS, MAP_PRIVATE);
    do_read("/proc/self/maps");
}

static void do_read_status(void)
{
    char *at = map(200 * MB, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    for (size_t i = 0; i < 200 * MB; i += PAGE)
        at[i] = 1;
    do_read("/proc/self/status");
}

static void do_populate(void)
{
    measure();
    map(100 * MB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_POPULATE);
    measured();
}

static void do_truncate_mapped(void)
{
    int fd = big_file("f", PAGE);
    for (int i = 0; i < 30000; i++)
        if (mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED)
            die("map");
    measure();
    MUST(ftruncate(fd, 0));
    measured();
}

static void do_exit_large(void)
{
    used(350 * MB);
    measure();
    _exit(0);
}

static const struct row rows[] = {
    {"exit_group with 3,000 threads", do_exit_threads, NULL},
    {"futex: 3,000 threads are woken", do_futex_wake, NULL},
    {"execve with 690,000 empty strings", do_exec_strings, NULL},
    {"exit with 1,500 children in one other group", do_exit_children, NULL},
    {"exit with 4,000 descriptors", do_exit_files, NULL},
    {"exit with 4,000 descriptors and 30,000 record locks", do_exit_locks, NULL},
    {"write to a pipe that 30 processes poll 4,000 times each", do_wake_pollers, NULL},
    {"poll of 4,000 descriptors", do_poll, NULL},
    {"fallocate of 100 MB", do_fallocate, NULL},
    {"100 MB are punched out of a file", do_punch, NULL},
    {"SEEK_DATA over 20,000 emptied nodes", do_seek_data, NULL},
    {"a hole over 20,000 emptied nodes", do_punch_emptied, NULL},
    {"ftruncate of 230 MB", do_truncate, NULL},
    {"close of a removed file of 230 MB", do_close_removed, NULL},
    {"close of a directory below 60,000 removed ones", do_close_deep, NULL},
    {"rename 60,000 directories deep", do_rename_deep, NULL},
    {"getdents64 of 20,000 names", do_getdents, NULL},
    {"read of 64 MB of /dev/zero", do_read_zeros, NULL},
    {"readv of 1,024 pieces of /dev/zero, 64 MB", do_readv, NULL},
    {"writev of 1,024 pieces, 64 MB", do_writev, NULL},
    {"sendfile of 100 MB", do_sendfile, NULL},
    {"copy_file_range of 100 MB", do_copy_range, NULL},
    {"a path through 40 symbolic links of 4,000 bytes", do_long_links, NULL},
    {"getrandom of 64 MB", do_getrandom, NULL},
    {"kill of 1,500 processes at once", do_kill_all, NULL},
    {"10,000 pending signals are dropped", do_discard_signals, NULL},
    {"1,000 waits with 1 child", do_wait_for_one, NULL},
    {"1,000 waits with 1,500 children", do_wait_for_many, NULL},
    {"listing of /proc with 1,500 processes", do_list_proc, NULL},
    {"mprotect that joins 32,000 areas", do_mprotect, NULL},
    {"munmap of 32,000 areas", do_munmap, NULL},
    {"fork with 15,000 shared areas", do_fork_areas, NULL},
    {"fork with 60,000 shared areas", do_fork_shared, NULL},
    {"fork with 60,000 private areas", do_fork_private, NULL},
    {"fork with 60,000 private areas that it leaves out", do_fork_kept, NULL},
    {"mmap over 32,000 areas", do_map_over_areas, NULL},
    {"mmap over 350 MB", do_map_over_memory, NULL},
    {"munmap of 350 MB", do_munmap_memory, NULL},
    {"mprotect of 350 MB", do_mprotect_memory, NULL},
    {"mremap of 350 MB", do_mremap, NULL},
    {"mremap over 32,000 areas", do_mremap_over, NULL},
    {"mremap that cuts off 350 MB", do_mremap_shorter, NULL},
    {"msync of 64,000 areas", do_msync, NULL},
    {"read of /proc/self/maps with 64,000 areas", do_read_maps, NULL},
    {"read of /proc/self/status with 200 MB", do_read_status, NULL},
    {"MAP_POPULATE of 100 MB", do_populate, NULL},
    {"ftruncate of a file that is mapped 30,000 times", do_truncate_mapped, NULL},
    {"exit with 350 MB", do_exit_large, NULL},
};

static const struct rows basic_rows = {rows, sizeof(rows) / sizeof(rows[0])};

/* A folder of the user's own, whatever the row before has left in its. */
static void enter_folder(void)
{
    static char folder[32];
    static int n;
    snprintf(folder, sizeof(folder), "/tmp/latency%d", ++n);
    MUST(mkdir(folder, 0777));
    MUST(chdir(folder));
    MUST(chmod(folder, 0777));
}

/* The user's process, in a session of its own so that it can be cleared away. */
static void run_as_user(const struct row *row)
{
    struct rlimit any = {RLIM_INFINITY, RLIM_INFINITY};
    if (row->name[0] != '^') /* that one needs the terminal */
        setsid();
    MUST(setrlimit(RLIMIT_NPROC, &any));
    if (row->prepare)
        row->prepare();
    MUST(setgid(USER));
    MUST(setuid(USER));
    usleep(5000);
    row->run();
    _exit(0);
}

static void sweep(void)
{
    pid_t sweeper = fork();
    if (sweeper == 0) {
        setuid(USER);
        kill(-1, SIGKILL);
        _exit(0);
    }
    waitpid(sweeper, NULL, 0);
    usleep(50000);
    unlink("f"); /* two that may be large */
    unlink("g");
}

static void run_row(const struct row *row)
{
    memset((void *)shared, 0, sizeof(*shared));
    fflush(stdout);
    enter_folder();
    pid_t pid = fork();
    if (pid == 0)
        run_as_user(row);
    waitpid(pid, NULL, 0);
    if (shared->end_ns == UINT64_MAX)
        shared->end_ns = now();
    usleep(20000);
    shared->measuring = 0;
    printf("row %.2f %.2f %lu %s\n", (double)shared->worst_ns / 1e6,
           (double)(shared->end_ns - shared->begin_ns) / 1e6, shared->n_wakes, row->name);
    fflush(stdout);
    kill(-pid, SIGKILL);
    sweep();
}

/* These take long to prepare, for a call of no length. */
static const char *const thorough[] = {
    "flock of a file that 8,000 have locked",
    "getdents64 of 1 name after 99,999 removed ones",
    "rename of a directory of 100,000 names",
};

static int needs_thorough(const char *name)
{
    for (size_t i = 0; i < sizeof(thorough) / sizeof(thorough[0]); i++)
        if (strcmp(name, thorough[i]) == 0)
            return 1;
    return 0;
}

/* Rows are picked by a part of their names. Without one, all are wanted but those that need a key
 * or THOROUGH. */
static int is_wanted(const char *name, const char *part)
{
    if (part)
        return strstr(name, part) != NULL;
    return name[0] != '^' && (getenv("THOROUGH") || !needs_thorough(name));
}

int main(int argc, char **argv)
{
    static const struct rows *const all[] = {&basic_rows,      &signal_rows, &process_rows,
                                             &descriptor_rows, &name_rows,   &memory_rows};
    n_given = argc > 2 ? atoi(argv[2]) : 0;
    shared = (volatile struct shared *)map(PAGE, PROT_READ | PROT_WRITE, MAP_SHARED);
    pid_t pid = fork();
    if (pid == 0)
        sleeper();
    for (size_t group = 0; group < sizeof(all) / sizeof(all[0]); group++)
        for (size_t i = 0; i < all[group]->n; i++)
            if (is_wanted(all[group]->rows[i].name, argc > 1 ? argv[1] : NULL))
                run_row(&all[group]->rows[i]);
    kill(pid, SIGKILL);
    return 0;
}
