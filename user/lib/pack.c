/* Writes files and folders as a cpio archive: for tools/vm --get, which asks init for them. */
/* SPDX-License-Identifier: MIT */
#include "pack.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool put(int fd, const void *data, size_t n)
{
    const char *at = data;
    while (n > 0) {
        ssize_t done = write(fd, at, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        at += done;
        n -= (size_t)done;
    }
    return true;
}

static bool put_zeros(int fd, size_t n)
{
    static const char zeros[4096];
    for (; n > sizeof zeros; n -= sizeof zeros)
        if (!put(fd, zeros, sizeof zeros))
            return false;
    return put(fd, zeros, n);
}

/* The header of an entry: what follows are `size` bytes, and zeros up to a multiple of four. */
static bool put_head(int fd, const char *called, const struct stat *st, size_t size)
{
    char head[128];
    size_t name_size = strlen(called) + 1;
    int n =
        snprintf(head, sizeof head, "070701%08X%08X%08X%08X%08X%08lX%08zX%08X%08X%08X%08X%08zX%08X",
                 0U, st->st_mode, st->st_uid, st->st_gid, 1U, (long)st->st_mtime & 0xffffffff, size,
                 0U, 0U, 0U, 0U, name_size, 0U);
    return put(fd, head, (size_t)n) && put(fd, called, name_size) &&
           put_zeros(fd, -((size_t)n + name_size) % 4);
}

static bool put_text(int fd, const char *called, const struct stat *st, const char *text)
{
    size_t n = strlen(text);
    return put_head(fd, called, st, n) && put(fd, text, n) && put_zeros(fd, -n % 4);
}

static bool put_reason(int fd, const char *called, const char *reason)
{
    struct stat none = {0};
    return put_text(fd, called, &none, reason);
}

/* A file's contents; a file that cannot be read to its end is filled up with zeros. */
static bool put_file(int fd, const char *at, const char *called, const struct stat *st)
{
    static char block[65536];
    size_t left = (size_t)st->st_size;
    int file = open(at, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return put_reason(fd, called, strerror(errno));
    bool good = put_head(fd, called, st, left);
    ssize_t n;
    while (good && left > 0 &&
           (n = read(file, block, left < sizeof block ? left : sizeof block)) > 0) {
        good = put(fd, block, (size_t)n);
        left -= (size_t)n;
    }
    close(file);
    return good && put_zeros(fd, left + -(size_t)st->st_size % 4);
}

static bool put_link(int fd, const char *at, const char *called, const struct stat *st)
{
    char target[4096];
    ssize_t n = readlink(at, target, sizeof target - 1);
    if (n < 0)
        return put_reason(fd, called, strerror(errno));
    target[n] = 0;
    return put_text(fd, called, st, target);
}

/* Where the walk is, here and in the archive: each step adds a name to both, and takes it away. */
static char path[4096], name[4096];

static bool put_entry(int fd);

/* Adds "/step" to both; false where there is no room. */
static bool go_down(const char *step)
{
    size_t n = strlen(path), m = strlen(name), more = strlen(step) + 2;
    if (n + more > sizeof path || m + more > sizeof name)
        return false;
    snprintf(path + n, sizeof path - n, "/%s", step);
    snprintf(name + m, sizeof name - m, "/%s", step);
    return true;
}

static bool put_folder(int fd, const struct stat *st)
{
    DIR *folder = opendir(path);
    if (!folder)
        return put_reason(fd, name, strerror(errno));
    size_t n = strlen(path), m = strlen(name);
    bool good = put_head(fd, name, st, 0);
    for (struct dirent *entry; good && (entry = readdir(folder));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        good = go_down(entry->d_name)
                   ? put_entry(fd)
                   : put_reason(fd, name, "the path of what is in it is too long");
        path[n] = name[m] = 0;
    }
    closedir(folder);
    return good;
}

/* What is at `path`. */
static bool put_entry(int fd)
{
    struct stat st;
    if (lstat(path, &st) < 0)
        return put_reason(fd, name, strerror(errno));
    switch (st.st_mode & S_IFMT) {
    case S_IFREG: return put_file(fd, path, name, &st);
    case S_IFLNK: return put_link(fd, path, name, &st);
    case S_IFDIR: return put_folder(fd, &st);
    case S_IFIFO: return put_head(fd, name, &st, 0);
    default: return put_reason(fd, name, "it is a device");
    }
}

bool pack_tree(int fd, const char *from, const char *called)
{
    snprintf(name, sizeof name, "%s", called);
    if (!realpath(from, path))
        return put_reason(fd, name, strerror(errno));
    return put_entry(fd);
}

bool pack_end(int fd)
{
    struct stat none = {0};
    return put_head(fd, "TRAILER!!!", &none, 0);
}
