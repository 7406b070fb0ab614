/* How much memory things take: the difference of free memory before and after many of them. Nothing
 * is freed in between, as kernels keep what was freed for the next of its kind. */
/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROCESSES = 500, FILES = 20000, DATA_FILES = 100, DATA_PAGES = 64 };

static long free_bytes(void)
{
    struct sysinfo info;
    MUST(sysinfo(&info));
    return (info.freeram + info.bufferram) * info.mem_unit;
}

static void print_size(const char *name, long n, long before)
{
    report("size\t%s\t%ld\t%ld\n", name, n, before - free_bytes());
}

static void create_empty(const char *format, int i)
{
    char name[40];
    sprintf(name, format, i);
    int fd = open(name, O_CREAT | O_WRONLY, 0666);
    MUST(fd);
    close(fd);
}

static void remove_names(const char *format, int n)
{
    char name[40];
    for (int i = 0; i < n; i++) {
        sprintf(name, format, i);
        MUST(unlink(name));
    }
}

/* Forked processes that wait. */
static void processes(void)
{
    int gate[2];
    char byte;
    MUST(pipe(gate));
    long before = free_bytes();
    for (int i = 0; i < PROCESSES; i++) {
        int child = fork();
        MUST(child);
        if (child == 0) {
            close(gate[1]);
            _exit(read(gate[0], &byte, 1));
        }
    }
    print_size("size-idle-process", PROCESSES, before);
    close(gate[0]);
    close(gate[1]);
    for (int i = 0; i < PROCESSES; i++)
        MUST(wait(NULL));
}

static void empty_files(void)
{
    MUST(mkdir("files", 0777));
    long before = free_bytes();
    for (int i = 0; i < FILES; i++)
        create_empty("files/%d", i);
    print_size("size-empty-file", FILES, before);
}

/* More names of one file. */
static void names(void)
{
    char name[40];
    long before = free_bytes();
    for (int i = 0; i < FILES; i++) {
        sprintf(name, "files/l%d", i);
        MUST(link("files/0", name));
    }
    print_size("size-directory-entry", FILES, before);
}

static void data(void)
{
    static char page[4096];
    char name[40];
    long before = free_bytes();
    for (int i = 0; i < DATA_FILES; i++) {
        sprintf(name, "files/d%d", i);
        int fd = open(name, O_CREAT | O_WRONLY, 0666);
        MUST(fd);
        for (int k = 0; k < DATA_PAGES; k++)
            if (write(fd, page, sizeof(page)) != sizeof(page))
                fail("write");
        close(fd);
    }
    print_size("size-4KB-of-file", DATA_FILES * DATA_PAGES, before);
}

static void files(void)
{
    empty_files();
    names();
    data();
    remove_names("files/%d", FILES);
    remove_names("files/l%d", FILES);
    remove_names("files/d%d", DATA_FILES);
    MUST(rmdir("files"));
}

void sizes_run(bool (*wanted)(const char *name), long machine_bytes)
{
    if (wanted("size-at-rest") && machine_bytes)
        report("size\tsize-at-rest\t1\t%ld\n", machine_bytes - free_bytes());
    if (wanted("size-empty-file") || wanted("size-directory-entry") || wanted("size-4KB-of-file"))
        files();
    if (wanted("size-idle-process"))
        processes();
}
