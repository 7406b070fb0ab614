/* One entry of a directory as getdents64 lays it out; entries start at multiples of 8. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/types.h>

#define DT_UNKNOWN 0
#define DT_FIFO    1
#define DT_CHR     2
#define DT_DIR     4
#define DT_BLK     6
#define DT_REG     8
#define DT_LNK     10
#define DT_SOCK    12
#define DT_WHT     14

#define IFTODT(mode) (((mode)&0170000) >> 12)
#define DTTOIF(type) ((type) << 12)

struct linux_dirent64 {
    uint64_t d_ino;
    int64_t d_off; /* where the next entry is, for lseek */
    unsigned short d_reclen;
    unsigned char d_type;
    char d_name[];
};

_Static_assert(offsetof(struct linux_dirent64, d_name) == 19, "struct linux_dirent64");
