/* A pipe: bytes on their way between files that may be unnamed ends or a FIFO's openings. */
#pragma once

#include "ipc.h"

#define PIPE_PAGES      16  /* a new pipe's capacity, as on Linux */
#define PIPE_MOST_PAGES 256 /* what F_SETPIPE_SZ grants */

struct pipe {
    uint32_t refs;     /* open files; guarded by the inode's lock, as is inode->fifo */
    struct mutex lock; /* rank RANK_PIPE */
    /* guarded by lock: */
    uint32_t readers, writers;            /* open files that may read, write */
    uint32_t reads_opened, writes_opened; /* ever so far: a FIFO's opening waits for it */
    uint64_t head, tail; /* counts of bytes read, written; both 0 when it is empty */
    uint32_t n_pages;    /* capacity; a power of two */
    void **pages;        /* the byte at position p is in page p / PAGE_SIZE % n_pages */
    void *spare;         /* kept from the first write on: small writes need no memory */
    struct wait_queue readable, writable;
};

extern const struct file_ops pipe_ops;

void pipefs_init(void);

/* The inode's pipe with one more reference, made if there is none; NULL when out of memory. */
struct pipe *pipe_get(struct inode *inode);
void pipe_put(struct inode *inode, struct pipe *pipe);
/* Makes `file` an open file of the pipe, which takes over its reference. */
void pipe_attach(struct pipe *pipe, struct file *file);
