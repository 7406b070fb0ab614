/* A pipe: bytes on their way between open files, the two ends of pipe() or those of a FIFO. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "ipc.h"

#define PIPE_PAGES 16 /* a new pipe's capacity, as on Linux */

/* A page with bytes that were written and not yet read. */
struct pipe_slot {
    char *page;
    uint16_t offset, length; /* length > 0 in a slot that is in use */
    bool packet; /* O_DIRECT: one read removes all of it, even if its buffer is shorter */
};

struct pipe {
    struct user *user; /* constant: the user that it counts for; referenced; NULL: the kernel */
    uint32_t refs;     /* open files; guarded by the inode's lock, as is inode->fifo */
    struct mutex lock; /* rank RANK_PIPE */
    /* guarded by lock: */
    uint32_t readers, writers;            /* open files that may read, write */
    uint32_t reads_opened, writes_opened; /* how often in all; the open of a FIFO waits for more */
    uint64_t head, tail;     /* slots read and filled so far; both 0 when it is empty */
    uint32_t n_slots;        /* capacity in pages; a power of two; counted for `user` */
    struct pipe_slot *slots; /* slot i is at i % n_slots */
    void *spare;             /* an unused page, kept so that small writes need no allocation */
    struct wait_queue readable, writable;
};

static inline struct pipe_slot *pipe_slot_at(const struct pipe *pipe, uint64_t position)
{
    return &pipe->slots[position & (pipe->n_slots - 1)];
}

extern const struct file_ops pipe_ops;

/* The pipe of the inode, referenced; made if there is none. NULL: out of memory. */
struct pipe *pipe_get(struct inode *inode);
/* Of the pipes made by pipe(). Such a pipe can be opened again through /proc/PID/fd. */
extern struct filesystem pipefs;
void pipe_put(struct inode *inode, struct pipe *pipe); /* drops a reference */
/* Makes `file` an open file of the pipe. It takes over the caller's reference to the pipe. */
void pipe_attach(struct pipe *pipe, struct file *file);
