/* A pipe: bytes on their way between files that may be unnamed ends or a FIFO's openings. */
#pragma once

#include "ipc.h"

#define PIPE_PAGES       16    /* a new pipe's capacity, as on Linux */
#define PIPE_LEAST_PAGES 2     /* of a new one, where its user has too many */
#define PIPE_USER_PAGES  16384 /* all of a user's: /proc/sys/fs/pipe-user-pages-soft */
#define PIPE_MOST_PAGES  256   /* what F_SETPIPE_SZ grants: /proc/sys/fs/pipe-max-size */

/* Bytes that were written, or what is left of them. */
struct pipe_slot {
    char *page;
    uint16_t offset, length; /* length > 0 in a slot that is in use */
    bool packet;             /* of O_DIRECT: one read takes it, and drops what it has no room for */
};

struct pipe {
    struct user *user; /* constant: of who made it; referenced; NULL: the kernel */
    uint32_t refs;     /* open files; guarded by the inode's lock, as is inode->fifo */
    struct mutex lock; /* rank RANK_PIPE */
    /* guarded by lock: */
    uint32_t readers, writers;            /* open files that may read, write */
    uint32_t reads_opened, writes_opened; /* ever so far: a FIFO's opening waits for it */
    uint64_t head, tail;     /* slots read and filled so far; both 0 when it is empty */
    uint32_t n_slots;        /* capacity in pages; a power of two; counted for `user` */
    struct pipe_slot *slots; /* slot i is at i % n_slots */
    void *spare;             /* a page kept from the first write on: small writes need no memory */
    struct wait_queue readable, writable;
};

extern const struct file_ops pipe_ops;

/* The inode's pipe with one more reference, made if there is none; NULL when out of memory. */
struct pipe *pipe_get(struct inode *inode);
bool pipe_is_unnamed(const struct inode *inode); /* made by pipe, opened through /proc/PID/fd */
void pipe_put(struct inode *inode, struct pipe *pipe);
/* Makes `file` an open file of the pipe, which takes over its reference. */
void pipe_attach(struct pipe *pipe, struct file *file);
