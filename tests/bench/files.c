/* Names made and removed, and a directory listed. */
/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void make_and_remove_directory(long n)
{
    while (n-- > 0) {
        MUST(mkdir("new", 0777));
        MUST(rmdir("new"));
    }
}

static void create_and_unlink(long n)
{
    while (n-- > 0) {
        int fd = open("new", O_CREAT | O_WRONLY | O_EXCL, 0666);
        MUST(fd);
        close(fd);
        MUST(unlink("new"));
    }
}

static void make_one(long size)
{
    (void)size;
    int fd = open("one", O_CREAT | O_WRONLY, 0666);
    MUST(fd);
    close(fd);
}

static void remove_one(long size)
{
    (void)size;
    MUST(unlink("one"));
}

/* There and back: one operation is half of it. */
static void rename_there_and_back(long n)
{
    for (; n > 0; n -= 2) {
        MUST(rename("one", "two"));
        MUST(rename("two", "one"));
    }
}

static void fill_directory(long n_files)
{
    char name[32];
    MUST(mkdir("list", 0777));
    for (long i = 0; i < n_files; i++) {
        sprintf(name, "list/%ld", i);
        int fd = open(name, O_CREAT | O_WRONLY, 0666);
        MUST(fd);
        close(fd);
    }
}

static void empty_directory(long n_files)
{
    char name[32];
    for (long i = 0; i < n_files; i++) {
        sprintf(name, "list/%ld", i);
        MUST(unlink(name));
    }
    MUST(rmdir("list"));
}

static void list_directory(long n)
{
    while (n-- > 0) {
        DIR *directory = opendir("list");
        long count = 0;
        while (readdir(directory))
            count++;
        closedir(directory);
        if (count != 1002)
            fail("listing 1,000 names");
    }
}

static const struct row rows[] = {
    {"mkdir+rmdir", make_and_remove_directory, 500, NULL, NULL, 0, 0},
    {"create+unlink", create_and_unlink, 500, NULL, NULL, 0, 0},
    {"rename", rename_there_and_back, 500, make_one, remove_one, 0, 0},
    {"listdir-1000", list_directory, 4, fill_directory, empty_directory, 1000, 0},
};
const struct group files_group = {"files", rows, sizeof(rows) / sizeof(rows[0])};
