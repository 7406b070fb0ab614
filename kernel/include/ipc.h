/* The ipc room: pipes and FIFOs, and the words of memory that threads wait for each other with.
 *
 * Lock rule: a pipe's mutex (RANK_PIPE) guards its contents and is held over copies from and to
 * programs; who sleeps on which word is guarded by one spinlock (RANK_FUTEX). */
#pragma once

#include "vfs.h"

void ipc_init(void); /* the file system of unnamed pipes; FIFO opening */
/* Two ends of a new pipe, referenced: read[0], write[1]; flags O_NONBLOCK. 0 or -ENOMEM. */
int pipe_create(struct fs_context *fs, int flags, struct file *ends[2]);
/* Wakes at most `most` threads that sleep in futex on this word of the space; how many. For a
 * thread's end (CLONE_CHILD_CLEARTID). */
int futex_wake(struct space *space, uint64_t address, unsigned most);
