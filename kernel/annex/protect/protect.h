/* The settings of /proc/sys/fs/protected_*. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "vfs/local.h"

/* Settings that protect users from names which another user has planted: Linux's
 * fs.protected_hardlinks and so on (proc(5)), with Linux's values. Atomic. */
struct vfs_protection {
    uint64_t hardlinks; /* 1: link only what the caller owns, or may read and write */
    /* 1: in a sticky directory that all may write to, follow only links of the caller or of the
     * directory's owner */
    uint64_t symlinks;
    /* 1: in such a directory O_CREAT opens no FIFO or regular file of another user but the
     * directory's owner; 2: also where only the group may write */
    uint64_t fifos, regular;
};
extern struct vfs_protection vfs_protection;

extern const struct guard_ops protect_guard; /* the functions that apply them */
