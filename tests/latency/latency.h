/* What the programs of this folder share: a row is one call; it prepares, then measures. */
/* SPDX-License-Identifier: MIT */
#pragma once
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096, USER = 1000 };
#define MB (1ul << 20)

struct row {
    const char *name;
    void (*run)(void);     /* as the user; measures one call */
    void (*prepare)(void); /* as root, in the same process; or NULL */
};

struct rows {
    const struct row *rows;
    size_t n;
};

extern const struct rows signal_rows, process_rows, descriptor_rows, name_rows, memory_rows;

void die(const char *what);

#define MUST(call)        \
    do {                  \
        if ((call) == -1) \
            die(#call);   \
    } while (0)

/* What the processes share. */
extern volatile struct shared {
    int measuring;             /* the call is being made */
    uint64_t worst_ns;         /* how late the sleeper ran at most meanwhile */
    uint64_t n_wakes;          /* how often it ran meanwhile */
    uint64_t n_sleeps;         /* how often it has gone to sleep */
    uint64_t begin_ns, end_ns; /* of the call */
    unsigned n_ready;          /* helpers of the user that wait */
} * shared;

/* The call begins; it has ended when `measured` is called, or when the caller has gone. */
void measure(void);
void measured(void);

char *map(size_t n, int prot, int flags);
void pause_for_ever(void);
void fork_many(int n, void (*run)(void));
/* Waits until so many helpers have said that they are ready, and sleep. */
void wait_ready(unsigned n);
/* Threads that sleep on `word`, a futex. */
void start_threads(int n);
/* A child that has so many threads, all asleep; its number. */
pid_t process_of_threads(int n);
extern int word;
/* How many processes or threads: as the row says, or as the command line does. */
int many(int n);
void more_descriptors(rlim_t n);
int big_file(const char *name, size_t n);
/* Reads a file from its start into a large buffer: that is measured. */
void do_read(const char *path);
