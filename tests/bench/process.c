/* Processes made, replaced and reaped. */
/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MB (1l << 20)

static char *touched;
static char *const tiny[] = {"/bin/tiny", NULL};
static char *const busybox[] = {"/bin/busybox", "true", NULL};
static char *const no_environment[] = {NULL};

static void fork_and_wait(long n)
{
    while (n-- > 0) {
        int child = fork();
        if (child == 0)
            _exit(0);
        reap(child);
    }
}

/* Memory that the parent has written before it forks. */
static void touch(long bytes)
{
    touched = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (touched == MAP_FAILED)
        fail("mmap");
    for (long at = 0; at < bytes; at += 4096)
        touched[at] = 1;
}

static void forget(long bytes)
{
    MUST(munmap(touched, bytes));
}

/* An ended child shows only in its status: one that did not start has 127. */
static void fork_exec(char *const argv[], long n)
{
    while (n-- > 0) {
        int child = fork();
        if (child == 0) {
            execve(argv[0], argv, no_environment);
            _exit(127);
        }
        reap(child);
    }
}

static void fork_exec_tiny(long n)
{
    fork_exec(tiny, n);
}

static void fork_exec_busybox(long n)
{
    fork_exec(busybox, n);
}

static void vfork_exec_tiny(long n)
{
    while (n-- > 0) {
        int child = vfork();
        if (child == 0) {
            execve(tiny[0], tiny, no_environment);
            _exit(127);
        }
        reap(child);
    }
}

/* Children that all live at once: each waits for the end of the pipe. */
static void many_children(long n)
{
    int gate[2];
    char byte;
    MUST(pipe(gate));
    for (long i = 0; i < n; i++) {
        int child = fork();
        MUST(child);
        if (child == 0) {
            close(gate[1]);
            _exit(read(gate[0], &byte, 1));
        }
    }
    close(gate[0]);
    close(gate[1]);
    while (n-- > 0)
        MUST(wait(NULL));
}

static const struct row rows[] = {
    {"fork+exit+wait", fork_and_wait, 20, NULL, NULL, 0, 0},
    {"fork-1MB", fork_and_wait, 20, touch, forget, MB, 0},
    {"fork-16MB", fork_and_wait, 20, touch, forget, 16 * MB, 0},
    {"fork-64MB", fork_and_wait, 20, touch, forget, 64 * MB, ROW_SLOW},
    {"fork-256MB", fork_and_wait, 20, touch, forget, 256 * MB, ROW_SLOW},
    {"vfork+exec+wait", vfork_exec_tiny, 20, NULL, NULL, 0, 0},
    {"fork+exec+wait", fork_exec_tiny, 20, NULL, NULL, 0, 0},
    {"fork+exec+wait-busybox", fork_exec_busybox, 20, NULL, NULL, 0, 0},
    {"children-1000", many_children, 1000, NULL, NULL, 0, ROW_FIXED | ROW_ONE_SHOT},
};
const struct group process_group = {"process", rows, sizeof(rows) / sizeof(rows[0])};
