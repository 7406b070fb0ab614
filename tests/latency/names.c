/* Long calls about names: deep and large directories, long paths; and the texts of /proc. */
/* SPDX-License-Identifier: MIT */
#include "latency.h"

static void make_names(const char *folder, int n)
{
    char name[64];
    MUST(mkdir(folder, 0700));
    for (int i = 0; i < n; i++) {
        snprintf(name, sizeof(name), "%s/%d", folder, i);
        MUST(mknod(name, S_IFREG | 0600, 0));
    }
}

static void remove_names(const char *folder, int from, int to)
{
    char name[64];
    for (int i = from; i < to; i++) {
        snprintf(name, sizeof(name), "%s/%d", folder, i);
        MUST(unlink(name));
    }
}

static void do_getcwd(void)
{
    char path[PAGE];
    for (int i = 0; i < 2000; i++) {
        MUST(mkdir("d", 0700));
        MUST(chdir("d"));
    }
    measure();
    for (int i = 0; i < 10; i++)
        MUST(syscall(SYS_getcwd, path, sizeof(path)));
    measured();
    for (int i = 0; i < 2000; i++) {
        MUST(chdir(".."));
        MUST(rmdir("d"));
    }
}

/* Forth and back, as long as a path can be. */
static void do_long_path(void)
{
    static char path[PAGE];
    MUST(mkdir("x", 0700));
    for (int i = 0; i < 815; i++)
        memcpy(path + 5 * i, "x/../", 5);
    strcpy(path + 5 * 815, "x");
    measure();
    for (int i = 0; i < 10; i++)
        MUST(access(path, F_OK));
    measured();
    MUST(rmdir("x"));
}

enum { N_NAMES = 100000 };

static void do_list_names(void)
{
    make_names("d", N_NAMES);
    int fd = open("d", O_RDONLY);
    char *buffer = map(8 * MB, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    memset(buffer, 1, 8 * MB);
    measure();
    MUST(syscall(SYS_getdents64, fd, buffer, 8 * MB));
    measured();
    remove_names("d", 0, N_NAMES);
    MUST(rmdir("d"));
}

/* The last name goes, and with it all that the directory had grown to. */
static void do_remove_last(void)
{
    make_names("d", N_NAMES);
    remove_names("d", 1, N_NAMES);
    measure();
    MUST(unlink("d/0"));
    MUST(rmdir("d"));
    measured();
}

static void do_list_emptied(void)
{
    make_names("d", N_NAMES);
    remove_names("d", 0, N_NAMES - 1);
    char buffer[PAGE];
    int fd = open("d", O_RDONLY);
    measure();
    MUST(syscall(SYS_getdents64, fd, buffer, sizeof(buffer)));
    measured();
    MUST(close(fd));
    remove_names("d", N_NAMES - 1, N_NAMES);
    MUST(rmdir("d"));
}

static void do_rename_large(void)
{
    make_names("d", N_NAMES);
    measure();
    MUST(rename("d", "e"));
    measured();
    remove_names("e", 0, N_NAMES);
    MUST(rmdir("e"));
}

static void do_unlink_large(void)
{
    close(big_file("f", 230 * MB));
    measure();
    MUST(unlink("f"));
    measured();
}

static void do_rename_over_large(void)
{
    close(big_file("f", 230 * MB));
    close(big_file("g", 0));
    measure();
    MUST(rename("g", "f"));
    measured();
}

static void do_replace_open(void)
{
    close(big_file("f", 230 * MB));
    measure();
    MUST(open("f", O_WRONLY | O_TRUNC));
    measured();
}

static void do_list_xattrs(void)
{
    char name[64];
    static char buffer[65536];
    int fd = big_file("f", 0);
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof(name), "user.a%d", i);
        if (syscall(SYS_fsetxattr, fd, name, "x", 1, 0) < 0)
            break;
    }
    measure();
    MUST(syscall(SYS_flistxattr, fd, buffer, sizeof(buffer)));
    measured();
}

/* ---- /proc ---- */

static void take_groups(void)
{
    static gid_t groups[65536];
    for (int i = 0; i < 65536; i++)
        groups[i] = 100000 + (gid_t)i;
    MUST(setgroups(65536, groups));
}

static void do_groups_status(void)
{
    do_read("/proc/self/status");
}

static void do_getgroups(void)
{
    gid_t *groups = (gid_t *)map(MB, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    measure();
    MUST(getgroups(65536, groups));
    measured();
}

static void do_many_areas(void)
{
    enum { N = 30000 };
    char *at = map(2ul * N * PAGE, PROT_READ, MAP_PRIVATE);
    for (size_t i = 0; i < 2ul * N; i += 2)
        MUST(mprotect(at + i * PAGE, PAGE, PROT_READ | PROT_EXEC));
}

static void do_smaps(void)
{
    do_many_areas();
    do_read("/proc/self/smaps");
}

static void do_rollup(void)
{
    do_many_areas();
    do_read("/proc/self/smaps_rollup");
}

static void do_limits(void)
{
    do_read("/proc/self/limits");
}

static void do_mounts(void)
{
    do_read("/proc/self/mountinfo");
}

static void do_fdinfo(void)
{
    do_read("/proc/self/fdinfo/0");
}

static void do_list_threads(void)
{
    start_threads(many(4000));
    int fd = open("/proc/self/task", O_RDONLY | O_DIRECTORY);
    char *buffer = map(MB, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    MUST(fd);
    measure();
    MUST(syscall(SYS_getdents64, fd, buffer, MB));
    measured();
}

static void do_stat_threads(void)
{
    start_threads(many(4000));
    do_read("/proc/self/stat");
}

static void do_list_processes(void)
{
    int n = many(4000);
    fork_many(n, pause_for_ever);
    wait_ready((unsigned)n);
    int fd = open("/proc", O_RDONLY | O_DIRECTORY);
    char *buffer = map(MB, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    measure();
    MUST(syscall(SYS_getdents64, fd, buffer, MB));
    measured();
}

static const struct row rows[] = {
    {"10 calls of getcwd 2,000 directories deep", do_getcwd, NULL},
    {"10 walks of a path of 4,076 bytes", do_long_path, NULL},
    {"getdents64 of 100,000 names", do_list_names, NULL},
    {"the last of 100,000 names is removed", do_remove_last, NULL},
    {"getdents64 of 1 name after 99,999 removed ones", do_list_emptied, NULL},
    {"rename of a directory of 100,000 names", do_rename_large, NULL},
    {"unlink of a file of 230 MB", do_unlink_large, NULL},
    {"rename over a file of 230 MB", do_rename_over_large, NULL},
    {"open with O_TRUNC of a file of 230 MB", do_replace_open, NULL},
    {"flistxattr of all that a file can have", do_list_xattrs, NULL},
    {"getgroups of 65,536", do_getgroups, take_groups},
    {"read of /proc/self/status with 65,536 groups", do_groups_status, take_groups},
    {"read of /proc/self/smaps with 60,000 areas", do_smaps, NULL},
    {"read of /proc/self/smaps_rollup with 60,000 areas", do_rollup, NULL},
    {"read of /proc/self/limits", do_limits, NULL},
    {"read of /proc/self/mountinfo", do_mounts, NULL},
    {"read of /proc/self/fdinfo/0", do_fdinfo, NULL},
    {"listing of 4,000 threads", do_list_threads, NULL},
    {"read of /proc/self/stat with 4,000 threads", do_stat_threads, NULL},
    {"listing of /proc with 4,000 processes", do_list_processes, NULL},
};
const struct rows name_rows = {rows, sizeof(rows) / sizeof(rows[0])};
