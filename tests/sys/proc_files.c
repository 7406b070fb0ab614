/* /proc/PID/io, limits, syscall, timerslack_ns, mem, pagemap, mountstats: their rights, their form,
 * and that they follow what the process does.
 * needs: procfs users settings */
/* SPDX-License-Identifier: MIT */
#include "proc_text.h"
#include <sys/prctl.h>
#include <sys/resource.h>

static char path[64];

static const char *of(pid_t pid, const char *name)
{
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    return path;
}

static unsigned mode_of(const char *name)
{
    struct stat st;
    return stat(of(getpid(), name), &st) == 0 ? st.st_mode & 07777 : 0;
}

static void check_modes(void)
{
    CHECK_EQ(mode_of("io"), 0400);
    CHECK_EQ(mode_of("syscall"), 0400);
    CHECK_EQ(mode_of("timerslack_ns"), 0666);
    CHECK_EQ(mode_of("mem"), 0600);
    CHECK_EQ(mode_of("mountstats"), 0400);
    CHECK_EQ(mode_of("pagemap"), 0400);
}

/* ---- io ---- */

static void check_io(void)
{
    char bytes[1000] = {0};
    int fds[2];
    CHECK_OK(pipe(fds));
    CHECK(slurp("/proc/self/io", 4096) > 0);
    long n_reads = number("syscr: "), n_writes = number("syscw: ");
    long was_read = number("rchar: "), was_written = number("wchar: ");
    long length = (long)strlen(text);
    for (int i = 0; i < 10; i++) {
        CHECK_EQ(write(fds[1], bytes, sizeof bytes), sizeof bytes);
        CHECK_EQ(read(fds[0], bytes, sizeof bytes), sizeof bytes);
    }
    CHECK_ERR(read(fds[1], bytes, 1), EBADF); /* does not count */
    slurp("/proc/self/io", 4096);
    CHECK_EQ(number("syscr: "), n_reads + 2 + 10); /* the two ends of the former slurp, too */
    CHECK_EQ(number("rchar: "), was_read + length + 10 * 1000);
    CHECK(number("syscw: ") >= n_writes + 10); /* and what the checks print */
    CHECK(number("wchar: ") >= was_written + 10 * 1000);
    CHECK(number("read_bytes: ") >= 0 && number("write_bytes: ") >= 0);
    CHECK_EQ(number("cancelled_write_bytes: "), 0);
    close(fds[0]);
    close(fds[1]);
}

/* A child that was waited for counts for its parent. */
static void check_io_of_children(void)
{
    slurp("/proc/self/io", 4096);
    long before = number("rchar: ");
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        char bytes[1000];
        int fd = open("/dev/zero", O_RDONLY);
        for (int i = 0; i < 100; i++)
            read(fd, bytes, sizeof bytes);
        _exit(0);
    }
    CHECK_EQ(status_of(child), 0);
    slurp("/proc/self/io", 4096);
    CHECK(number("rchar: ") >= before + 100000);
    snprintf(path, sizeof path, "/proc/self/task/%d/io", getpid());
    slurp(path, 4096);
    CHECK(number("rchar: ") < before + 100000);
}

/* ---- limits ---- */

static const char *amount(rlim_t limit, char text[24])
{
    if (limit == RLIM_INFINITY)
        return "unlimited";
    snprintf(text, 24, "%lu", (unsigned long)limit);
    return text;
}

/* Does a line of the text say what getrlimit says? A limit that has no unit ends before it. */
static bool tells_limit(int resource, const char *name, const char *unit)
{
    char wanted[160], soft[24], hard[24];
    struct rlimit limit = {1, 2};
    getrlimit(resource, &limit);
    snprintf(wanted, sizeof wanted, "%-25s %-20s %-20s ", name, amount(limit.rlim_cur, soft),
             amount(limit.rlim_max, hard));
    const char *rest = field(wanted);
    if (rest && strlen(rest) == (*unit ? 10 : 0) && strncmp(rest, unit, strlen(unit)) == 0)
        return true;
    NOTE("%s%s, found %s", wanted, unit, rest ? rest : "nothing");
    return false;
}

static void check_limits(void)
{
    static const struct {
        int resource;
        const char *name, *unit;
    } all[] = {
        {RLIMIT_CPU, "Max cpu time", "seconds"},
        {RLIMIT_FSIZE, "Max file size", "bytes"},
        {RLIMIT_DATA, "Max data size", "bytes"},
        {RLIMIT_STACK, "Max stack size", "bytes"},
        {RLIMIT_CORE, "Max core file size", "bytes"},
        {RLIMIT_RSS, "Max resident set", "bytes"},
        {RLIMIT_NPROC, "Max processes", "processes"},
        {RLIMIT_NOFILE, "Max open files", "files"},
        {RLIMIT_MEMLOCK, "Max locked memory", "bytes"},
        {RLIMIT_AS, "Max address space", "bytes"},
        {RLIMIT_LOCKS, "Max file locks", "locks"},
        {RLIMIT_SIGPENDING, "Max pending signals", "signals"},
        {RLIMIT_MSGQUEUE, "Max msgqueue size", "bytes"},
        {RLIMIT_NICE, "Max nice priority", ""},
        {RLIMIT_RTPRIO, "Max realtime priority", ""},
        {15 /* RLIMIT_RTTIME */, "Max realtime timeout", "us"},
    };
    enum { N = sizeof all / sizeof *all };
    struct rlimit limit;
    CHECK_OK(getrlimit(RLIMIT_NOFILE, &limit));
    limit.rlim_cur = 123;
    CHECK_OK(setrlimit(RLIMIT_NOFILE, &limit));
    CHECK(slurp("/proc/self/limits", 100) > 0);
    CHECK_STR(field("Limit   "),
              "                  Soft Limit           Hard Limit           Units     ");
    int right = 0;
    for (size_t i = 0; i < N; i++)
        right += tells_limit(all[i].resource, all[i].name, all[i].unit);
    CHECK_EQ(right, N);
}

/* ---- syscall ---- */

static void check_syscall(void)
{
    unsigned long args[9];
    CHECK(slurp("/proc/self/syscall", 4096) > 0);
    CHECK_EQ(atol(text), SYS_read); /* that it is being read */
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        for (;;)
            syscall(SYS_ppoll, NULL, 0L, NULL, NULL, 8L, 0x1234L);
    CHECK(reaches_state(child, 'S'));
    CHECK(slurp(of(child, "syscall"), 4096) > 0);
    CHECK_EQ(sscanf(text, "%lu 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx", args, args + 1,
                    args + 2, args + 3, args + 4, args + 5, args + 6, args + 7, args + 8),
             9);
    CHECK_EQ(args[0], SYS_ppoll);
    CHECK_EQ(args[1] == 0 && args[2] == 0 && args[3] == 0 && args[4] == 0, 1);
    CHECK_EQ(args[5], 8);
    CHECK_EQ(args[6], 0x1234);
    CHECK(labs((long)(args[7] - (unsigned long)args)) < 65536); /* its stack is a copy of this */
    kill(child, SIGKILL);
    CHECK(reaches_state(child, 'Z'));
    CHECK(slurp(of(child, "syscall"), 4096) > 0);
    CHECK_STR(text, "-1 0x0 0x0\n");
    CHECK_EQ(status_of(child), SIGKILL);
}

/* ---- timerslack_ns ---- */

static int put(const char *name, const char *what)
{
    int fd = open(name, O_WRONLY);
    int error = fd < 0 || write(fd, what, strlen(what)) != (ssize_t)strlen(what) ? errno : 0;
    close(fd);
    return error;
}

static void check_slack(void)
{
    long before = prctl(PR_GET_TIMERSLACK);
    CHECK_EQ(atol(line_of("/proc/self/timerslack_ns")), before);
    CHECK_EQ(put("/proc/self/timerslack_ns", "12345\n"), 0);
    CHECK_EQ(prctl(PR_GET_TIMERSLACK), 12345);
    CHECK_STR(line_of("/proc/self/timerslack_ns"), "12345");
    CHECK_EQ(put("/proc/self/timerslack_ns", "0"), 0);
    CHECK_EQ(prctl(PR_GET_TIMERSLACK), before);
    CHECK_EQ(put("/proc/self/timerslack_ns", "x"), EINVAL);
    CHECK_EQ(put("/proc/self/timerslack_ns", "-1"), EINVAL);
    pid_t child = child_that_pauses();
    if (as_root("the slack of others")) {
        CHECK_EQ(put(of(child, "timerslack_ns"), "777"), 0);
        CHECK_STR(line_of(path), "777");
        become(USER);
        CHECK_EQ(put(of(child, "timerslack_ns"), "778"), EPERM);
        CHECK_EQ(slurp(of(child, "timerslack_ns"), 100), -1);
        become_root();
    }
    kill(child, SIGKILL);
    CHECK_EQ(status_of(child), SIGKILL);
    CHECK_ERR(access("/proc/self/task/self/timerslack_ns", F_OK), ENOENT);
}

/* ---- mem ---- */

static char word[16] = "what is there";

static void check_mem(void)
{
    char bytes[64] = "";
    char *locked = page_with(PROT_READ | PROT_WRITE);
    int fd = open("/proc/self/mem", O_RDWR);
    CHECK_OK(fd);
    CHECK_EQ(pread(fd, bytes, sizeof word, (long)word), sizeof word);
    CHECK_STR(bytes, "what is there");
    CHECK_EQ(pwrite(fd, "this", 4, (long)word), 4);
    CHECK_STR(word, "this is there");
    CHECK_ERR(pread(fd, bytes, 8, 8), EIO);
    CHECK_ERR(pwrite(fd, bytes, 8, 8), EIO);
    CHECK_ERR(pread(fd, bytes, 8, (long)0x7ffffffff000), EIO);
    CHECK_EQ(pread(fd, bytes, 0, 8), 0);
    CHECK_ERR(pread(fd, BAD_KERNEL, 8, (long)word), EFAULT);
    CHECK_ERR(pwrite(fd, BAD_KERNEL, 8, (long)word), EFAULT);
    char *two = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(two + PAGE, PAGE);
    CHECK_EQ(pread(fd, bytes, 16, (long)two + PAGE - 8), 8); /* as far as it goes */
    CHECK_EQ(lseek(fd, (long)word, SEEK_SET), (long)word);
    CHECK_EQ(read(fd, bytes, 4), 4);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), (long)word + 4);
    CHECK_ERR(lseek(fd, 0, SEEK_END), EINVAL);
    close(fd);
    munmap(locked, PAGE);
}

static void check_mem_of_others(void)
{
    char bytes[16];
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        strcpy(word, "of the child");
        for (;;)
            pause();
    }
    CHECK(reaches_state(child, 'S'));
    int fd = open(of(child, "mem"), O_RDONLY);
    CHECK_EQ(pread(fd, bytes, sizeof word, (long)word), sizeof word);
    CHECK_STR(bytes, "of the child");
    CHECK_ERR(write(fd, bytes, 1), EBADF);
    if (as_root("memory of others")) {
        become(USER);
        CHECK_ERR(open(of(child, "mem"), O_RDONLY), EACCES);
        CHECK_EQ(slurp(of(child, "io"), 100), -1);
        CHECK_EQ(slurp(of(child, "syscall"), 100), -1);
        CHECK_ERR(open(of(child, "mountstats"), O_RDONLY), EACCES);
        become_root();
    }
    kill(child, SIGKILL);
    CHECK_EQ(status_of(child), SIGKILL);
    CHECK_EQ(pread(fd, bytes, sizeof word, (long)word), 0);
    close(fd);
}

/* ---- pagemap ---- */

static uint64_t word_of(int fd, const volatile void *at)
{
    uint64_t value = 0;
    CHECK_EQ(pread(fd, &value, 8, (off_t)((uintptr_t)at / PAGE * 8)), 8);
    return value;
}

enum { PRESENT = 63, OF_FILE = 61, ALONE = 56 };

static bool has(uint64_t value, int bit)
{
    return value >> bit & 1;
}

static void check_pagemap(void)
{
    uint64_t two[2];
    int fd = open("/proc/self/pagemap", O_RDONLY);
    CHECK_OK(fd);
    volatile char *at =
        mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    at[0] = 1;
    CHECK_EQ(pread(fd, two, 16, (off_t)((uintptr_t)at / PAGE * 8)), 16);
    CHECK(has(two[0], PRESENT) && !has(two[0], OF_FILE) && has(two[0], ALONE));
    CHECK(!has(word_of(fd, at + 63 * PAGE), PRESENT));
    char *shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    *shared = 1;
    CHECK(has(word_of(fd, shared), PRESENT) && has(word_of(fd, shared), OF_FILE));
    if (geteuid() == 0)
        CHECK((two[0] & 0x7fffffffffffff) != 0);
    pid_t child = child_that_pauses();
    CHECK(reaches_state(child, 'S'));
    CHECK(!has(word_of(fd, at), ALONE));
    kill(child, SIGKILL);
    CHECK_EQ(status_of(child), SIGKILL);
    CHECK_ERR(pread(fd, two, 7, 0), EINVAL);
    CHECK_ERR(pread(fd, two, 8, 4), EINVAL);
    CHECK_EQ(pread(fd, two, 8, (off_t)1 << 40), 0);
    CHECK_ERR(pread(fd, BAD_KERNEL, 8, 0), EFAULT);
    CHECK_ERR(lseek(fd, 0, SEEK_END), EINVAL);
    close(fd);
}

/* ---- mountstats ---- */

static void check_mountstats(void)
{
    CHECK(slurp("/proc/self/mountstats", 100) > 0);
    const char *of_proc = strstr(text, " mounted on /proc with fstype proc\n");
    CHECK(strncmp(text, "device ", 7) == 0 && of_proc);
}

/* A line for each hierarchy of control groups: its number, what it controls, and a path. */
static void check_cgroup(void)
{
    bool good = slurp("/proc/self/cgroup", 100) > 0;
    for (const char *line = text; good && *line; line = strchr(line, '\n') + 1) {
        const char *path = strchr(line, ':') ? strchr(strchr(line, ':') + 1, ':') : NULL;
        good = line[0] >= '0' && line[0] <= '9' && path && path[1] == '/' && strchr(line, '\n');
    }
    CHECK(good);
    CHECK(slurp("/proc/cgroups", 100) > 0);
    CHECK_EQ(strncmp(text, "#subsys_name\thierarchy\tnum_cgroups\tenabled\n", 43), 0);
}

/* How many lines the text has, all of functions; -1 if one is something else. */
static int functions_in_text(void)
{
    int n = 0;
    for (const char *line = text; *line; line = strchr(line, '\n') + 1, n++) {
        unsigned offset = 1, size = 0;
        char name[64];
        if (!strchr(line, '\n') ||
            sscanf(line, "[<0>] %63[^+]+0x%x/0x%x\n", name, &offset, &size) != 3 || offset >= size)
            return -1;
    }
    return n;
}

static void check_stack(void)
{
    if (!as_root("the stack in the kernel"))
        return;
    CHECK(slurp("/proc/self/stack", 4096) > 0);
    CHECK(functions_in_text() > 0);
    pid_t child = child_that_pauses();
    CHECK(reaches_state(child, 'S'));
    CHECK(slurp(of(child, "stack"), 4096) > 0);
    CHECK(functions_in_text() > 0);
    CHECK(strstr(text, "pause") != NULL);
    become(USER);
    CHECK_ERR(open(of(child, "stack"), O_RDONLY), EACCES);
    become_root();
    kill(child, SIGKILL);
    CHECK_EQ(status_of(child), SIGKILL);
}

int main(void)
{
    check_modes();
    check_io();
    check_io_of_children();
    check_limits();
    check_syscall();
    check_stack();
    check_slack();
    check_mem();
    check_mem_of_others();
    check_pagemap();
    check_mountstats();
    check_cgroup();
    return check_done();
}
