/* The ramfs room: the file system in memory.
 *
 * Names and contents exist only in memory, as on Linux's tmpfs. A directory is a hash of names and
 * an array of slots for listings. A regular file is a radix tree of pages, and these pages are what
 * mmap maps: there is no page cache beside the file.
 *
 * Lock rule: an inode's lock guards its dentries or pages. A write or truncation also holds the
 * contents mutex of the file, so that two writes do not mix, and the size does not change during a
 * write. The mutex is taken first.
 *
 * Read dir.c and rename.c, then radix.c and file.c; fs.c makes inodes of all types.
 *
 * What upper rooms give: the memfd annex sets ramfs_seals (ramfs/local.h). */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "vfs.h"

/* Makes an empty file system; root_mode is the mode of its root directory. NULL: out of memory. */
struct filesystem *ramfs_create(const char *type, uint32_t root_mode);
/* The pages of a new file without a name, which are zero: memory that processes share. Its only
 * reference is that of the backing. The limit on pages of files does not apply. NULL: out of
 * memory.
 */
struct backing *ramfs_shared_memory(uint64_t n_bytes);
/* Appends to a regular file; only while the root archive is unpacked. 0 or -ENOSPC. */
int ramfs_fill(struct inode *file, const void *data, size_t n_bytes);
/* Makes pages of the root archive the contents of an empty regular file, without a copy: those from
 * the frame `first` on. The file takes references of its own. The bytes of the last page after the
 * end may be anything. Only while the root archive is unpacked. 0 or -ENOSPC. */
int ramfs_adopt(struct inode *file, paddr_t first, uint64_t n_bytes);
