/* The fuzzer's world: the files of a round, and a stream's memory, descriptors and signals. */
/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "fuzz.h"

#define WORLD   "/tmp/fuzz"
#define LONG_50 "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"

/* The first three are there to be executed. */
const char *const paths[] = {
    WORLD "/nprogram",
    WORLD "/nscript",
    WORLD "/nloop-script",
    "n0",
    "n1",
    "n2",
    "n3",
    "n4",
    "n5",
    "n0/n1",
    "n0/n2",
    "n1/n0",
    "n2/n3/n4",
    "n3/",
    "n4/.",
    "n5/..",
    "nfile",
    "nfile/",
    "ndir",
    "ndir/n1",
    "ndir/n2",
    "ndir/nsub",
    "ndir/nsub/n1",
    "nlink",
    "nlink/n1",
    "nloop",
    "nloop/n1",
    "ndangling",
    "nfifo",
    "nother",
    "nsticky/n1",
    "nsticky",
    "nsecret",
    "nsecret/n1",
    ".",
    "..",
    "",
    "/",
    "./ndir/./nsub/../n1",
    WORLD,
    WORLD "/n0",
    WORLD "/ndir/n3",
    "/proc/self/fd/5",
    "/proc/self/fd/7",
    "/proc/self/maps",
    "/proc/self/cwd/n1",
    "/proc/self/exe",
    "/proc/self/comm",
    "/proc/self/status",
    "/proc/self/mem",
    "/proc/kcounts",
    "/proc/self/task",
    "/proc/1/environ",
    "/proc/self/environ",
    "/proc",
    "/dev",
    "/proc/self/fd",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/self/mountinfo",
    "/proc/self/root/n2",
    "nnull",
    "nzero",
    "nfull",
    "nurandom",
    "ntty",
    "ntty1",
    "nstdin",
    LONG_50 LONG_50 LONG_50 LONG_50 LONG_50 "nnnnn",
    LONG_50 LONG_50 LONG_50 LONG_50 LONG_50 "nnnnnn",
    "ndir/nsub/../../ndir/nsub/../../ndir/nsub/../../ndir/nsub/../../ndir/nsub/../../n1",
};
const int n_paths = sizeof(paths) / sizeof(paths[0]);

/* An ELF of one page that does exit(0). */
/* clang-format off */
static const unsigned char program[] = {
    0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* x86-64, executable */
    2, 0, 62, 0, 1, 0, 0, 0, 0x78, 0, 0x40, 0, 0, 0, 0, 0,   /* entry */
    64, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,         /* program headers */
    0, 0, 0, 0, 64, 0, 56, 0, 1, 0, 0, 0, 0, 0, 0, 0,        /* one of them */
    1, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,          /* load, read and execute */
    0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0,    /* at 0x400000 */
    0x82, 0, 0, 0, 0, 0, 0, 0, 0x82, 0, 0, 0, 0, 0, 0, 0,    /* bytes */
    0, 0x10, 0, 0, 0, 0, 0, 0,                               /* alignment */
    0xb8, 0x3c, 0, 0, 0, 0x31, 0xff, 0x0f, 0x05, 0x90,       /* mov $60, %eax; xor %edi, %edi; */
};
/* clang-format on */

static const struct {
    const char *name;
    int major, minor;
} devices[] = {
    {"nnull", 1, 3},    {"nzero", 1, 5}, {"nfull", 1, 7},
    {"nurandom", 1, 9}, {"ntty", 5, 0},  {"ntty1", 4, 1},
};

static void make_file(const char *path, const void *bytes, size_t n, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (fd >= 0) {
        (void)!write(fd, bytes, n);
        fchmod(fd, mode);
        close(fd);
    }
}

static void make_directory(const char *path, mode_t mode)
{
    mkdir(path, mode);
    chmod(path, mode);
}

/* The calls may have taken rights from the way here. */
void world_make(void)
{
    umask(0);
    chdir("/");
    chmod("/", 0755);
    chmod("/tmp", 01777);
    make_directory(WORLD, 0777);
    chdir(WORLD);
    make_file("nprogram", program, sizeof program, 0777);
    make_file("nscript", "#!" WORLD "/nprogram x\n", 23, 0777);
    make_file("nloop-script", "#!" WORLD "/nloop-script\n", 26, 0777);
    make_file("nfile", "something to read", 17, 0666);
    make_file("nother", "", 0, 0600);
    make_directory("ndir", 0777);
    make_directory("ndir/nsub", 0777);
    make_directory("nsticky", 01777);
    make_directory("nsecret", 0700);
    symlink("ndir", "nlink");
    symlink("nloop", "nloop");
    symlink("n9/missing", "ndangling");
    symlink("/proc/self/fd/0", "nstdin");
    mkfifo("nfifo", 0666);
    for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++)
        mknod(devices[i].name, S_IFCHR | 0666, makedev(devices[i].major, devices[i].minor));
    chdir("/");
}

/* ---- Taking away ---- */

enum { N_FOLDERS = 3 };
static const char *const folders[N_FOLDERS] = {"/", "/tmp", "/dev"}; /* that calls can fill */
static char known[N_FOLDERS][4096]; /* names that were there before, each ended by a NUL */

static void note_names(void)
{
    for (int i = 0; i < N_FOLDERS; i++) {
        size_t used = 0;
        DIR *dir = opendir(folders[i]);
        for (struct dirent *entry; dir && (entry = readdir(dir));) {
            size_t n = strlen(entry->d_name) + 1;
            if (used + n < sizeof known[i])
                memcpy(known[i] + used, entry->d_name, n);
            used += n;
        }
        closedir(dir);
    }
}

static bool was_there(int folder, const char *name)
{
    for (const char *at = known[folder]; *at; at += strlen(at) + 1)
        if (strcmp(at, name) == 0)
            return true;
    return false;
}

/* Removes what was not in the folder before; for folder -1 everything. Goes up by "..", so that
 * depth costs no descriptors. Nothing if it is a link, which a call may have put there: to /proc,
 * say, from where nothing can be removed. */
static void empty_directory(const char *path, int folder)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return;
    fchdir(fd);
    close(fd);
    for (int depth = 0; depth >= 0;) {
        bool down = false;
        DIR *dir = opendir(".");
        for (struct dirent *entry; dir && !down && (entry = readdir(dir));) {
            const char *name = entry->d_name;
            if (!strcmp(name, ".") || !strcmp(name, ".."))
                continue;
            if (depth == 0 && folder >= 0 && was_there(folder, name))
                continue;
            if (unlink(name) == 0 || unlinkat(AT_FDCWD, name, AT_REMOVEDIR) == 0)
                continue;
            struct stat st;
            down = lstat(name, &st) == 0 && S_ISDIR(st.st_mode) && chdir(name) == 0;
        }
        if (dir)
            closedir(dir);
        depth += down ? 1 : -1;
        if (!down && depth >= 0)
            chdir("..");
    }
}

void world_remove(void)
{
    empty_directory(WORLD, -1);
    chdir("/");
    rmdir(WORLD);
    for (int i = 0; i < N_FOLDERS; i++)
        empty_directory(folders[i], i);
    chdir("/");
}

/* A directory keeps the table that its most names needed: that is no leak. */
void world_grow(void)
{
    note_names();
    for (int i = 0; i < N_FOLDERS * 200; i++) {
        char name[] = "n-000";
        for (int n = i / N_FOLDERS, at = 4; at > 1; at--, n /= 10)
            name[at] += (char)(n % 10);
        if (chdir(folders[i % N_FOLDERS]) == 0)
            make_file(name, "", 0, 0600);
    }
    world_remove();
}

/* ---- A stream's own ---- */

static void map(uint64_t at, size_t n, int prot, int flags, int fd)
{
    mmap((void *)at, n, prot, MAP_FIXED | flags, fd, 0);
}

static void enter_memory(void)
{
    enum { NO_FILE = MAP_PRIVATE | MAP_ANONYMOUS };
    int fd = open("nfile", O_RDWR | O_CLOEXEC);
    map(ARENA, ARENA_BYTES, PROT_READ | PROT_WRITE, NO_FILE, -1);
    map(EDGE, 4096, PROT_READ | PROT_WRITE, NO_FILE, -1);
    map(READONLY, 4096, PROT_READ, NO_FILE, -1);
    map(NOACCESS, 4096, PROT_NONE, NO_FILE, -1);
    map(FLICKER, 4096, PROT_READ | PROT_WRITE, NO_FILE, -1);
    map(PLAY, 65536, PROT_READ | PROT_WRITE, NO_FILE, -1);
    map(PASTEND, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
    map(STACKS, MAX_STREAMS * STACK_BYTES, PROT_READ | PROT_WRITE, NO_FILE, -1);
    close(fd);
    for (int i = 0; i < 4096; i += 4)
        memcpy((char *)ARENA + 4096 + i, "s=1", 4);
}

/* From 3 on: a directory, files, a pipe, a FIFO, devices, /proc; 0 to 2 are files too. */
static void enter_descriptors(void)
{
    int ends[2];
    closefrom(0);
    open("nfile", O_RDWR);
    open("nother", O_RDWR);
    open("/dev/null", O_RDWR);
    open(".", O_RDONLY | O_DIRECTORY);
    open("ndir", O_RDONLY | O_DIRECTORY);
    open("nfile", O_RDWR | O_APPEND);
    open("nfile", O_RDONLY);
    pipe2(ends, O_NONBLOCK);
    open("nfifo", O_RDWR | O_NONBLOCK);
    open("/dev/zero", O_RDWR);
    open("/dev/tty1", O_RDWR | O_NOCTTY | O_NONBLOCK);
    open("/proc/self/maps", O_RDONLY);
    open("/proc", O_RDONLY | O_DIRECTORY);
    open("ndir", O_PATH);
    open("ndir", O_TMPFILE | O_RDWR, 0600);
}

static void handler(int signal)
{
    (void)signal;
}

static void enter_signals(void)
{
    static const int handled[] = {SIGUSR1, SIGALRM, SIGVTALRM, SIGPROF, SIGPIPE, SIGHUP};
    sigset_t none;
    sigemptyset(&none);
    for (size_t i = 0; i < sizeof handled / sizeof handled[0]; i++)
        sigaction(handled[i], &(struct sigaction){.sa_handler = handler}, NULL);
    signal(SIGCHLD, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

void world_enter(bool as_root)
{
    chdir(WORLD);
    setpgid(0, 0);
    enter_memory();
    enter_descriptors();
    enter_signals();
    if (!as_root && (setgroups(0, NULL) < 0 || setresgid(1000, 1000, 1000) < 0 ||
                     setresuid(1000, 1000, 1000) < 0))
        _exit(1);
}
