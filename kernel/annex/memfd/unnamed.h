/* Files without a name: what memfd_create and O_TMPFILE share. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "ramfs/local.h"

/* Makes a regular file of ramfs without a name, with link count 0. NULL: out of memory. */
struct inode *ramfs_unnamed_file(struct filesystem *fs, uint32_t mode, uint32_t uid, uint32_t gid);
/* annex_hooks.open_unnamed. */
int file_open_unnamed(struct fs_context *fs, int dirfd, const char *path, int flags, uint32_t mode,
                      struct file **file);
