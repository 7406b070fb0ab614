/* What clone lets processes share, and threads not: names (CLONE_FS), actions (CLONE_SIGHAND) and
 * descriptors (CLONE_FILES); and unshare, which takes it back.
 * needs: procfs users futex files settings */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sched.h>

enum {
    THREAD = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID,
    STACK = 65536,
    NUMBER = 70, /* a descriptor that nothing else has */
    FUTEX_WAIT_ = 0,
};

static char self[PATH_MAX], home[PATH_MAX];
static char stacks[3][STACK] __attribute__((aligned(16)));

/* ---- Threads, which make raw calls only ---- */

static int tids[3]; /* cleared at the end of each */
static int ids[3];
static volatile int step; /* which side waits for the other: both count it up */
static volatile long seen[8];

static void wait_for(int number)
{
    while (step < number)
        syscall(SYS_sched_yield);
}

static int start(int slot, int (*run)(void *), int shared)
{
    step = 0;
    return ids[slot] = clone(run, stacks[slot] + STACK, THREAD | shared, NULL, &tids[slot], NULL,
                             &tids[slot]);
}

/* Until it is out of the process: its word is cleared earlier. */
static void join(int slot)
{
    for (int tid; (tid = __atomic_load_n(&tids[slot], __ATOMIC_ACQUIRE));)
        syscall(SYS_futex, &tids[slot], FUTEX_WAIT_, tid, NULL, NULL, 0);
    while (syscall(SYS_tgkill, getpid(), ids[slot], 0) == 0)
        syscall(SYS_sched_yield);
}

/* ---- Names: between processes ---- */

/* A child like fork's that shares what the flags say. */
static pid_t fork_with(unsigned long flags)
{
    fflush(stdout);
    return syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
}

static bool is_at(const char *end)
{
    char path[PATH_MAX], wanted[PATH_MAX + 10];
    snprintf(wanted, sizeof wanted, "%s%s", home, end);
    return getcwd(path, sizeof path) && strcmp(path, wanted) == 0;
}

static void check_names(void)
{
    int go[2];
    CHECK_OK(mkdir("sub", 0755));
    CHECK_OK(pipe(go));
    umask(022);
    fflush(stdout);
    pid_t other = fork(); /* has its own */
    if (other == 0) {
        char byte;
        close(go[1]);
        (void)!read(go[0], &byte, 1);
        _exit(!(is_at("") && umask(022) == 022));
    }
    pid_t child = fork_with(CLONE_FS);
    if (child == 0) {
        if (chdir("sub") < 0)
            _exit(2);
        _exit(umask(077) != 022);
    }
    CHECK_EQ(status_of(child), 0);
    CHECK(is_at("/sub"));
    CHECK_EQ(umask(022), 077);
    close(go[0]);
    close(go[1]);
    CHECK_EQ(status_of(other), 0);
    child = fork_with(0);
    if (child == 0)
        _exit(chdir("..") < 0 || umask(077) != 022);
    CHECK_EQ(status_of(child), 0);
    CHECK(is_at("/sub"));
    CHECK_EQ(umask(022), 022);
    CHECK_OK(chdir(".."));
}

/* The root is a name, too; so this all happens in a child. */
static int see_root(void)
{
    pid_t other, child;
    int go[2];
    char byte;
    if (pipe(go) < 0 || (other = fork()) < 0)
        return 2;
    if (other == 0) {
        close(go[1]);
        (void)!read(go[0], &byte, 1);
        _exit(access("/inside", F_OK) == 0);
    }
    child = fork_with(CLONE_FS);
    if (child == 0)
        _exit(chroot("jail") < 0);
    if (status_of(child) != 0 || access("/inside", F_OK) < 0)
        return 3;
    close(go[1]);
    return status_of(other) == 0 ? 0 : 4;
}

/* A process that shares its names still shares them after exec. */
static void check_names_at_exec(void)
{
    pid_t child = fork_with(CLONE_FS);
    if (child == 0) {
        execl(self, self, "go-down", NULL);
        _exit(9);
    }
    CHECK_EQ(status_of(child), 0);
    CHECK(is_at("/sub"));
    CHECK_OK(chdir(".."));
    CHECK_OK(mkdir("jail", 0755));
    make_file("jail/inside", "");
    CHECK_CHILD("a root is shared", _exit(see_root()););
}

/* ---- Names: threads that have their own ---- */

static int go_elsewhere(void *unused)
{
    (void)unused;
    seen[0] = syscall(SYS_chdir, "sub");
    seen[1] = syscall(SYS_umask, 077);
    seen[2] = syscall(SYS_gettid);
    step = 1;
    wait_for(2);
    long child = syscall(SYS_fork); /* is where the thread is */
    if (child == 0)
        syscall(SYS_exit_group, syscall(SYS_access, "../jail/inside", F_OK) == 0 ? 0 : 1);
    seen[3] = child;
    step = 3;
    wait_for(4);
    return 0;
}

static bool link_ends(const char *path, const char *end)
{
    char target[PATH_MAX];
    ssize_t n = readlink(path, target, sizeof target - 1);
    target[n < 0 ? 0 : n] = 0;
    size_t length = strlen(end);
    return n >= (ssize_t)length && strcmp(target + n - length, end) == 0;
}

static void check_thread_names(void)
{
    char path[64];
    umask(022);
    CHECK_OK(start(0, go_elsewhere, CLONE_FILES));
    wait_for(1);
    CHECK_EQ(seen[0], 0);
    CHECK_EQ(seen[1], 022);
    CHECK(is_at(""));
    CHECK_EQ(umask(022), 022);
    snprintf(path, sizeof path, "/proc/self/task/%d/cwd", (int)seen[2]);
    CHECK(link_ends(path, "/sub"));
    CHECK(!link_ends("/proc/self/cwd", "/sub"));
    snprintf(path, sizeof path, "/proc/self/task/%d/status", (int)seen[2]);
    CHECK(strstr(contents(path), "Umask:\t0077"));
    CHECK(strstr(contents("/proc/self/status"), "Umask:\t0022"));
    step = 2;
    wait_for(3);
    CHECK_EQ(status_of(seen[3]), 0);
    step = 4;
    join(0);
    CHECK(is_at(""));
}

/* ---- Descriptors: threads that have their own ---- */

static int pipe_ends[2];

static int open_for_itself(void *unused)
{
    struct flock lock = {.l_type = F_WRLCK, .l_len = 5};
    (void)unused;
    seen[0] = syscall(SYS_dup2, pipe_ends[1], NUMBER);
    seen[1] = syscall(SYS_close, pipe_ends[1]);
    seen[2] = syscall(SYS_gettid);
    seen[3] = syscall(SYS_dup2, 2, NUMBER + 1);
    step = 1;
    wait_for(2);
    seen[4] = syscall(SYS_openat, AT_FDCWD, "locked", O_RDWR, 0);
    seen[5] = syscall(SYS_fcntl, seen[4], F_SETLK, &lock);
    step = 3;
    wait_for(4);
    return 0;
}

static void check_thread_files(void)
{
    char path[64], byte;
    struct flock lock = {.l_type = F_WRLCK};
    make_file("locked", "text");
    int file = open("locked", O_RDWR);
    CHECK_OK(file);
    CHECK_OK(pipe(pipe_ends));
    CHECK_OK(start(0, open_for_itself, CLONE_FS));
    wait_for(1);
    CHECK_EQ(seen[0], NUMBER);
    CHECK_EQ(seen[1], 0);
    CHECK_ERR(fcntl(NUMBER, F_GETFD), EBADF);
    CHECK_OK(fcntl(pipe_ends[1], F_GETFD));
    snprintf(path, sizeof path, "/proc/self/task/%d/fd/%d", (int)seen[2], NUMBER);
    CHECK_OK(readlink(path, &byte, 1));
    snprintf(path, sizeof path, "/proc/self/task/%d/fdinfo/%d", (int)seen[2], pipe_ends[1]);
    CHECK_ERR(open(path, O_RDONLY), ENOENT);
    snprintf(path, sizeof path, "/proc/self/fd/%d", NUMBER);
    CHECK_ERR(readlink(path, &byte, 1), ENOENT);
    step = 2;
    wait_for(3);
    CHECK_EQ(seen[5], 0);
    CHECK_OK(fcntl(file, F_GETLK, &lock)); /* a lock belongs to a table */
    CHECK_EQ(lock.l_type, F_WRLCK);
    CHECK_EQ(lock.l_pid, getpid());
    close(pipe_ends[1]);
    step = 4;
    CHECK_EQ(read(pipe_ends[0], &byte, 1), 0); /* its end closes its own */
    join(0);
    lock.l_type = F_WRLCK;
    CHECK_OK(fcntl(file, F_GETLK, &lock));
    CHECK_EQ(lock.l_type, F_UNLCK);
    close(file);
    close(pipe_ends[0]);
}

/* The other threads' descriptors are closed when one executes a program, not when that ends. */
static int hold_and_sleep(void *unused)
{
    (void)unused;
    step = 1;
    while (syscall(SYS_pause))
        ;
    return 0;
}

static int exec_beside_thread(int ends[2], int stay)
{
    char number[16];
    snprintf(number, sizeof number, "%d", stay);
    if (start(0, hold_and_sleep, 0) < 0)
        return 2;
    wait_for(1);
    close(ends[1]);
    execl(self, self, "stay", number, NULL);
    return 3;
}

/* A thread executes a program: it keeps the thread's descriptors and directory, not the others'. */
static int exec_from_thread(void *unused)
{
    static char *words[] = {self, "look", NULL}, *nothing[] = {NULL};
    (void)unused;
    syscall(SYS_chdir, "sub");
    syscall(SYS_dup2, 2, NUMBER);
    syscall(SYS_dup3, 2, NUMBER + 1, O_CLOEXEC);
    syscall(SYS_execve, self, words, nothing);
    return 1;
}

static void check_exec(void)
{
    int ends[2], stay[2];
    char byte;
    CHECK_OK(pipe(ends));
    CHECK_OK(pipe(stay));
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        close(stay[1]);
        _exit(exec_beside_thread(ends, stay[0]));
    }
    close(ends[1]);
    CHECK_EQ(read(ends[0], &byte, 1), 0);
    CHECK_EQ(waitpid(child, NULL, WNOHANG), 0);
    close(stay[1]);
    CHECK_EQ(status_of(child), 0);
    close(stay[0]);
    close(ends[0]);
    fflush(stdout);
    child = fork();
    if (child == 0) {
        dup2(2, NUMBER + 2);
        if (start(0, exec_from_thread, 0) < 0)
            _exit(4);
        close(NUMBER + 2); /* too late or not: it is the other's table that counts */
        for (;;)
            pause();
    }
    CHECK_EQ(status_of(child), 0);
}

/* When wait returns, all descriptors of all threads of the process are closed. */
static int keep_it(void *unused)
{
    (void)unused;
    syscall(SYS_dup2, pipe_ends[1], NUMBER);
    step = 1;
    return 0;
}

static void check_end(void)
{
    int left = 0;
    char byte;
    for (int i = 0; i < 50; i++) {
        if (pipe2(pipe_ends, O_NONBLOCK) < 0)
            break;
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            if (start(0, keep_it, 0) < 0 || start(1, hold_and_sleep, 0) < 0)
                _exit(1);
            wait_for(1);
            _exit(0);
        }
        close(pipe_ends[1]);
        left += status_of(child) != 0 || read(pipe_ends[0], &byte, 1) != 0;
        close(pipe_ends[0]);
    }
    CHECK_EQ(left, 0);
}

/* ---- Actions between processes ---- */

static volatile int hits;
static volatile pid_t hit_pid;

static void hit(int number)
{
    (void)number;
    hits++;
    hit_pid = syscall(SYS_getpid);
}

static void *handler_of(int number)
{
    struct sigaction action;
    return sigaction(number, NULL, &action) < 0 ? NULL : (void *)action.sa_handler;
}

static int set_actions(void *unused)
{
    (void)unused;
    on(SIGUSR1, hit, 0);
    on(SIGUSR2, hit, SA_RESETHAND);
    on(SIGHUP, SIG_IGN, 0);
    syscall(SYS_kill, syscall(SYS_getpid), SIGUSR2); /* a process alone takes it before the end */
    step = 1;
    wait_for(2);
    return handler_of(SIGWINCH) != (void *)hit;
}

static int exec_with_actions(void *unused)
{
    char *words[] = {self, "actions", NULL};
    (void)unused;
    execv(self, words);
    return 9;
}

static pid_t clone_with(int slot, int (*run)(void *), int flags)
{
    fflush(stdout);
    step = 0;
    return clone(run, stacks[slot] + STACK, flags | CLONE_VM | SIGCHLD, NULL);
}

static void check_actions(void)
{
    pid_t child = clone_with(0, set_actions, CLONE_SIGHAND);
    CHECK(child > 0);
    wait_for(1);
    CHECK(hits == 1 && hit_pid == child);
    CHECK(handler_of(SIGUSR1) == (void *)hit);
    CHECK(handler_of(SIGUSR2) == (void *)SIG_DFL); /* as the child took it */
    CHECK(handler_of(SIGHUP) == (void *)SIG_IGN);
    on(SIGWINCH, hit, 0);
    step = 2;
    CHECK_EQ(status_of(child), 0);
    CHECK_OK(raise(SIGUSR1));
    CHECK(hits == 2 && hit_pid == getpid());
    child = clone_with(0, exec_with_actions, CLONE_SIGHAND);
    CHECK_EQ(status_of(child), 0);
    CHECK(handler_of(SIGUSR1) == (void *)hit); /* exec reset its own */
    child = clone_with(0, set_actions, 0);
    wait_for(1);
    on(SIGWINCH, SIG_DFL, 0);
    on(SIGUSR1, SIG_DFL, 0);
    step = 2;
    CHECK_EQ(status_of(child), 0); /* a copy: not the parent's newest */
    CHECK(handler_of(SIGUSR1) == (void *)SIG_DFL);
    on(SIGHUP, SIG_DFL, 0);
}

/* ---- Errors and unshare ---- */

static void check_errors(void)
{
    CHECK_ERR(syscall(SYS_clone, CLONE_SIGHAND | SIGCHLD, 0, 0, 0, 0), EINVAL);
    CHECK_ERR(syscall(SYS_clone, CLONE_THREAD | CLONE_VM, 0, 0, 0, 0), EINVAL);
    CHECK_ERR(syscall(SYS_clone, CLONE_THREAD | CLONE_SIGHAND, 0, 0, 0, 0), EINVAL);
    CHECK_ERR(syscall(SYS_clone, CLONE_FS | CLONE_NEWNS | SIGCHLD, 0, 0, 0, 0), EINVAL);
    CHECK_ERR(syscall(SYS_unshare, 1), EINVAL);
    CHECK_ERR(syscall(SYS_unshare, CLONE_SETTLS), EINVAL);
    CHECK_OK(syscall(SYS_unshare, 0));
    CHECK_OK(syscall(SYS_unshare, CLONE_THREAD));
    CHECK_OK(syscall(SYS_unshare, CLONE_SIGHAND));
    CHECK_OK(syscall(SYS_unshare, CLONE_VM));
    CHECK_OK(syscall(SYS_unshare, CLONE_SYSVSEM));
}

static int unshare_all(void *unused)
{
    (void)unused;
    seen[0] = syscall(SYS_unshare, CLONE_THREAD);
    seen[1] = syscall(SYS_unshare, CLONE_FS | CLONE_FILES);
    seen[2] = syscall(SYS_chdir, "sub");
    seen[3] = syscall(SYS_dup2, 2, NUMBER);
    step = 1;
    wait_for(2);
    return 0;
}

static int close_own(void *unused)
{
    (void)unused;
    seen[0] = syscall(SYS_close_range, NUMBER, NUMBER, CLOSE_RANGE_UNSHARE);
    seen[1] = syscall(SYS_fcntl, NUMBER, F_GETFD);
    return 0;
}

static int wait_here(void *unused)
{
    (void)unused;
    step = 1;
    wait_for(2);
    return 0;
}

static void check_unshare(void)
{
    CHECK_OK(start(0, unshare_all, CLONE_FS | CLONE_FILES));
    wait_for(1);
    CHECK(seen[0] == -1 && seen[1] == 0 && seen[2] == 0 && seen[3] == NUMBER);
    CHECK(is_at(""));
    CHECK_ERR(fcntl(NUMBER, F_GETFD), EBADF);
    CHECK_ERR(syscall(SYS_unshare, CLONE_THREAD), EINVAL);
    CHECK_ERR(syscall(SYS_unshare, CLONE_VM), EINVAL);
    step = 2;
    join(0);
    CHECK_EQ(dup2(2, NUMBER), NUMBER);
    CHECK_OK(start(0, close_own, CLONE_FS | CLONE_FILES));
    join(0);
    CHECK(seen[0] == 0 && seen[1] == -1);
    CHECK_OK(fcntl(NUMBER, F_GETFD));
    close(NUMBER);
    pid_t child = clone_with(0, wait_here, CLONE_SIGHAND);
    wait_for(1);
    CHECK_ERR(syscall(SYS_unshare, CLONE_SIGHAND), EINVAL);
    CHECK_OK(syscall(SYS_unshare, CLONE_THREAD));
    step = 2;
    CHECK_EQ(status_of(child), 0);
    child = clone_with(0, wait_here, 0);
    wait_for(1);
    CHECK_ERR(syscall(SYS_unshare, CLONE_VM), EINVAL);
    step = 2;
    CHECK_EQ(status_of(child), 0);
}

/* ---- Set-id programs ---- */

static void become_user(void)
{
    if (setresgid(USER, USER, USER) < 0 || setresuid(USER, USER, USER) < 0)
        _exit(100);
}

/* As USER: what a set-id program finds itself to be, as its exit status. */
static int run_set_id(bool shares)
{
    become_user();
    pid_t child = fork_with(CLONE_FS);
    if (child == 0) {
        if (!shares)
            syscall(SYS_unshare, CLONE_FS);
        execl("./setid", "setid", "who", NULL);
        _exit(101);
    }
    return status_of(child) >> 8;
}

/* While it is being executed no process can begin to share; one that cannot run forbids it no
 * longer.
 */
static int run_broken(void)
{
    become_user();
    if (execl("./broken", "broken", NULL) == 0 || errno != ENOEXEC)
        return 1;
    pid_t child = fork_with(CLONE_FS);
    if (child == 0)
        _exit(0);
    return child < 0 || status_of(child) != 0;
}

static void check_set_id(void)
{
    char line[PATH_MAX + 20];
    CHECK_OK(chmod(".", 0755));
    snprintf(line, sizeof line, "cp %s setid", self);
    CHECK_EQ(system(line), 0);
    make_file("broken", "\177ELF, but not really: there is nothing behind the first bytes of it");
    for (int i = 0; i < 2; i++) {
        CHECK_OK(chown(i ? "broken" : "setid", OTHER, OTHER));
        CHECK_OK(chmod(i ? "broken" : "setid", 06755));
    }
    CHECK_CHILD("set-id where names are its own", _exit(run_set_id(false) != 3););
    CHECK_CHILD("no set-id where names are shared", _exit(run_set_id(true) != 0););
    CHECK_CHILD("sharing after a failed exec", _exit(run_broken()););
}

/* ---- */

/* What this program does when it is executed, by its first argument. */
static int as_program(char **argv)
{
    char byte;
    if (!strcmp(argv[1], "go-down"))
        return chdir("sub") < 0;
    if (!strcmp(argv[1], "stay"))
        return read(atoi(argv[2]), &byte, 1) != 0;
    if (!strcmp(argv[1], "look"))
        return fcntl(NUMBER, F_GETFD) < 0 || fcntl(NUMBER + 1, F_GETFD) >= 0 ||
               access("../jail/inside", F_OK) < 0;
    if (!strcmp(argv[1], "actions"))
        return handler_of(SIGUSR1) != (void *)SIG_DFL || handler_of(SIGHUP) != (void *)SIG_IGN;
    if (!strcmp(argv[1], "who"))
        return (geteuid() == OTHER) + (getegid() == OTHER) * 2;
    return 1;
}

int main(int argc, char **argv)
{
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    self[n < 0 ? 0 : n] = 0;
    if (argc > 1)
        return as_program(argv);
    CHECK(getcwd(home, sizeof home));
    check_names();
    check_names_at_exec();
    check_thread_names();
    check_thread_files();
    check_exec();
    check_end();
    check_actions();
    check_errors();
    check_unshare();
    check_set_id();
    return check_done();
}
