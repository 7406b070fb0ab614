/* Short calls: how long it takes to go in and out, and to find a name. */
/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char deep_name[64] = "."; /* of a file at the depth that prepare was told */

static void call_getppid(long n)
{
    while (n-- > 0)
        getppid();
}

static void call_clock_gettime(long n)
{
    struct timespec time;
    while (n-- > 0)
        clock_gettime(CLOCK_MONOTONIC, &time);
}

/* Goes to a directory so deep below the root: /tmp is the first. */
static void go_down(long depth)
{
    for (long i = 1; i < depth; i++) {
        MUST(mkdir("d", 0777));
        MUST(chdir("d"));
    }
}

static void come_back(long depth)
{
    for (long i = 1; i < depth; i++) {
        MUST(chdir(".."));
        MUST(rmdir("d"));
    }
}

static void call_getcwd(long n)
{
    char path[200];
    while (n-- > 0)
        if (!getcwd(path, sizeof(path)))
            fail("getcwd");
}

static void call_chdir(long n)
{
    while (n-- > 0) {
        MUST(chdir("d"));
        MUST(chdir(".."));
    }
}

static void make_d(long size)
{
    (void)size;
    MUST(mkdir("d", 0777));
}

static void remove_d(long size)
{
    (void)size;
    MUST(rmdir("d"));
}

/* A file whose absolute name has that many parts. */
static void make_deep_file(long depth)
{
    char *end = deep_name + sprintf(deep_name, "/tmp");
    for (long i = 2; i < depth; i++) {
        end += sprintf(end, "/d");
        MUST(mkdir(deep_name, 0777));
    }
    sprintf(end, "/f");
    int fd = open(deep_name, O_CREAT | O_WRONLY, 0666);
    MUST(fd);
    close(fd);
}

static void remove_deep_file(long depth)
{
    MUST(unlink(deep_name));
    for (long i = depth; i > 2; i--) {
        deep_name[4 + 2 * (i - 2)] = '\0';
        MUST(rmdir(deep_name));
    }
}

static void call_stat(long n)
{
    struct stat info;
    while (n-- > 0)
        MUST(stat(deep_name, &info));
}

static void call_open(long n)
{
    while (n-- > 0) {
        int fd = open(deep_name, O_RDONLY);
        MUST(fd);
        close(fd);
    }
}

static const struct row rows[] = {
    {"getppid", call_getppid, 1000, NULL, NULL, 0, 0},
    {"clock_gettime", call_clock_gettime, 1000, NULL, NULL, 0, 0},
    {"getcwd-1", call_getcwd, 1000, go_down, come_back, 1, 0},
    {"getcwd-4", call_getcwd, 1000, go_down, come_back, 4, 0},
    {"getcwd-16", call_getcwd, 1000, go_down, come_back, 16, 0},
    {"chdir+back", call_chdir, 1000, make_d, remove_d, 0, 0},
    {"stat-4", call_stat, 1000, make_deep_file, remove_deep_file, 4, 0},
    {"open+close", call_open, 1000, make_deep_file, remove_deep_file, 4, 0},
};
const struct group calls_group = {"calls", rows, sizeof(rows) / sizeof(rows[0])};
