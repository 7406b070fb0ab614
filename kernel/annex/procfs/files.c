/* Open files of /proc and /sys: their text is made when it is read. */
#include "abi/fcntl.h"
#include "nodes.h"

#define LONGEST_WRITE 128

/* What an open file has of its text: all of it, or one piece. It stays while it is read on; a read
 * from the start makes it anew. */
struct reading {
    struct text text;
    uint64_t base;      /* where in the file the text begins */
    uint64_t cursor[3]; /* where the next piece begins, in the node's own terms */
    bool more;          /* a piece may follow */
};

struct proc_file {
    struct spinlock lock;
    struct reading reading; /* guarded by lock; empty while a read works with it */
};

static OBJECT_CACHE(proc_files, struct proc_file);

static void exchange_reading(struct proc_file *own, struct reading *reading)
{
    spin_lock(&own->lock);
    struct reading former = own->reading;
    own->reading = *reading;
    spin_unlock(&own->lock);
    *reading = former;
}

/* Puts what comes next into the reading: the whole text, or the piece at its cursor; 0 or -errno.
 * No lock is held: to look at a process takes locks, and may close a file that the process has just
 * closed. */
static int read_more(struct reading *reading, const struct proc_inode *proc)
{
    reading->base += reading->text.length;
    reading->text.length = 0;
    reading->text.failed = false;
    int err = proc->node->text ? proc->node->text(&reading->text, proc)
                               : proc->node->piece(&reading->text, proc, reading->cursor);
    reading->more = err > 0;
    return err < 0 ? err : reading->text.failed ? -ENOMEM : 0;
}

/* Brings the reading to where it holds the position, if the file is that long. 0 or -errno. */
static int read_up_to(struct reading *reading, const struct proc_inode *proc, uint64_t pos)
{
    int err = 0;
    if (pos == 0 || !reading->text.buf || pos < reading->base) {
        kfree(reading->text.buf);
        *reading = (struct reading){0};
        err = read_more(reading, proc);
    }
    while (!err && reading->more && pos >= reading->base + reading->text.length) {
        err = cond_resched() ? 0 : -EINTR;
        if (!err)
            err = read_more(reading, proc);
    }
    return err;
}

/* The reading is taken out of the file meanwhile: another thread that reads then makes its own, as
 * one does that jumps about. */
static long read_text(struct proc_file *own, const struct proc_inode *proc, struct io *io,
                      uint64_t pos)
{
    struct reading reading = {0};
    exchange_reading(own, &reading);
    long n = read_up_to(&reading, proc, pos);
    if (n == 0 && pos - reading.base < reading.text.length) {
        size_t wanted = min(io->left, reading.text.length - (pos - reading.base));
        n = io_put(io, reading.text.buf + (pos - reading.base), wanted);
        if (n == 0 && wanted > 0)
            n = -EFAULT;
    }
    if (n < 0)
        reading.text.length = reading.base = 0, reading.more = false;
    exchange_reading(own, &reading);
    kfree(reading.text.buf);
    return n;
}

static long file_read(struct file *file, struct io *io, uint64_t *pos)
{
    const struct proc_inode *proc = proc_of(file->inode);
    long n = -EINVAL;
    if (proc_is_gone(proc)) /* memory, to which the right was asked for at first, is empty then */
        return proc->node->live && proc->node->guarded ? 0 : -ESRCH;
    if (proc->node->live)
        n = proc->node->live(proc, io, *pos);
    else if (proc->node->text || proc->node->piece)
        n = read_text(file->private_data, proc, io, *pos);
    if (n > 0)
        *pos += n;
    return n;
}

static long write_in_place(const struct proc_inode *proc, struct io *io, uint64_t *pos)
{
    long n = proc_is_gone(proc) ? 0 : proc->node->put(proc, io, *pos);
    if (n > 0)
        *pos += n;
    return n;
}

static long file_write(struct file *file, struct io *io, uint64_t *pos)
{
    const struct proc_inode *proc = proc_of(file->inode);
    char line[LONGEST_WRITE];
    size_t wanted = io->left, n = min(wanted, sizeof(line) - 1);
    if (proc->node->put)
        return write_in_place(proc, io, pos);
    if (!proc->node->write && !proc->node->set)
        return proc->process ? -EINVAL : -EIO;
    if (proc_is_gone(proc))
        return -ESRCH;
    if (wanted == 0 && !proc->process)
        return 0;
    if (proc->node->set && current_process()->euid != 0)
        return -EPERM; /* it may have been opened by root and handed on */
    if (io_get(io, line, n) < n)
        return -EFAULT;
    line[n] = '\0';
    long err =
        proc->node->set ? proc->node->set(proc, line, n, *pos) : proc->node->write(proc, line, n);
    if (err < 0)
        return err;
    *pos += wanted;
    return wanted;
}

/* A text is a sequence, whose end is known when it was read. */
static long seek(struct file *file, int64_t offset, int whence)
{
    const struct proc_node *node = proc_of(file->inode)->node;
    bool has_end = (node->live && !node->by_address) || node->has_end;
    if (!has_end && whence != SEEK_SET && whence != SEEK_CUR)
        return -EINVAL;
    return file_seek(file, offset, whence);
}

static void file_release(struct file *file)
{
    struct proc_file *own = file->private_data;
    kfree(own->reading.text.buf);
    object_free(&proc_files, own);
}

static const struct file_ops proc_file_ops = {
    .read = file_read,
    .write = file_write,
    .hears_nothing = true,
    .seek = seek,
    .release = file_release,
};

int proc_open_file(struct inode *inode, struct file *file)
{
    const struct proc_inode *proc = proc_of(inode);
    if (proc_is_gone(proc))
        return -ESRCH;
    if (proc->node->guarded && process_may_look(proc->process))
        return -EACCES;
    if (proc->node->binding && file_writable(file) && !(proc->node->mode & 0222))
        return -EACCES;
    struct proc_file *own = object_alloc_zeroed(&proc_files);
    if (!own)
        return -ENOMEM;
    spin_init(&own->lock, "proc text", RANK_FILE);
    file->ops = &proc_file_ops;
    file->private_data = own;
    return 0;
}
