/* Files without a name: what memfd_create and O_TMPFILE share. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "ramfs/local.h"

/* Makes a regular file of ramfs without a name, with link count 0. NULL: out of memory. */
struct inode *ramfs_unnamed_file(struct filesystem *fs, uint32_t mode, uint32_t uid, uint32_t gid);
/* inode_ops.unnamed of ramfs's directories. */
int ramfs_unnamed(struct fs_context *fs, struct dentry *dir, int flags, uint32_t mode,
                  struct file **file);
