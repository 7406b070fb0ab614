/* Walking through a tree of directories. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <sys/stat.h>

/* What kind of file a call of the visitor is about. */
#define FTW_F   0 /* not a directory, nor what follows */
#define FTW_D   1 /* a directory, before what is in it */
#define FTW_DNR 2 /* a directory that cannot be read */
#define FTW_NS  3 /* stat failed */
#define FTW_SL  4 /* a symbolic link */
#define FTW_DP  5 /* nftw: a directory, after what is in it */
#define FTW_SLN 6 /* nftw: a symbolic link to nothing */

/* Flags of nftw. */
#define FTW_PHYS  1 /* links are not followed */
#define FTW_MOUNT 2 /* other file systems are left out */
#define FTW_CHDIR 4 /* is not here: ENOSYS */
#define FTW_DEPTH 8 /* a directory after what is in it */

struct FTW {
    int base;  /* where in the path the name begins */
    int level; /* 0: what the walk began with */
};

/* Calls the visitor for the path and all below it, until a result is not 0, which is then that of
 * the walk; -1 with errno if the path cannot be examined or memory is short. One directory is open
 * at a time, whatever `most` allows. ftw follows links. A directory that was reached once by a
 * followed link is not visited again from within itself. */
int ftw(const char *path, int (*visit)(const char *path, const struct stat *stat, int kind),
        int most);
int nftw(const char *path,
         int (*visit)(const char *path, const struct stat *stat, int kind, struct FTW *place),
         int most, int flags);
