/* Reading a directory entry by entry. */
#include <errno.h>
#include "dir.h"
#include "syscall.h"

/* An entry as the kernel writes it is a struct dirent whose name ends early. A directory that was
 * removed meanwhile has no entries, which is no error. */
struct dirent *readdir(DIR *dir)
{
    if (dir->at >= dir->limit) {
        long got = sys_getdents64(dir->fd, dir->entries, sizeof(dir->entries));

        if (got < 0 && got != -ENOENT)
            syscall_ret(got);
        if (got <= 0)
            return NULL;
        dir->at = 0;
        dir->limit = got;
    }
    struct dirent *entry = (struct dirent *)(dir->entries + dir->at);
    dir->at += entry->d_reclen;
    dir->position = entry->d_off;
    return entry;
}

void rewinddir(DIR *dir)
{
    seekdir(dir, 0);
}

void seekdir(DIR *dir, long at)
{
    dir->position = sys_lseek(dir->fd, at, SEEK_SET);
    dir->at = dir->limit = 0;
}

long telldir(DIR *dir)
{
    return dir->position;
}
