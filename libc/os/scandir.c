/* os.scandir: a directory entry by entry. */
/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <string.h>
#include "os_internal.h"

struct os_scandir {
    DIR *dir;
    char path[]; /* ends in a slash, so that names can be appended */
};

struct os_scandir *os_scandir(const char *path)
{
    size_t length = strlen(path ? path : ".");
    struct os_scandir *scan = malloc(sizeof(*scan) + length + 2);

    if (!scan)
        return NULL;
    memcpy(scan->path, path ? path : ".", length + 1);
    scan->dir = opendir(scan->path);
    if (!scan->dir) {
        free(scan);
        return NULL;
    }
    if (scan->path[length - 1] != '/')
        strcpy(scan->path + length, "/");
    return scan;
}

static struct os_DirEntry *make_entry(const char *directory, const struct dirent *from)
{
    size_t base = strlen(directory), name = strlen(from->d_name);
    struct os_DirEntry *entry = malloc(sizeof(*entry) + base + name + 1);

    if (!entry)
        return NULL;
    entry->path = (char *)(entry + 1);
    entry->name = entry->path + base;
    memcpy(entry->path, directory, base);
    memcpy(entry->name, from->d_name, name + 1);
    entry->d_ino = from->d_ino;
    entry->d_type = from->d_type;
    return entry;
}

struct os_DirEntry *os_scandir_next(struct os_scandir *scan)
{
    struct dirent *entry;

    do {
        errno = 0;
        entry = readdir(scan->dir);
    } while (entry && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0));
    return entry ? make_entry(scan->path, entry) : NULL;
}

int os_scandir_close(struct os_scandir *scan)
{
    int result = closedir(scan->dir);

    free(scan);
    return result;
}
