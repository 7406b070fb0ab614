/* Who may look into a process, and until when: files of /proc that were opened before an exec, a
 * program that nobody may read, a process that gave up its user; and what a set-user-id program
 * does not take over from its caller. Linux never shows a program's memory by its caller's rights.
 * needs: procfs users settings inject posix poll files */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <poll.h>
#include <sched.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/* ---- Two programs: this one, and a copy with other bits ---- */

static void copy_self(const char *to, mode_t mode)
{
    static char bytes[65536];
    int in = open("/proc/self/exe", O_RDONLY), out = open(to, O_CREAT | O_WRONLY | O_TRUNC, 0700);
    for (ssize_t n; (n = read(in, bytes, sizeof bytes)) > 0;)
        if (write(out, bytes, n) != n)
            NOTE("cannot write %s", to);
    close(in);
    close(out);
    if (chown(to, 0, 0) || chmod(to, mode))
        NOTE("cannot change %s", to);
}

static void become_for_good(uid_t id)
{
    if (setgroups(0, NULL) || setresgid(id, id, id) || setresuid(id, id, id))
        NOTE("cannot become user %d", (int)id);
}

/* A child that waits for a byte of its standard input before each step, and says that it took it.
 */
static struct puppet {
    pid_t pid;
    int orders, answers;
} puppet;
static size_t ballast; /* memory that its exec gives back, which takes a while */

static void puppet_wait(void)
{
    char c;
    if (write(1, "", 1) != 1 || read(0, &c, 1) != 1)
        _exit(1);
}

static void puppet_await(void)
{
    char c;
    if (read(puppet.answers, &c, 1) != 1)
        NOTE("the puppet is gone");
}

static void puppet_order(void)
{
    if (write(puppet.orders, "", 1) != 1)
        NOTE("the puppet does not hear");
    puppet_await();
}

/* A child of that user that, when told, becomes the program with "wait" as its argument. */
static void puppet_start(uid_t id, const char *program)
{
    int orders[2], answers[2];
    if (pipe2(orders, O_CLOEXEC) || pipe2(answers, O_CLOEXEC))
        NOTE("no pipe");
    puppet.pid = fork();
    if (puppet.pid == 0) {
        if (setgroups(0, NULL) || setresgid(id, id, id) || setresuid(id, id, id) ||
            dup2(orders[0], 0) || dup2(answers[1], 1) != 1)
            _exit(1);
        prctl(PR_SET_DUMPABLE, 1);
        if (ballast)
            memset(mmap(NULL, ballast, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
                   1, ballast);
        puppet_wait();
        execl(program, "look", "wait", NULL);
        _exit(1);
    }
    close(orders[0]);
    close(answers[1]);
    puppet.orders = orders[1];
    puppet.answers = answers[0];
    puppet_await();
}

static void puppet_end(void)
{
    kill(puppet.pid, SIGKILL);
    status_of(puppet.pid);
    close(puppet.orders);
    close(puppet.answers);
}

static const char *path_of(const char *name)
{
    static char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)puppet.pid, name);
    return path;
}

static int errno_of_open(const char *name)
{
    int fd = open(path_of(name), O_RDONLY);
    if (fd < 0)
        return errno;
    close(fd);
    return 0;
}

static int errno_of_link(const char *name)
{
    char target[256];
    return readlink(path_of(name), target, sizeof target) < 0 ? errno : 0;
}

static uid_t owner_of(const char *name)
{
    struct stat st;
    return lstat(path_of(name), &st) ? (uid_t)-1 : st.st_uid;
}

/* The child that looks has no rights but its user's. */
#define AS_USER(what, ...) CHECK_CHILD(what, become_for_good(USER); __VA_ARGS__)

/* ---- Before and after ---- */

/* The whole of an auxiliary vector: is its AT_SECURE set? */
static bool is_secure(int fd)
{
    unsigned long pairs[128];
    long n = pread(fd, pairs, sizeof pairs, 0) / (long)sizeof *pairs;
    for (long i = 0; i + 1 < n; i += 2)
        if (pairs[i] == AT_SECURE)
            return pairs[i + 1];
    return false;
}

static void check_open_before(void)
{
    puppet_start(USER, "./suid");
    int read_before[4], fd_dir, fdinfo_dir;
    static const char *const tied[] = {"environ", "auxv", "maps", "personality"};
    AS_USER("a user's own process is open to it, and no more once it runs a set-user-id program", {
        char bytes[4096];
        for (int i = 0; i < 4; i++) {
            read_before[i] = open(path_of(tied[i]), O_RDONLY);
            CHILD_REQUIRE(read_before[i] >= 0 && read(read_before[i], bytes, 8) >= 0);
        }
        fd_dir = open(path_of("fd"), O_RDONLY | O_DIRECTORY);
        fdinfo_dir = open(path_of("fdinfo"), O_RDONLY | O_DIRECTORY);
        CHILD_REQUIRE(fd_dir >= 0 && fdinfo_dir >= 0);
        int mem = open(path_of("mem"), O_RDONLY), io = open(path_of("io"), O_RDONLY);
        int call = open(path_of("syscall"), O_RDONLY), smaps = open(path_of("smaps"), O_RDONLY);
        int pages = open(path_of("pagemap"), O_RDONLY),
            sum = open(path_of("smaps_rollup"), O_RDONLY);
        CHILD_REQUIRE(mem >= 0 && io >= 0 && call >= 0 && smaps >= 0 && pages >= 0 && sum >= 0);
        CHILD_REQUIRE(pread(mem, bytes, 8, (long)&puppet) == 8 && pread(io, bytes, 8, 0) == 8);
        CHILD_REQUIRE(pread(smaps, bytes, 8, 0) == 8 && pread(pages, bytes, 8, 0) == 8);
        CHILD_REQUIRE(errno_of_link("exe") == 0 && errno_of_link("cwd") == 0);
        CHILD_REQUIRE(errno_of_link("fd/0") == 0 && errno_of_open("fdinfo/0") == 0);
        puppet_order();
        CHILD_REQUIRE(pread(read_before[0], bytes, sizeof bytes, 0) <= 0);
        CHILD_REQUIRE(!is_secure(read_before[1])); /* Linux still has the former program's */
        CHILD_REQUIRE(pread(read_before[2], bytes, sizeof bytes, 0) <= 0);
        CHILD_REQUIRE(pread(read_before[3], bytes, sizeof bytes, 0) < 0 && errno == EPERM);
        CHILD_REQUIRE(pread(mem, bytes, 8, (long)&puppet) == 0); /* the same program's, now */
        CHILD_REQUIRE(pread(io, bytes, 8, 0) < 0 && errno == EACCES);
        CHILD_REQUIRE(pread(call, bytes, 8, 0) < 0 && errno == EPERM);
        CHILD_REQUIRE(pread(smaps, bytes, 8, 0) <= 0 && pread(sum, bytes, 8, 0) <= 0);
        CHILD_REQUIRE(pread(pages, bytes, 8, (long)&puppet / PAGE * 8) == 0);
        CHILD_REQUIRE(readlinkat(fd_dir, "0", bytes, sizeof bytes) < 0 && errno == EACCES);
        CHILD_REQUIRE(openat(fd_dir, "0", O_RDONLY) < 0 && errno == EACCES);
        CHILD_REQUIRE(openat(fdinfo_dir, "0", O_RDONLY) < 0 && errno == EACCES);
        for (int i = 0; i < 4; i++)
            CHILD_REQUIRE(errno_of_open(tied[i]) == EACCES);
        CHILD_REQUIRE(errno_of_link("exe") == EACCES && errno_of_link("cwd") == EACCES);
        CHILD_REQUIRE(errno_of_link("root") == EACCES && errno_of_link("fd/0") == EACCES);
        CHILD_REQUIRE(errno_of_open("fd") == EACCES && errno_of_open("fdinfo") == EACCES);
        CHILD_REQUIRE(errno_of_open("fdinfo/0") == EACCES);
        CHILD_REQUIRE(errno_of_open("stat") == 0 && errno_of_open("status") == 0);
        CHILD_REQUIRE(errno_of_open("cmdline") == 0 && errno_of_open("limits") == 0);
        CHILD_REQUIRE(errno_of_open("trace") == ENOENT); /* told of what calls read */
    });
    CHECK_EQ(owner_of("environ"), 0);
    CHECK_EQ(owner_of("fd"), 0);
    CHECK_EQ(owner_of("status"), 0);
    CHECK_EQ(owner_of("."), 0); /* whom it acts for now */
    puppet_end();
}

/* ---- A program that its user may run but not read ---- */

static void check_unreadable(void)
{
    puppet_start(USER, "./secret");
    CHECK_EQ(owner_of("environ"), USER);
    puppet_order();
    CHECK_EQ(owner_of("environ"), 0);
    CHECK_EQ(owner_of("status"), 0);
    CHECK_EQ(owner_of("fd"), 0);
    CHECK_EQ(owner_of("."), USER);
    AS_USER("nobody but root looks into a program that may not be read", {
        CHILD_REQUIRE(errno_of_open("environ") == EACCES && errno_of_open("maps") == EACCES);
        CHILD_REQUIRE(errno_of_link("exe") == EACCES && errno_of_link("fd/0") == EACCES);
        CHILD_REQUIRE(errno_of_open("fd") == EACCES && errno_of_open("fdinfo") == EACCES);
        struct rlimit limit;
        CHILD_REQUIRE(prlimit(puppet.pid, RLIMIT_NOFILE, NULL, &limit) == 0);
        CHILD_REQUIRE(kill(puppet.pid, 0) == 0);
    });
    CHECK_EQ(errno_of_open("environ"), 0);
    puppet_end();
}

/* What such a program finds of itself: its own descriptors, and its own limits. */
static int look_at_self(void)
{
    struct rlimit limit;
    char c;
    if (prctl(PR_GET_DUMPABLE) == 1)
        return 1;
    if (open("/proc/self/environ", O_RDONLY) >= 0 || errno != EACCES)
        return 2;
    if (open("/proc/self/fd", O_RDONLY) < 0 || readlink("/proc/self/fd/1", &c, 1) != 1)
        return 3;
    if (open("/proc/self/fdinfo/1", O_RDONLY) < 0 || readlink("/proc/self/exe", &c, 1) != 1)
        return 4;
    if (getrlimit(RLIMIT_NOFILE, &limit) || setrlimit(RLIMIT_NOFILE, &limit) ||
        prlimit(getpid(), RLIMIT_NOFILE, &limit, &limit))
        return 5;
    return open("/proc/self/maps", O_RDONLY) >= 0 ? 0 : 6;
}

static int status_of_exec(uid_t id, const char *program, const char *what)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        become_for_good(id);
        execl(program, "look", what, NULL);
        _exit(99);
    }
    return status_of(child);
}

/* ---- Dumpable follows the user ---- */

static int dumpable_after(int call, uid_t a, uid_t b, uid_t c)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_DUMPABLE, 1);
        prctl(PR_SET_PDEATHSIG, SIGUSR1);
        if (syscall(call, a, b, c))
            _exit(99);
        int signal_left = 0;
        prctl(PR_GET_PDEATHSIG, &signal_left);
        int dumpable = prctl(PR_GET_DUMPABLE) == 1;
        _exit(dumpable == (signal_left == SIGUSR1) ? dumpable : 98);
    }
    waitpid(child, &status, 0);
    return WEXITSTATUS(status);
}

static void check_dumpable(void)
{
    CHECK_EQ(dumpable_after(SYS_setresuid, -1, -1, -1), 1);
    CHECK_EQ(dumpable_after(SYS_setresuid, -1, USER, -1), 0);
    CHECK_EQ(dumpable_after(SYS_setresuid, USER, -1, -1), 1);
    CHECK_EQ(dumpable_after(SYS_setresuid, -1, -1, USER), 1);
    CHECK_EQ(dumpable_after(SYS_setresgid, -1, USER, -1), 0);
    CHECK_EQ(dumpable_after(SYS_setresgid, USER, -1, USER), 1);
    CHECK_EQ(dumpable_after(SYS_setreuid, -1, USER, 0), 0);
    CHECK_EQ(dumpable_after(SYS_setgid, USER, 0, 0), 0);
}

/* Whose groups differ may not look, either. */
static void check_groups(void)
{
    pid_t child = fork();
    if (child == 0) {
        if (setresgid(OTHER, OTHER, OTHER) || setresuid(USER, USER, USER))
            _exit(1);
        prctl(PR_SET_DUMPABLE, 1);
        for (;;)
            pause();
    }
    puppet.pid = child;
    while (owner_of("environ") != USER)
        sched_yield();
    AS_USER("the same user with another group may not look", {
        CHILD_REQUIRE(errno_of_open("maps") == EACCES && errno_of_link("exe") == EACCES);
        struct rlimit limit;
        CHILD_REQUIRE(prlimit(puppet.pid, RLIMIT_NOFILE, NULL, &limit) < 0 && errno == EPERM);
    });
    kill(child, SIGKILL);
    status_of(child);
}

/* ---- What a set-user-id program does not take over ---- */

static int suid_finds(void)
{
    struct rlimit stack;
    int signal_left = -1;
    if (geteuid() != 0 || getuid() != USER || !getauxval(AT_SECURE))
        return 1;
    if (prctl(PR_GET_DUMPABLE) == 1)
        return 2;
    if (prctl(PR_GET_PDEATHSIG, &signal_left) || signal_left != 0)
        return 3;
    if (getrlimit(RLIMIT_STACK, &stack) || stack.rlim_cur != 8 << 20)
        return 4;
    return stack.rlim_max == RLIM_INFINITY ? 0 : 5;
}

static int plain_finds(void)
{
    struct rlimit stack;
    int signal_left = -1;
    if (prctl(PR_GET_DUMPABLE) != 1)
        return 1;
    if (prctl(PR_GET_PDEATHSIG, &signal_left) || signal_left != SIGUSR2)
        return 2;
    return getrlimit(RLIMIT_STACK, &stack) || stack.rlim_cur != 16 << 20 ? 3 : 0;
}

static void check_inheritance(void)
{
    static const char *const programs[] = {"./plain", "./suid"};
    for (int i = 0; i < 2; i++) {
        struct rlimit stack = {16 << 20, RLIM_INFINITY};
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            if (setrlimit(RLIMIT_STACK, &stack))
                _exit(98);
            become_for_good(USER);
            prctl(PR_SET_PDEATHSIG, SIGUSR2);
            execl(programs[i], "look", i ? "suid-finds" : "plain-finds", NULL);
            _exit(99);
        }
        CHECK_EQ(status_of(child), 0);
    }
}

/* A caller does not choose which allocations of a set-user-id program fail. */
static int suid_is_left_alone(const char *number)
{
    char left[8] = "";
    if (pread(atoi(number), left, sizeof left - 1, 0) != 2 || strcmp(left, "0\n") != 0)
        return 1;
    return write(atoi(number), "1", 1) < 0 && errno == EPERM ? 0 : 2;
}

static void check_fail_nth(void)
{
    char number[16];
    if (access("/proc/self/fail-nth", F_OK) < 0) {
        SKIP("failing allocations end at an exec: child's wait status", "no fail-nth here");
        return;
    }
    CHECK_CHILD("failing allocations end at an exec", {
        become_for_good(USER);
        prctl(PR_SET_DUMPABLE, 1);
        int fd = open("/proc/self/fail-nth", O_RDWR);
        snprintf(number, sizeof number, "%d", fd);
        CHILD_REQUIRE(fd >= 0 && write(fd, "1000000", 7) == 7);
        execl("./suid", "look", "fail-nth", number, NULL);
    });
}

/* The signal that clone chose is not for the program that the parent becomes: SIGUSR1 would end
 * it, SIGCHLD does not. */
static int wait_for_child(const char *number)
{
    int status = -1;
    sigset_t set = set_of(SIGUSR1), old;
    sigprocmask(SIG_BLOCK, &set, &old); /* was blocked by the caller: stays */
    if (write(atoi(number), "", 1) != 1)
        return 1;
    if (waitpid(-1, &status, __WALL) < 0)
        return 2;
    sigpending(&set);
    return sigismember(&set, SIGUSR1) ? 3 : 0;
}

static void check_exit_signal(void)
{
    int hold[2];
    char number[16];
    for (int execs = 0; execs < 2; execs++) {
        if (pipe(hold))
            return;
        fflush(stdout);
        pid_t middle = fork();
        if (middle == 0) {
            sigset_t set = set_of(SIGUSR1);
            sigprocmask(SIG_BLOCK, &set, NULL);
            if (clone_here(SIGUSR1, NULL, NULL) == 0) {
                char c;
                _exit(read(hold[0], &c, 1) == 1 ? 0 : 1);
            }
            snprintf(number, sizeof number, "%d", hold[1]);
            if (execs)
                execl("./plain", "look", "wait-for-child", number, NULL);
            _exit(wait_for_child(number));
        }
        CHECK_EQ(status_of(middle), execs ? 0 : 3 << 8);
        close(hold[0]);
        close(hold[1]);
    }
}

/* The parent sends the signal of its death, if it may. */
static void check_death_signal(void)
{
    for (int stranger = 0; stranger < 2; stranger++) {
        int told[2];
        siginfo_t info = {};
        if (pipe(told))
            return;
        fflush(stdout);
        prctl(PR_SET_CHILD_SUBREAPER, 1);
        pid_t middle = fork();
        if (middle == 0) {
            int ready[2];
            char c;
            sigset_t set = set_of(SIGUSR1);
            if (pipe(ready) || sigprocmask(SIG_BLOCK, &set, NULL))
                _exit(1);
            pid_t parent = getpid();
            if (fork() == 0) {
                struct timespec none = {0};
                prctl(PR_SET_PDEATHSIG, SIGUSR1);
                write(ready[1], "", 1);
                while (kill(parent, 0) == 0) /* on Linux it has another parent before the signal */
                    sched_yield();
                info.si_pid = -1;
                if (syscall(SYS_rt_sigtimedwait, &set, &info, &none, 8) == SIGUSR1)
                    info.si_pid = info.si_pid == parent && info.si_code == SI_USER;
                write(told[1], &info.si_pid, sizeof info.si_pid);
                _exit(0);
            }
            read(ready[0], &c, 1);
            if (stranger)
                become_for_good(USER);
            _exit(0);
        }
        status_of(middle);
        int got = -2;
        CHECK_EQ(read(told[0], &got, sizeof got), sizeof got);
        CHECK_EQ(got, stranger ? -1 : 1);
        wait(NULL);
        prctl(PR_SET_CHILD_SUBREAPER, 0);
        close(told[0]);
        close(told[1]);
    }
}

/* ---- In the middle of an exec ---- */

/* Looks again and again while the puppet becomes the set-user-id program: with two processors the
 * moment is hit now and then, and never shows its memory. */
static void check_moment(void)
{
    int seen = 0;
    ballast = 16 << 20;
    for (int round = 0; round < 20; round++) {
        puppet_start(USER, "./suid");
        fflush(stdout);
        pid_t looker = fork();
        if (looker == 0) {
            become_for_good(USER);
            bool found = false;
            if (write(puppet.orders, "", 1) != 1)
                _exit(2);
            struct pollfd done = {.fd = puppet.answers, .events = POLLIN};
            while (!found && poll(&done, 1, 0) == 0) {
                int fd = open(path_of("auxv"), O_RDONLY);
                found = fd >= 0 && is_secure(fd);
                if (fd >= 0)
                    close(fd);
            }
            _exit(found);
        }
        seen += status_of(looker) != 0;
        puppet_end();
    }
    CHECK_EQ(seen, 0);
}

/* While root gives a file away, its former owner may not set the bit again that goes with that. */
static void check_chown_race(void)
{
    int wrong = 0;
    volatile int *stop =
        mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    make_file("given", "x");
    fflush(stdout);
    pid_t owner = fork();
    if (owner == 0) {
        become_for_good(USER);
        while (!*stop)
            chmod("given", 04755);
        _exit(0);
    }
    for (int i = 0; i < 3000; i++) {
        struct stat st;
        if (chown("given", USER, USER) || chown("given", 0, 0) || stat("given", &st))
            wrong++;
        wrong += st.st_uid == 0 && st.st_mode & S_ISUID;
    }
    *stop = 1;
    status_of(owner);
    CHECK_EQ(wrong, 0);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "wait") == 0) {
        puppet_wait();
        return 0;
    }
    if (argc > 1 && strcmp(argv[1], "self") == 0)
        return look_at_self();
    if (argc > 1 && strcmp(argv[1], "suid-finds") == 0)
        return suid_finds();
    if (argc > 1 && strcmp(argv[1], "plain-finds") == 0)
        return plain_finds();
    if (argc > 2 && strcmp(argv[1], "fail-nth") == 0)
        return suid_is_left_alone(argv[2]);
    if (argc > 2 && strcmp(argv[1], "wait-for-child") == 0)
        return wait_for_child(argv[2]);
    if (!as_root("who may look into a process"))
        return check_done();
    CHECK_OK(chmod(".", 0755));
    copy_self("plain", 0755);
    copy_self("suid", 04755);
    copy_self("secret", 0711);
    check_open_before();
    check_unreadable();
    CHECK_EQ(status_of_exec(USER, "./secret", "self"), 0);
    check_dumpable();
    check_groups();
    check_inheritance();
    check_fail_nth();
    check_exit_signal();
    check_death_signal();
    check_moment();
    check_chown_race();
    return check_done();
}
