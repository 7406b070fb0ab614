/* The bench's contract: a row is a piece of work that is done many times; a group is a table of
 * rows on one subject. The program runs as process 1 on Ouros and on Linux, and uses nothing that
 * only one of them has. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum row_flags {
    ROW_FIXED = 1,     /* the work uses up what prepare made: `count` operations, once a sample */
    ROW_SLOW = 2,      /* too long for a counted run that a test waits for */
    ROW_BIG = 4,       /* only when named: needs much memory or time */
    ROW_PARALLEL = 8,  /* work(n) does n operations in each of as many processes as processors */
    ROW_ONE_SHOT = 16, /* one sample a boot: too long for more */
};

struct row {
    const char *name;
    void (*work)(long n_operations);
    long count;                 /* operations in a counted run, or of ROW_FIXED work */
    void (*prepare)(long size); /* not timed; may be NULL, as finish */
    void (*finish)(long size);
    long size; /* for both of them */
    unsigned flags;
};

struct group {
    const char *name;
    const struct row *rows;
    size_t n_rows;
};

extern const struct group calls_group, files_group, many_group, env_group, process_group,
    memory_group, ipc_group, io_group, scale_group;

/* Memory taken, in bytes: printed by themselves. */
void sizes_run(bool (*wanted)(const char *name), long machine_bytes);

/* Prints a line and waits until it is out, so that sending it disturbs no row. */
void report(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Ends the bench with what could not be done: a row that does not work has no time. */
_Noreturn void fail(const char *what);
/* A call that must succeed. */
#define MUST(call) ((call) < 0 ? fail(#call) : (void)0)

extern int n_processors; /* for ROW_PARALLEL: as the command line says */

void reap(int pid); /* waits for a child that must have ended with status 0 */
