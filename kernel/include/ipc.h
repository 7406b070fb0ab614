/* The ipc room: pipes and FIFOs, and the small objects that processes wait for each other with. */
#pragma once

#include "vfs.h"

void ipc_init(void); /* the file system of unnamed pipes; FIFO opening */
/* Two ends of a new pipe, referenced: read[0], write[1]; flags O_NONBLOCK. */
int pipe_create(int flags, struct file *ends[2]);
/* Wakes at most `most` threads that sleep in futex on this word of the space; how many. For a thread's end (CLONE_CHILD_CLEARTID). */
int futex_wake(struct space *space, uint64_t address, unsigned most);
