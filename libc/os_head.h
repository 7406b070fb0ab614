/* Python's os module in C: `os.mkdir("a", 0777)` means what it means in Python.
 *
 * This file is generated from libc/os_head.h and libc/os.tbl.
 *
 * `os` is a structure of function pointers. A compiler that optimizes (-O1 and up) turns a call
 * through it into a direct call, and only what is called is linked. Each function is also an
 * ordinary symbol: os_mkdir, os_path_join.
 *
 * Rules for all of them:
 *   - On failure the result is -1, or NULL for a pointer, and errno is set. For a structure, its
 *     comment says which field shows the failure.
 *   - A result of type char * or char ** is one block from malloc: one free releases all of it.
 *   - Descriptors that the os layer makes are close-on-exec; that of os.dup2 is inheritable.
 *   - A call that a signal interrupts is made again.
 *   - A NULL pointer means Python's default if there is one.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* os.wait, os.waitpid: pid is -1 on failure, 0 with WNOHANG if no child has changed its state. */
struct os_wait_result {
    pid_t pid;
    int status; /* see WIFEXITED and so on in <sys/wait.h>, and os.waitstatus_to_exitcode */
};

/* os.wait3, os.wait4: the same, with the resources that the child used. */
struct os_wait3_result {
    pid_t pid;
    int status;
    struct rusage rusage;
};

/* os.stat, os.lstat, os.fstat: st_mode is 0 on failure, which no file has. As in struct stat,
 * st_atime, st_mtime and st_ctime are whole seconds. */
struct os_stat_result {
    mode_t st_mode;
    ino_t st_ino;
    dev_t st_dev;
    nlink_t st_nlink;
    uid_t st_uid;
    gid_t st_gid;
    off_t st_size;
    struct timespec st_atim, st_mtim, st_ctim;
    long st_atime_ns, st_mtime_ns, st_ctime_ns; /* nanoseconds since 1970 */
    blksize_t st_blksize;
    blkcnt_t st_blocks; /* of 512 bytes */
    dev_t st_rdev;
};

/* os.statvfs, os.fstatvfs: f_bsize is 0 on failure. */
struct os_statvfs_result {
    unsigned long f_bsize, f_frsize;
    fsblkcnt_t f_blocks, f_bfree, f_bavail; /* of f_frsize bytes */
    fsfilcnt_t f_files, f_ffree, f_favail;
    unsigned long f_flag, f_namemax, f_fsid;
};

/* os.pipe, os.pipe2: r is -1 on failure. */
struct os_pipe_result {
    int r, w;
};

/* os.get_terminal_size: columns is -1 on failure. */
struct os_terminal_size {
    int columns, lines;
};

/* os.times: seconds; elapsed is -1 on failure. */
struct os_times_result {
    double user, system, children_user, children_system, elapsed;
};

/* os.getloadavg: runnable processes over 1, 5 and 15 minutes; the first is -1 on failure. */
struct os_loadavg {
    double one, five, fifteen;
};

/* os.uname. */
struct os_uname_result {
    char sysname[65], nodename[65], release[65], version[65], machine[65];
};

/* os.getresuid, os.getresgid. */
struct os_getresuid_result {
    uid_t ruid, euid, suid;
};
struct os_getresgid_result {
    gid_t rgid, egid, sgid;
};

/* os.path.split: one block from malloc, which free(head) releases; head is NULL on failure. */
struct os_path_split_result {
    char *head, *tail;
};

/* os.path.splitext: the same with root. */
struct os_path_splitext_result {
    char *root, *ext;
};

/* os.path.splitdrive: the same with drive, which is always "" on Unix. */
struct os_path_splitdrive_result {
    char *drive, *tail;
};

/* The result of os.scandir_next: one block from malloc. */
struct os_DirEntry {
    char *name, *path;
    ino_t d_ino;
    unsigned char d_type; /* DT_REG and so on in <dirent.h>, or DT_UNKNOWN */
};

/* The result of os.walk_next, which belongs to the walk. Both lists end in NULL. In a walk from the
 * top down the caller may reorder and shorten dirnames: the walk then visits the directories that
 * are left in it. */
struct os_walk_result {
    char *dirpath;
    char **dirnames, **filenames;
};

struct os_scandir; /* an open os.scandir */
struct os_walk;    /* an open os.walk */

/* Modes of os.spawnv and its family. */
#define P_WAIT    0
#define P_NOWAIT  1
#define P_NOWAITO 1
