/* FIFOs: pipes with a name. Opening one waits until the other side is opened.
 *
 * A reader waits for a writer and a writer for a reader. To wait until "there is a writer" would
 * not be enough: a writer may open the FIFO, write and close it before the reader runs again. So
 * the reader waits until the count of openings to write has changed, which cannot be missed. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "abi/fcntl.h"
#include "annex.h"
#include "ipc/pipe.h"

/* Waits until *count is not `from` any more. 0 or -ERESTARTSYS. Lock: pipe->lock held. */
static int wait_opened(struct pipe *pipe, struct wait_queue *queue, const uint32_t *count,
                       uint32_t from)
{
    while (*count == from)
        if (wait_on_mutex(queue, &pipe->lock, WAIT_SIGNALS, NO_DEADLINE, "fifo open"))
            return -ERESTARTSYS;
    return 0;
}

/* Counts an opening, and waits for the other side if the pipe has a name and the flags do not say
 * O_NONBLOCK. 0, -ENXIO or -ERESTARTSYS. Lock: pipe->lock held. */
static int fifo_join(struct pipe *pipe, struct file *file, bool named)
{
    bool reads = file_readable(file), writes = file_writable(file);
    bool nonblocking = file->flags & O_NONBLOCK;
    if (named && writes && !reads && nonblocking && pipe->readers == 0)
        return -ENXIO;
    pipe->readers += reads;
    pipe->writers += writes;
    pipe->reads_opened += reads;
    pipe->writes_opened += writes;
    wake_all(&pipe->readable);
    wake_all(&pipe->writable);
    int err = 0;
    if (named && reads && !writes && pipe->writers == 0) {
        if (nonblocking)
            file->pos = pipe->writes_opened; /* pipe_poll: no POLLHUP before a writer has come */
        else
            err = wait_opened(pipe, &pipe->readable, &pipe->writes_opened, pipe->writes_opened);
    } else if (named && writes && !reads && pipe->readers == 0) {
        err = wait_opened(pipe, &pipe->writable, &pipe->reads_opened, pipe->reads_opened);
    }
    if (err) {
        pipe->readers -= reads;
        pipe->writers -= writes;
        wake_all(&pipe->readable); /* an open in between has lost its other side again */
        wake_all(&pipe->writable);
    }
    return err;
}

/* The vfs calls this to open a FIFO, or a pipe through /proc/PID/fd. */
static int fifo_open(struct inode *inode, struct file *file)
{
    if (!file_readable(file) && !file_writable(file))
        return -EINVAL;
    struct pipe *pipe = pipe_get(inode);
    if (!pipe)
        return -ENOMEM;
    mutex_lock(&pipe->lock);
    int err = fifo_join(pipe, file, inode->fs != &pipefs);
    mutex_unlock(&pipe->lock);
    if (err)
        pipe_put(inode, pipe);
    else
        pipe_attach(pipe, file);
    return err;
}

static void start(struct fs_context *fs, const char *command_line)
{
    (void)fs, (void)command_line;
    annex_hooks.fifo_open = fifo_open;
}

ANNEX(fifo, ANNEX_START, start);
