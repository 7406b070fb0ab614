/* The same work shared by as many processes as there are processors, at once. */
/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 16 };

/* Runs work in n_processors children and waits for all. Each does its share of n, so that the time
 * per operation says how much the machine as a whole gets done. */
static void in_all(void (*work)(long n), long n)
{
    int children[MOST];
    for (int i = 0; i < n_processors; i++) {
        children[i] = fork();
        MUST(children[i]);
        if (children[i] == 0) {
            char name[16];
            sprintf(name, "own-%d", i);
            MUST(mkdir(name, 0777));
            MUST(chdir(name));
            work(n / n_processors);
            MUST(chdir(".."));
            MUST(rmdir(name));
            _exit(0);
        }
    }
    for (int i = 0; i < n_processors; i++)
        reap(children[i]);
}

static void exec_one(long n)
{
    static char *const argv[] = {"/bin/tiny", NULL};
    while (n-- > 0) {
        int child = fork();
        if (child == 0) {
            execve(argv[0], argv, argv + 1);
            _exit(127);
        }
        reap(child);
    }
}

static void fork_one(long n)
{
    while (n-- > 0) {
        int child = fork();
        if (child == 0)
            _exit(0);
        reap(child);
    }
}

static void files_one(long n)
{
    while (n-- > 0) {
        int fd = open("new", O_CREAT | O_WRONLY | O_EXCL, 0666);
        MUST(fd);
        close(fd);
        MUST(unlink("new"));
    }
}

static void scale_fork(long n)
{
    in_all(fork_one, n);
}

static void scale_exec(long n)
{
    in_all(exec_one, n);
}

static void scale_files(long n)
{
    in_all(files_one, n);
}

static const struct row rows[] = {
    {"scale-fork", scale_fork, 400, NULL, NULL, 0, ROW_PARALLEL | ROW_FIXED},
    {"scale-exec", scale_exec, 200, NULL, NULL, 0, ROW_PARALLEL | ROW_FIXED},
    {"scale-files", scale_files, 8000, NULL, NULL, 0, ROW_PARALLEL | ROW_FIXED},
};
const struct group scale_group = {"scale", rows, sizeof(rows) / sizeof(rows[0])};
