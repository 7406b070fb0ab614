/* Reading directories. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/dirent.h>

#define d_fileno d_ino
#define _DIRENT_HAVE_D_TYPE
#define MAXNAMLEN 255

struct dirent {
    ino_t d_ino;
    off_t d_off;
    unsigned short d_reclen;
    unsigned char d_type;
    char d_name[256];
};

typedef struct dir_stream DIR;

DIR *opendir(const char *path);
DIR *fdopendir(int fd);
int closedir(DIR *dir);
int dirfd(DIR *dir);
struct dirent *readdir(DIR *dir);
void rewinddir(DIR *dir);
void seekdir(DIR *dir, long at);
long telldir(DIR *dir);
int alphasort(const struct dirent **a, const struct dirent **b);
int scandir(const char *path, struct dirent ***list, int (*wanted)(const struct dirent *),
            int (*compare)(const struct dirent **, const struct dirent **));
ssize_t getdents64(int fd, void *buf, size_t size);
