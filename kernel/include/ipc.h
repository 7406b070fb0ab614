/* The ipc room: pipes, the bytes on their way from one program to another.
 *
 * Lock rule: the mutex of a pipe (RANK_PIPE) guards its contents, and is held while bytes are
 * copied from or to user memory. The lock of the inode guards which pipe it has, and the pipe's
 * reference count.
 *
 * Read pipe.h and then pipe.c. The room needs nothing of upper rooms. FIFOs are pipes with a name:
 * the fifo annex opens them with the functions of pipe.h. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "vfs.h"

void ipc_init(void); /* called once, before the first pipe is made */
/* Makes a pipe and opens both ends, referenced: ends[0] to read, ends[1] to write. The flags are
 * O_NONBLOCK and O_DIRECT. 0, -ENOMEM or -ENFILE. */
int pipe_create(struct fs_context *fs, int flags, struct file *ends[2]);
