/* What a DIR is: a descriptor and the entries of the last getdents64. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <dirent.h>

struct dir_stream {
    int fd;
    char *next, *limit; /* in entries */
    off_t position;     /* of the next entry, for telldir */
    _Alignas(8) char entries[32768];
};
