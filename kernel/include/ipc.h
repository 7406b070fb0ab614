/* The ipc room: pipes and FIFOs.
 *
 * Lock rule: a pipe's mutex (RANK_PIPE) guards its contents and is held over copies from and to
 * programs. */
#pragma once

#include "vfs.h"

void ipc_init(void); /* the file system of unnamed pipes */
/* Two ends of a new pipe, referenced: read[0], write[1]; flags O_NONBLOCK. 0 or -ENOMEM. */
int pipe_create(struct fs_context *fs, int flags, struct file *ends[2]);
