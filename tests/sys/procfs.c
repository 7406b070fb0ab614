/* /proc: what a process shows of itself and others, to whom, and what is left when it is gone.
 * needs: procfs users settings holes posix */
/* SPDX-License-Identifier: MIT */
#include "proc_text.h"
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/sysmacros.h>

static bool has_entry(const char *path, const char *name)
{
    bool found = false;
    DIR *dir = opendir(path);
    for (struct dirent *entry; dir && (entry = readdir(dir));)
        found = found || strcmp(entry->d_name, name) == 0;
    if (dir)
        closedir(dir);
    return found;
}

static void check_self(void)
{
    char own[32], link[256];
    snprintf(own, sizeof own, "%d", getpid());
    long n = readlink("/proc/self", link, sizeof link - 1);
    CHECK_EQ(n, strlen(own));
    link[n > 0 ? n : 0] = '\0';
    CHECK_STR(link, own);
    CHECK(has_entry("/proc", own) && has_entry("/proc", "self") && has_entry("/proc", "1"));
    n = readlink("/proc/thread-self", link, sizeof link - 1);
    link[n > 0 ? n : 0] = '\0';
    snprintf(text, sizeof text, "%s/task/%s", own, own);
    CHECK_STR(link, text);
    CHECK(has_entry("/proc/self/task", own));
    CHECK_ERR(open("/proc/99999999", O_RDONLY), ENOENT);
    CHECK_ERR(open("/proc/0", O_RDONLY), ENOENT);
    CHECK_ERR(open("/proc/01", O_RDONLY), ENOENT);
    CHECK_ERR(open("/proc/nothing", O_RDONLY), ENOENT);
    CHECK_ERR(open("/proc/new", O_WRONLY | O_CREAT, 0666), ENOENT);
    CHECK_ERR(mkdir("/proc/new", 0777), ENOENT);
}

/* The process that started the test may ignore some, also those that the C library keeps for
 * itself. */
static void reset_signals(void)
{
    char default_action[32] = {0};
    for (int number = 1; number <= 64; number++)
        syscall(SYS_rt_sigaction, number, default_action, NULL, 8);
}

static void check_status(void)
{
    char wanted[64];
    reset_signals();
    CHECK(slurp("/proc/self/status", 7) > 100);
    snprintf(wanted, sizeof wanted, "\t%d", getpid());
    CHECK_STR(field("Pid:"), wanted);
    CHECK_STR(field("Tgid:"), wanted);
    snprintf(wanted, sizeof wanted, "\t%d", getppid());
    CHECK_STR(field("PPid:"), wanted);
    CHECK_STR(field("State:"), "\tR (running)");
    CHECK_STR(field("Threads:"), "\t1");
    snprintf(wanted, sizeof wanted, "\t%d\t%d\t%d\t%d", getuid(), geteuid(), geteuid(), geteuid());
    CHECK_STR(field("Uid:"), wanted);
    CHECK(field("VmSize:") && field("VmRSS:") && strstr(field("VmRSS:"), " kB"));
    signal(SIGUSR1, SIG_IGN);
    slurp("/proc/self/status", 4096);
    CHECK_STR(field("SigIgn:"), "\t0000000000000200");
    signal(SIGUSR1, SIG_DFL);
}

static void check_stat(void)
{
    int pid, ppid, group, session;
    char name[32], state;
    CHECK(slurp("/proc/self/stat", 1) > 50);
    CHECK_EQ(sscanf(text, "%d (%31[^)]) %c %d %d %d", &pid, name, &state, &ppid, &group, &session),
             6);
    CHECK_EQ(pid, getpid());
    CHECK_EQ(ppid, getppid());
    CHECK_EQ(group, getpgrp());
    CHECK_EQ(session, getsid(0));
    CHECK_EQ(state, 'R');
    int fields = 1;
    for (char *at = text; *at; at++)
        fields += *at == ' ';
    CHECK_EQ(fields, 52);
    long pages[7];
    slurp("/proc/self/statm", 3);
    CHECK_EQ(sscanf(text, "%ld %ld %ld %ld %ld %ld %ld", pages, pages + 1, pages + 2, pages + 3,
                    pages + 4, pages + 5, pages + 6),
             7);
    CHECK(pages[0] >= pages[1] && pages[1] > 0);
}

static void check_comm(void)
{
    int fd = open("/proc/self/comm", O_RDWR | O_TRUNC);
    CHECK_OK(fd);
    CHECK_EQ(write(fd, "my own name\n", 12), 12);
    close(fd);
    CHECK_EQ(slurp("/proc/self/comm", 100), 13); /* a newline is part of the name */
    CHECK_STR(text, "my own name\n\n");
    slurp("/proc/self/status", 100);
    CHECK_STR(field("Name:"), "\tmy own name\\n");
    fd = open("/proc/self/comm", O_WRONLY);
    CHECK_EQ(write(fd, "", 0), 0); /* empties it */
    CHECK_EQ(slurp("/proc/self/comm", 100), 1);
    CHECK_EQ(write(fd, "a long enough name", 18), 18);
    CHECK_EQ(slurp("/proc/self/comm", 100), 16);
    CHECK_EQ(write(fd, "ab\0cd", 5), 5);
    CHECK_EQ(slurp("/proc/self/comm", 100), 3);
    memset(text, 'x', 16);
    CHECK_OK(prctl(PR_GET_NAME, text));
    CHECK(memcmp(text, "ab\0\0\0\0\0\0\0\0\0\0\0\0\0", 16) == 0); /* nothing of the former */
    close(fd);
    if (!as_root("comm of another"))
        return;
    fd = open("/proc/1/comm", O_WRONLY);
    CHECK_ERR(write(fd, "x", 1), EINVAL);
    close(fd);
}

static void check_links(void)
{
    char link[512], cwd[512];
    long n = readlink("/proc/self/cwd", link, sizeof link - 1);
    link[n > 0 ? n : 0] = '\0';
    CHECK_STR(link, getcwd(cwd, sizeof cwd));
    n = readlink("/proc/self/cwd", link, 3);
    CHECK_EQ(n, 3);
    CHECK_EQ(readlink("/proc/self/root", link, sizeof link), 1);
    CHECK(readlink("/proc/self/exe", link, sizeof link) > 1);
    CHECK_OK(mkdir("gone", 0777));
    make_file("inside", "by way of cwd");
    CHECK_STR(contents("/proc/self/cwd/inside"), "by way of cwd");
    CHECK_OK(chdir("gone"));
    CHECK_OK(rmdir("../gone"));
    n = readlink("/proc/self/cwd", link, sizeof link - 1);
    link[n > 0 ? n : 0] = '\0';
    CHECK(strstr(link, "/gone (deleted)") != NULL);
    CHECK_OK(chdir(cwd));
    CHECK_ERR(symlink("x", "/proc/self/fd/900"), ENOENT);
}

/* What is in /proc is the kernel's. */
static void check_fixed(void)
{
    const char *mounts = contents("/proc/self/mountinfo");
    CHECK(mounts && strstr(mounts, " /proc ") && strstr(mounts, " - proc "));
    CHECK_STR(contents("/proc/self/personality"), "00000000\n");
    CHECK(contents("/proc/self/wchan") != NULL);
    CHECK_ERR(chmod("/proc/self/status", 0600), EPERM);
    CHECK_ERR(mkdir("/proc/none", 0777), ENOENT);
    CHECK_ERR(link("/proc/version", "/proc/none"), ENOENT);
    CHECK_ERR(link("/proc/version", "version"), EXDEV);
    CHECK_ERR(unlink("/proc/self/status"), EPERM);
    CHECK_ERR(rename("/proc/version", "/proc/none"), ENOENT);
}

static void check_fds(void)
{
    char path[64], link[512];
    make_file("f", "hello");
    int fd = open("f", O_RDONLY);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    CHECK(has_entry("/proc/self/fd", strrchr(path, '/') + 1));
    CHECK_OK(unlink("f"));
    CHECK_STR(contents(path), "hello");
    long n = readlink(path, link, sizeof link - 1);
    link[n > 0 ? n : 0] = '\0';
    CHECK(n > 12 && strcmp(link + n - 12, "/f (deleted)") == 0);
    lseek(fd, 3, SEEK_SET);
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
    CHECK(slurp(path, 2) > 10);
    CHECK_STR(field("pos:"), "\t3");
    CHECK_STR(field("flags:"), "\t0100000");
    close(fd);
    CHECK_ERR(open(path, O_RDONLY), ENOENT);
    int p[2];
    CHECK_OK(pipe(p));
    snprintf(path, sizeof path, "/proc/self/fd/%d", p[0]);
    n = readlink(path, link, sizeof link - 1);
    link[n > 0 ? n : 0] = '\0';
    struct stat st;
    fstat(p[0], &st);
    snprintf(text, sizeof text, "pipe:[%lu]", (unsigned long)st.st_ino);
    CHECK_STR(link, text);
    close(p[0]);
    close(p[1]);
}

/* A mapped file shows its device, its inode and its path, also when its name has gone. */
static void check_mapped_file(void)
{
    struct stat st;
    char wanted[400], folder[200];
    make_file("mapped", "text");
    int fd = open("mapped", O_RDONLY);
    CHECK_OK(fstat(fd, &st));
    CHECK(getcwd(folder, sizeof folder));
    char *at = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    for (int i = 0; i < 2; i++) {
        CHECK(slurp("/proc/self/maps", 4096) > 0);
        snprintf(wanted, sizeof wanted, "%08lx-%08lx r--p 00000000 %02x:%02x %lu ",
                 (unsigned long)at, (unsigned long)at + PAGE, major(st.st_dev), minor(st.st_dev),
                 (unsigned long)st.st_ino);
        const char *rest = field(wanted);
        CHECK(rest);
        snprintf(wanted, sizeof wanted, "%s/mapped%s", folder, i ? " (deleted)" : "");
        CHECK_STR(rest ? rest + strspn(rest, " ") : NULL, wanted);
        unlink("mapped");
    }
    munmap(at, PAGE);
}

static void check_memory(char **argv)
{
    CHECK(slurp("/proc/self/cmdline", 5) > 0);
    CHECK_STR(text, argv[0]);
    CHECK(slurp("/proc/self/maps", 11) > 100);
    CHECK(strstr(text, "[stack]") && strstr(text, "[heap]") && strstr(text, "r-xp"));
    unsigned long start, end, here = (unsigned long)&start;
    bool found = false;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        if (sscanf(line, "%lx-%lx", &start, &end) == 2)
            found = found || (here >= start && here < end);
    CHECK(found);
    CHECK(slurp("/proc/self/auxv", 16) >= 32);
    CHECK(slurp("/proc/self/environ", 16) >= 0);
}

static void check_machine(void)
{
    static const char *const files[] = {"cmdline", "cpuinfo", "devices", "filesystems", "loadavg",
                                        "meminfo", "mounts",  "stat",    "uptime",      "version"};
    char path[64];
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "/proc/%s", files[i]);
        if (slurp(path, 100) <= 0)
            NOTE("%s", path);
        CHECK(text[0] != '\0' && text[strlen(text) - 1] == '\n');
    }
    slurp("/proc/meminfo", 100);
    CHECK(field("MemTotal:") && atol(field("MemTotal:")) > 1000);
    CHECK(field("MemFree:") && atol(field("MemFree:")) > 1000);
    slurp("/proc/mounts", 100);
    CHECK(strstr(text, " /proc proc rw") != NULL);
    slurp("/proc/sys/kernel/random/boot_id", 100);
    CHECK_EQ(strlen(text), 37);
    char first[40];
    strcpy(first, text);
    slurp("/proc/sys/kernel/random/boot_id", 5);
    CHECK_STR(text, first);
    slurp("/proc/sys/kernel/random/uuid", 100);
    CHECK(strcmp(text, first) != 0 && strlen(text) == 37 && text[14] == '4');
    char name[128];
    gethostname(name, sizeof name);
    strcat(name, "\n");
    slurp("/proc/sys/kernel/hostname", 100);
    CHECK_STR(text, name);
}

/* An open file keeps its text while it is read on, and begins anew at its start. */
static void check_rereading(void)
{
    char a[64], b[64];
    int fd = open("/proc/uptime", O_RDONLY);
    CHECK(read(fd, a, sizeof a) > 3);
    usleep(30000);
    CHECK_EQ(read(fd, b, sizeof b), 0);
    CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
    CHECK(read(fd, b, sizeof b) > 3);
    CHECK(memcmp(a, b, 4) != 0 || a[3] != b[3] || memcmp(a, b, 10) != 0);
    close(fd);
}

static void check_zombie(void)
{
    char path[64], link[16];
    pid_t child = fork();
    if (child == 0)
        _exit(3);
    siginfo_t info;
    waitid(P_PID, child, &info, WEXITED | WNOWAIT);
    snprintf(path, sizeof path, "/proc/%d/status", child);
    CHECK(slurp(path, 100) > 50);
    CHECK_STR(field("State:"), "\tZ (zombie)");
    CHECK(field("VmSize:") == NULL);
    int fd = open(path, O_RDONLY), dir;
    snprintf(path, sizeof path, "/proc/%d/cmdline", child);
    CHECK_EQ(slurp(path, 100), 0);
    snprintf(path, sizeof path, "/proc/%d/cwd", child);
    CHECK_ERR(readlink(path, link, sizeof link), ENOENT);
    snprintf(path, sizeof path, "/proc/%d", child);
    dir = open(path, O_RDONLY | O_DIRECTORY);
    CHECK_OK(dir);
    waitpid(child, NULL, 0);
    CHECK_ERR(open(path, O_RDONLY), ENOENT);
    CHECK_ERR(read(fd, link, sizeof link), ESRCH);
    CHECK_ERR(openat(dir, "stat", O_RDONLY), ESRCH);
    CHECK_ERR(fchdir(dir), ESRCH);
    close(fd);
    close(dir);
}

/* Another user sees that a process is there, but not what is its own. */
static void check_strangers(void)
{
    char path[64], link[16];
    if (!as_root("what other users may see"))
        return;
    pid_t child = fork();
    if (child == 0) {
        pause();
        _exit(0);
    }
    static const char *const secret[] = {"environ", "auxv", "maps", "personality"};
    static const char *const links[] = {"cwd", "root", "exe"};
    become(USER);
    for (size_t i = 0; i < sizeof secret / sizeof *secret; i++) {
        snprintf(path, sizeof path, "/proc/%d/%s", child, secret[i]);
        CHECK_ERR(open(path, O_RDONLY), EACCES);
    }
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        snprintf(path, sizeof path, "/proc/%d/%s", child, links[i]);
        CHECK_ERR(readlink(path, link, sizeof link), EACCES);
        CHECK_ERR(open(path, O_RDONLY), EACCES);
    }
    snprintf(path, sizeof path, "/proc/%d/fd", child);
    CHECK_ERR(open(path, O_RDONLY), EACCES);
    snprintf(path, sizeof path, "/proc/%d/fdinfo", child);
    CHECK_ERR(open(path, O_RDONLY), EACCES);
    snprintf(path, sizeof path, "/proc/%d/stat", child);
    CHECK(slurp(path, 100) > 50);
    snprintf(path, sizeof path, "/proc/%d/cmdline", child);
    CHECK(slurp(path, 100) > 0);
    if (seteuid(0) < 0 || setegid(0) < 0)
        NOTE("cannot become root again");
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

/* Texts have no end to seek from; memory that is read in place and settings have size 0. */
static void check_ends(void)
{
    static const char *const texts[] = {"status", "stat", "maps", "limits", "comm", "mounts"};
    static const char *const others[] = {"/proc/self/cmdline", "/proc/self/environ",
                                         "/proc/self/auxv", "/proc/sys/kernel/ostype"};
    char path[64];
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        snprintf(path, sizeof path, "/proc/self/%s", texts[i]);
        int fd = open(path, O_RDONLY);
        CHECK_ERR(lseek(fd, 0, SEEK_END), EINVAL);
        CHECK_ERR(lseek(fd, 0, 3), EINVAL); /* SEEK_DATA */
        CHECK_EQ(lseek(fd, 5, SEEK_SET), 5);
        CHECK_EQ(lseek(fd, 1, SEEK_CUR), 6);
        close(fd);
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        int fd = open(others[i], O_RDONLY);
        CHECK_EQ(lseek(fd, 0, SEEK_END), 0);
        CHECK_ERR(lseek(fd, 0, 3), ENXIO);
        close(fd);
    }
}

/* What could not be delivered comes with the next read. */
static void check_bad_buffers(void)
{
    static const char *const names[] = {"status", "maps", "cmdline"};
    char *edge = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char path[64], again[200];
    munmap(edge + PAGE, PAGE);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "/proc/self/%s", names[i]);
        int fd = open(path, O_RDONLY);
        CHECK_ERR(read(fd, BAD_LOW, 100), EFAULT);
        CHECK_EQ(lseek(fd, 0, SEEK_CUR), 0);
        CHECK_EQ(read(fd, edge + PAGE - 4, 100), 4);
        CHECK_EQ(lseek(fd, 0, SEEK_CUR), 4);
        CHECK(read(fd, again + 4, 2) == 2);
        memcpy(again, edge + PAGE - 4, 4);
        CHECK(slurp(path, 4096) >= 6 && memcmp(text, again, 6) == 0);
        close(fd);
    }
    munmap(edge, PAGE);
}

int main(int argc, char **argv)
{
    (void)argc;
    free(malloc(100)); /* so that there is a heap */
    check_self();
    check_status();
    check_stat();
    check_comm();
    check_links();
    check_fixed();
    check_fds();
    check_memory(argv);
    check_mapped_file();
    check_machine();
    check_rereading();
    check_zombie();
    check_strangers();
    check_ends();
    check_bad_buffers();
    return check_done();
}
