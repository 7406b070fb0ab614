/* The ramfs room: the file system in memory. A directory is a hash of names and an array of slots
 * for listings; a file is its own page cache.
 *
 * Lock rule: an inode's lock guards its entries or pages; a write or truncation also holds the
 * file's contents mutex, so that writes do not mix and the size they see stays. */
#pragma once

#include "vfs.h"

/* A fresh, empty file system whose root directory has the mode; NULL when out of memory. */
struct filesystem *ramfs_create(const char *type, uint32_t root_mode);
/* Appends to a regular file while the root is unpacked: page by page. 0, -ENOSPC. */
int ramfs_fill(struct inode *file, const void *data, size_t n_bytes);
/* Gives an empty regular file the pages from `first` on as its contents while the root is unpacked,
 * with references of its own; behind the end of the last one anything may lie. 0, -ENOSPC. */
int ramfs_adopt(struct inode *file, paddr_t first, uint64_t n_bytes);
/* An unnamed regular file (memfd_create, O_TMPFILE): link count 0; NULL when out of memory. */
struct inode *ramfs_unnamed_file(struct filesystem *fs, uint32_t mode, uint32_t uid, uint32_t gid);
