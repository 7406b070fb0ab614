/* Very many files in one directory: each step must cost the same however many there are. */
/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SMALL = 1000, LARGE = 100000, HUGE = 1000000 };

static long n_there; /* files 0 ... n_there - 1 are in the directory */

/* The i-th name, written without printf, whose time is not meant. */
static const char *name_of(long i)
{
    static char name[] = "many/file-0000000";
    for (char *digit = name + strlen(name); *--digit != '-'; i /= 10)
        *digit = '0' + i % 10;
    return name;
}

static void create(long n)
{
    for (; n > 0; n--) {
        int fd = open(name_of(n_there++), O_CREAT | O_WRONLY | O_EXCL, 0666);
        MUST(fd);
        close(fd);
    }
}

static void remove_files(long n)
{
    for (; n > 0; n--)
        MUST(unlink(name_of(--n_there)));
}

/* Sees to it that there are exactly so many. */
static void populate(long size)
{
    mkdir("many", 0777);
    if (n_there < size)
        create(size - n_there);
    else
        remove_files(n_there - size);
}

static void depopulate(long size)
{
    (void)size;
    remove_files(n_there);
    MUST(rmdir("many"));
}

static void list(long n)
{
    DIR *directory = opendir("many");
    long count = -2; /* . and .. */
    while (readdir(directory))
        count++;
    closedir(directory);
    if (count != n)
        fail("listing many names");
}

/* Names all over the directory, in an order without a system. */
static void look_up(long n)
{
    struct stat info;
    for (unsigned long at = 1; n > 0; n--, at = at * 1103515245 + 12345)
        MUST(stat(name_of((at >> 8) % n_there), &info));
}

static void look_up_absent(long n)
{
    struct stat info;
    for (long i = 0; i < n; i++)
        if (stat(name_of(5000000 + i), &info) == 0 || errno != ENOENT)
            fail("a name that is absent");
}

static const struct row rows[] = {
    {"files-1000-create", create, SMALL, populate, NULL, 0, ROW_FIXED},
    {"files-1000-look-up", look_up, SMALL, populate, NULL, SMALL, ROW_FIXED},
    {"files-1000-remove", remove_files, SMALL, populate, depopulate, SMALL, ROW_FIXED},

    {"look-up-10", look_up, 1000, populate, NULL, 10, ROW_SLOW},
    {"look-up-100", look_up, 1000, populate, NULL, 100, ROW_SLOW},
    {"look-up-1000", look_up, 1000, populate, NULL, 1000, ROW_SLOW},
    {"look-up-10000", look_up, 1000, populate, depopulate, 10000, ROW_SLOW},

    {"files-100000-create", create, LARGE, populate, NULL, 0, ROW_FIXED | ROW_SLOW | ROW_ONE_SHOT},
    {"files-100000-list", list, LARGE, populate, NULL, LARGE, ROW_FIXED | ROW_SLOW},
    {"files-100000-look-up", look_up, LARGE, populate, NULL, LARGE,
     ROW_FIXED | ROW_SLOW | ROW_ONE_SHOT},
    {"files-100000-absent", look_up_absent, LARGE, populate, NULL, LARGE,
     ROW_FIXED | ROW_SLOW | ROW_ONE_SHOT},
    {"files-100000-remove", remove_files, LARGE, populate, depopulate, LARGE,
     ROW_FIXED | ROW_SLOW | ROW_ONE_SHOT},

    {"million-create", create, HUGE, populate, NULL, 0, ROW_FIXED | ROW_BIG | ROW_ONE_SHOT},
    {"million-list", list, HUGE, populate, NULL, HUGE, ROW_FIXED | ROW_BIG | ROW_ONE_SHOT},
    {"million-look-up", look_up, HUGE, populate, NULL, HUGE, ROW_FIXED | ROW_BIG | ROW_ONE_SHOT},
    {"million-absent", look_up_absent, HUGE, populate, NULL, HUGE,
     ROW_FIXED | ROW_BIG | ROW_ONE_SHOT},
    {"million-remove", remove_files, HUGE, populate, depopulate, HUGE,
     ROW_FIXED | ROW_BIG | ROW_ONE_SHOT},
};
const struct group many_group = {"many", rows, sizeof(rows) / sizeof(rows[0])};
