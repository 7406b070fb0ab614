/* The ramfs room: the file system in memory, where a directory is a hash of names and a file is its own page cache. */
#pragma once

#include "vfs.h"

/* A fresh, empty file system whose root directory has the mode; NULL when out of memory. */
struct filesystem *ramfs_create(const char *type, uint32_t root_mode);
/* Appends to a regular file while the root is unpacked: data is copied page by page. 0, -ENOMEM. */
int ramfs_fill(struct inode *file, const void *data, size_t n_bytes);
/* An unnamed regular file (memfd_create, O_TMPFILE): link count 0; NULL when out of memory. */
struct inode *ramfs_unnamed_file(struct filesystem *fs, uint32_t mode, uint32_t uid, uint32_t gid);
