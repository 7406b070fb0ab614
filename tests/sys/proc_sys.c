/* /proc/sys: what the kernel says there is what its calls say.
 * needs: procfs users memfd counts */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sys/utsname.h>

/* A setting's line, without its end; empty if there is none. */
static const char *setting(const char *name)
{
    static char text[512];
    char path[64];
    snprintf(path, sizeof path, "/proc/sys/%s", name);
    int fd = open(path, O_RDONLY);
    ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
    close(fd);
    text[n > 0 ? n : 0] = '\0';
    text[strcspn(text, "\n")] = '\0';
    return text;
}

static void check_names(void)
{
    struct utsname names;
    CHECK_OK(uname(&names));
    CHECK_STR(setting("kernel/ostype"), names.sysname);
    CHECK_STR(setting("kernel/osrelease"), names.release);
    CHECK_STR(setting("kernel/version"), names.version);
    CHECK_STR(setting("kernel/hostname"), names.nodename);
    CHECK(*setting("kernel/domainname"));
}

/* The machine keeps its name: it is given the one that it has. */
static void check_name_given(void)
{
    struct utsname before, after;
    CHECK_OK(uname(&before));
    if (!as_root("who may name the machine"))
        return;
    int fd = open("/proc/sys/kernel/hostname", O_WRONLY);
    long n = fd < 0 ? -1 : write(fd, before.nodename, strlen(before.nodename));
    CHECK(n == (long)strlen(before.nodename) || errno == EROFS); /* a container's is read-only */
    close(fd);
    CHECK_OK(uname(&after));
    CHECK_STR(after.nodename, before.nodename);
}

/* A write changes the name from its position on; one beyond the end changes nothing. What is not
 * for writing is not for root either, and an open file is no right. */
static void check_writes(void)
{
    struct utsname before, after;
    CHECK_OK(uname(&before));
    size_t length = strlen(before.nodename);
    if (!as_root("writes at positions"))
        return;
    CHECK_ERR(open("/proc/sys/kernel/osrelease", O_WRONLY), EACCES);
    int fd = open("/proc/sys/kernel/hostname", O_WRONLY);
    if (fd < 0) {
        SKIP("writes at positions", "/proc/sys is read-only");
        return;
    }
    CHECK_EQ(pwrite(fd, "x", 1, length + 1), 1);
    CHECK_EQ(pwrite(fd, before.nodename + 1, length - 1, 1), length - 1);
    become(USER);
    CHECK_ERR(pwrite(fd, before.nodename, length, 0), EPERM);
    CHECK_ERR(open("/proc/sys/kernel/hostname", O_WRONLY), EACCES);
    become_root();
    close(fd);
    CHECK_OK(uname(&after));
    CHECK_STR(after.nodename, before.nodename);
}

static void check_more_numbers(void)
{
    long n = 0, unused = -1;
    CHECK_EQ(sscanf(setting("fs/inode-nr"), "%ld %ld", &n, &unused), 2);
    CHECK(n > 0 && unused >= 0);
    CHECK(*setting("kernel/tainted") >= '0');
    CHECK_STR(setting("kernel/sysctl_writes_strict"), "1");
}

static bool is_uuid(const char *text)
{
    size_t digits = 0;
    for (const char *at = text; *at; at++)
        digits += strchr("0123456789abcdef", *at) != NULL;
    return strlen(text) == 36 && digits == 32 && text[8] == '-' && text[14] == '4';
}

static void check_random(void)
{
    char boot[64], uuid[64];
    snprintf(boot, sizeof boot, "%s", setting("kernel/random/boot_id"));
    snprintf(uuid, sizeof uuid, "%s", setting("kernel/random/uuid"));
    CHECK(is_uuid(boot) && is_uuid(uuid));
    CHECK_STR(setting("kernel/random/boot_id"), boot);
    CHECK(strcmp(setting("kernel/random/uuid"), uuid) != 0);
    CHECK(atoi(setting("kernel/random/entropy_avail")) > 0);
    CHECK(atoi(setting("kernel/random/poolsize")) > 0);
}

static void check_numbers(void)
{
    long in_use = 0, free = -1, most = 0;
    CHECK(atol(setting("kernel/pid_max")) >= getpid());
    CHECK_EQ(atol(setting("kernel/ngroups_max")), 65536);
    CHECK(atol(setting("kernel/cap_last_cap")) >= 37);
    CHECK(atol(setting("fs/nr_open")) >= 1024);
    CHECK(atol(setting("fs/pipe-max-size")) >= 65536);
    CHECK(*setting("vm/overcommit_memory") >= '0' && *setting("vm/overcommit_memory") <= '2');
    CHECK_EQ(sscanf(setting("fs/file-nr"), "%ld %ld %ld", &in_use, &free, &most), 3);
    CHECK(in_use > 0 && free == 0 && most == atol(setting("fs/file-max")));
}

static int put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY);
    if (fd < 0)
        return errno;
    ssize_t n = write(fd, text, strlen(text));
    int error = n == (ssize_t)strlen(text) ? 0 : errno;
    close(fd);
    return error;
}

#define FILE_MAX "/proc/sys/fs/file-max"

/* It keeps the value that it has. */
static void check_file_max(void)
{
    char before[32];
    snprintf(before, sizeof before, "%s", setting("fs/file-max"));
    if (!as_root("who may set the maximum of open files"))
        return;
    int set = put(FILE_MAX, before); /* a container's is read-only */
    CHECK(set == 0 || set == EROFS);
    CHECK_EQ(put(FILE_MAX, "many"), set ? set : EINVAL);
    CHECK_EQ(put(FILE_MAX, ""), set);
    CHECK_STR(setting("fs/file-max"), before);
    int fd = open(FILE_MAX, set ? O_RDONLY : O_WRONLY);
    become(USER);
    CHECK_EQ(put(FILE_MAX, before), set ? set : EACCES);
    CHECK_ERR(write(fd, before, strlen(before)), set ? EBADF : EPERM);
    become_root();
    close(fd);
}

/* Is this a machine of the test's own, where nobody else opens files? */
static bool is_alone(void)
{
    return access("/proc/kcounts", F_OK) == 0;
}

/* A user may open no file, in each way that there is. */
static bool opens_nothing(void)
{
    int fds[2], copy = dup(1); /* is no other open file */
    return open("/", O_RDONLY) < 0 && errno == ENFILE && open("/dev/null", O_RDONLY) < 0 &&
           errno == ENFILE && open("/", O_PATH) < 0 && errno == ENFILE &&
           open("/tmp/never-made", O_WRONLY | O_CREAT, 0600) < 0 && errno == ENFILE &&
           access("/tmp/never-made", F_OK) < 0 && errno == ENOENT && pipe(fds) < 0 &&
           errno == ENFILE && syscall(SYS_memfd_create, "m", 0) < 0 && errno == ENFILE &&
           execl("/proc/self/exe", "x", (char *)NULL) < 0 && errno == ENFILE && copy >= 0 &&
           close(copy) == 0;
}

/* The maximum is less than there are: a user opens none, root does. It is the same for all of the
 * machine, so only a machine of the test's own is treated like this. */
static void check_limit_of_files(void)
{
    char before[32];
    snprintf(before, sizeof before, "%s", setting("fs/file-max"));
    if (!is_alone()) {
        SKIP("a user gets ENFILE: child's wait status", "others use the machine");
        return;
    }
    CHECK_CHILD("a user gets ENFILE", {
        int fds[2];
        CHILD_REQUIRE(put(FILE_MAX, "1") == 0);
        become(USER);
        bool nothing = opens_nothing();
        become_root();
        CHILD_REQUIRE(pipe(fds) == 0);
        CHILD_REQUIRE(put(FILE_MAX, before) == 0);
        CHILD_REQUIRE(nothing);
        become(USER);
        CHILD_REQUIRE(pipe(fds) == 0);
    });
}

#define AREAS       "/proc/sys/vm/max_map_count"
#define LOWEST      "/proc/sys/vm/mmap_min_addr"
#define THREADS_MAX "/proc/sys/kernel/threads-max"

/* It keeps the value that it has. */
static void check_threads_max(void)
{
    char before[32];
    snprintf(before, sizeof before, "%s", setting("kernel/threads-max"));
    CHECK(atol(before) >= 20);
    if (!as_root("who may set the maximum of threads"))
        return;
    int set = put(THREADS_MAX, before); /* a container's is read-only */
    CHECK(set == 0 || set == EROFS);
    CHECK_EQ(put(THREADS_MAX, "0"), set ? set : EINVAL);
    CHECK_EQ(put(THREADS_MAX, "1073741824"), set ? set : EINVAL);
    CHECK_EQ(put(THREADS_MAX, "-20"), set ? set : EINVAL);
    CHECK_STR(setting("kernel/threads-max"), before);
}

/* Where there are as many, root, too, makes no more. */
static void check_limit_of_threads(void)
{
    char before[32];
    snprintf(before, sizeof before, "%s", setting("kernel/threads-max"));
    if (!is_alone()) {
        SKIP("no more threads than the maximum: child's wait status", "others use the machine");
        return;
    }
    CHECK_CHILD("no more threads than the maximum", {
        CHILD_REQUIRE(put(THREADS_MAX, "1\n") == 0);
        CHILD_REQUIRE(strcmp(setting("kernel/threads-max"), "1") == 0);
        CHILD_REQUIRE(fork() < 0 && errno == EAGAIN);
        CHILD_REQUIRE(put(THREADS_MAX, "1073741823") == 0);
        CHILD_REQUIRE(strcmp(setting("kernel/threads-max"), "1073741823") == 0);
        CHILD_REQUIRE(status_of(child_that_exits(3)) == 3 << 8);
        CHILD_REQUIRE(put(THREADS_MAX, before) == 0);
    });
}

/* A user's processes, until no more can be started; how many, to the pipe. */
static void fill_numbers(const int told[2])
{
    int n = 0;
    if (setpgid(0, 0) || setresuid(USER, USER, USER))
        _exit(1);
    for (pid_t child; (child = fork()) >= 0; n++)
        if (child == 0)
            for (;;)
                pause();
    n = errno == EAGAIN ? n : -1;
    if (write(told[1], &n, sizeof n) == sizeof n)
        for (;;)
            pause();
    _exit(1);
}

/* The last eighth of the numbers is for root's shells: leaders of sessions with user 0. */
static void check_reserved_numbers(void)
{
    enum { MOST = 160, OTHERS = 60 };
    char before[32];
    snprintf(before, sizeof before, "%s", setting("kernel/threads-max"));
    if (!is_alone()) {
        SKIP("root's shell starts programs: child's wait status", "others use the machine");
        return;
    }
    CHECK_CHILD("root's shell starts programs", {
        int told[2];
        int n = 0;
        CHILD_REQUIRE(setsid() > 0 && pipe(told) == 0 && put(THREADS_MAX, "160") == 0);
        pid_t user = fork();
        if (user == 0)
            fill_numbers(told);
        bool good = read(told[0], &n, sizeof n) == sizeof n;
        pid_t program = child_that_exits(3);
        int status = program < 0 ? -1 : status_of(program);
        CHILD_REQUIRE(put(THREADS_MAX, before) == 0);
        kill(-user, SIGKILL);
        close(told[1]);
        CHILD_REQUIRE(status_of(user) == SIGKILL && read(told[0], &n, 1) == 0);
        CHILD_REQUIRE(good && status == 3 << 8);
        CHILD_REQUIRE(n <= MOST - MOST / 8 && n > MOST - MOST / 8 - OTHERS);
    });
}

/* ---- What may be written ---- */

static int n_writable, n_wrong;

/* A file that has the right can be given the value that it has; one without is not for root. */
static void try_file(const char *path, mode_t mode)
{
    char value[512];
    const char *text = contents(path);
    value[0] = '\0';
    strncat(value, text ? text : "", sizeof value - 1);
    int error = put(path, value);
    bool writable = mode & 0222;
    n_writable += writable;
    if (error == (writable ? 0 : EACCES))
        return;
    NOTE("%s, mode %o: errno %d", path, (unsigned)mode, error);
    n_wrong++;
}

static void try_files_below(const char *path)
{
    char name[512];
    struct stat st;
    DIR *dir = opendir(path);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        if (entry->d_name[0] == '.' || lstat(name, &st) < 0)
            continue;
        if (S_ISDIR(st.st_mode))
            try_files_below(name);
        else
            try_file(name, st.st_mode);
    }
    if (dir)
        closedir(dir);
}

/* Another machine's settings are not ours to touch. */
static void check_all_writable(void)
{
    if (!is_alone()) {
        SKIP("what says that it is writable is", "others use the machine");
        return;
    }
    try_files_below("/proc/sys");
    check_verdict(n_writable >= 5 && n_wrong == 0, "what says that it is writable is");
}

/* The kernel's settings of memory: they keep the values that they have. */
static void check_memory_settings(void)
{
    char areas[32], lowest[32];
    snprintf(areas, sizeof areas, "%s", setting("vm/max_map_count"));
    snprintf(lowest, sizeof lowest, "%s", setting("vm/mmap_min_addr"));
    CHECK(atol(areas) >= 65530 && atol(lowest) >= PAGE);
    if (!as_root("who may set the limits of memory"))
        return;
    int set = put(AREAS, areas); /* a container's is read-only */
    CHECK(set == 0 || set == EROFS);
    CHECK_EQ(put(AREAS, "-1"), set ? set : EINVAL);
    CHECK_EQ(put(AREAS, "2147483648"), set ? set : EINVAL);
    CHECK_EQ(put(LOWEST, lowest), set);
    CHECK_EQ(put(LOWEST, "low"), set ? set : EINVAL);
    CHECK_STR(setting("vm/max_map_count"), areas);
    CHECK_STR(setting("vm/mmap_min_addr"), lowest);
}

static void *map_at(size_t at, int flags)
{
    void *place = (void *)at;
    return mmap(place, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
}

/* Maps pages that cannot be one area, up to 400; how many there are then. */
static int map_apart(void)
{
    char *pages = mmap(NULL, 800L * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < 400; i++)
        if (mprotect(pages + 2L * i * PAGE, PAGE, PROT_READ) < 0)
            return errno == ENOMEM ? i : -1;
    return 400;
}

static void check_limit_of_areas(void)
{
    char before[32];
    snprintf(before, sizeof before, "%s", setting("vm/max_map_count"));
    if (!is_alone()) {
        SKIP("fewer areas: child's wait status", "others use the machine");
        return;
    }
    CHECK_CHILD("fewer areas", {
        CHILD_REQUIRE(put(AREAS, "200") == 0);
        int n = map_apart();
        CHILD_REQUIRE(put(AREAS, before) == 0);
        CHILD_REQUIRE(n > 50 && n <= 100);
        CHILD_REQUIRE(map_apart() == 400);
    });
}

/* A hint below the lowest address means that address, or Linux's own lowest, 64 K. */
static void check_lowest_address(void)
{
    char before[32];
    snprintf(before, sizeof before, "%s", setting("vm/mmap_min_addr"));
    if (!is_alone()) {
        SKIP("another lowest address: child's wait status", "others use the machine");
        return;
    }
    CHECK_CHILD("another lowest address", {
        CHILD_REQUIRE(put(LOWEST, "1048577") == 0);
        become(USER);
        bool refused = map_at(0x20000, MAP_FIXED) == MAP_FAILED && errno == EPERM;
        void *hinted = map_at(0x20000, 0);
        become_root();
        void *by_root = map_at(0x20000, MAP_FIXED);
        CHILD_REQUIRE(put(LOWEST, "4096") == 0);
        become(USER);
        void *low = map_at(0x2000, MAP_FIXED);
        void *lower = map_at(0x3000, 0);
        become_root();
        CHILD_REQUIRE(put(LOWEST, before) == 0);
        CHILD_REQUIRE(refused && (size_t)hinted == 0x101000);
        CHILD_REQUIRE((size_t)by_root == 0x20000 && (size_t)low == 0x2000);
        CHILD_REQUIRE((size_t)lower == 0x10000);
    });
}

static void check_file_nr(void)
{
    enum { N = 512 };
    int fds[N];
    long before = atol(setting("fs/file-nr"));
    for (int i = 0; i < N; i++)
        fds[i] = open("/", O_RDONLY);
    long during = atol(setting("fs/file-nr"));
    /* Others may open and close meanwhile, and Linux counts per processor. */
    CHECK(during >= (is_alone() ? before + N / 2 : N / 2));
    for (int i = 0; i < N; i++)
        close(fds[i]);
}

int main(void)
{
    check_names();
    check_name_given();
    check_writes();
    check_random();
    check_numbers();
    check_more_numbers();
    check_file_max();
    check_limit_of_files();
    check_threads_max();
    check_limit_of_threads();
    check_reserved_numbers();
    check_all_writable();
    check_memory_settings();
    check_limit_of_areas();
    check_lowest_address();
    check_file_nr();
    CHECK_EQ(atol(setting("fs/file-max")) > 1, 1);
    return check_done();
}
