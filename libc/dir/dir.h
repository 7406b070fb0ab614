/* What a DIR is: a descriptor and the entries that the kernel gave last. */
#pragma once

#include <dirent.h>

struct dir_stream {
    int fd;
    char *next, *limit; /* in entries */
    off_t position;     /* of the entry to be read next, for telldir */
    _Alignas(8) char entries[32768];
};
