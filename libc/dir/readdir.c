/* Reading a directory entry by entry. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include "dir.h"
#include "syscall.h"

/* The kernel writes each entry as a struct dirent that is cut after its name. */
static struct dirent *take(DIR *dir)
{
    struct dirent *entry = (struct dirent *)dir->next;

    dir->next += entry->d_reclen;
    dir->position = entry->d_off;
    return entry;
}

/* Reads more entries and returns the first. A directory that was removed meanwhile has no entries,
 * which is not an error. */
static struct dirent *refill(DIR *dir)
{
    long got = sys_getdents64(dir->fd, dir->entries, sizeof(dir->entries));

    if (got < 0 && got != -ENOENT)
        syscall_ret(got);
    if (got <= 0)
        return NULL;
    dir->next = dir->entries;
    dir->limit = dir->entries + got;
    return take(dir);
}

struct dirent *readdir(DIR *dir)
{
    return dir->next == dir->limit ? refill(dir) : take(dir);
}

void rewinddir(DIR *dir)
{
    seekdir(dir, 0);
}

void seekdir(DIR *dir, long at)
{
    dir->position = sys_lseek(dir->fd, at, SEEK_SET);
    dir->next = dir->limit = dir->entries;
}

long telldir(DIR *dir)
{
    return dir->position;
}
