/* Open files of /proc and /sys: their text is made when it is read.
 *
 * A program reads a file in several calls, and the text should not change between them. So the text
 * that was made for the first read stays with the open file, and a read from the start makes a new
 * one. Some texts can be very long (/proc/PID/maps has a line for each of up to 65,000 areas), and
 * the kernel cannot keep them whole. They are made in pieces of about a page, and a cursor says
 * where the next piece begins.
 *
 * To make a text takes locks and may sleep, so it cannot happen with a spinlock held. A read
 * therefore takes the text out of the open file (exchange_reading), works with it, and puts it
 * back. A second thread that reads at the same time finds none and makes its own; one of the two is
 * freed in the end. */
/* SPDX-License-Identifier: MIT */
#include "abi/fcntl.h"
#include "nodes.h"

#define LONGEST_WRITE 128

/* The text that an open file keeps: all of it, or one piece. */
struct reading {
    struct text text;
    uint64_t base;      /* the position in the file at which the text begins */
    uint64_t cursor[3]; /* where the next piece begins; the node gives it a meaning */
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

/* Makes the next part of the text: all of it, or the piece at the cursor. 0 or -errno. Called
 * without locks: to look at a process takes locks, and may close a file that the process has just
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

/* Reads on until the reading contains the position, if the file is long enough. 0 or -errno. */
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

/* Copies text from the position on. 0 at the end. */
static long read_text(struct proc_file *own, const struct proc_inode *proc, struct uio *uio,
                      uint64_t pos)
{
    struct reading reading = {0};
    exchange_reading(own, &reading);
    long n = read_up_to(&reading, proc, pos);
    if (n == 0 && pos - reading.base < reading.text.length) {
        size_t wanted = min(uio->left, reading.text.length - (pos - reading.base));
        n = uio_put(uio, reading.text.buf + (pos - reading.base), wanted);
        if (n == 0 && wanted > 0)
            n = -EFAULT;
    }
    if (n < 0)
        reading.text.length = reading.base = 0, reading.more = false;
    exchange_reading(own, &reading);
    kfree(reading.text.buf);
    return n;
}

static long file_read(struct file *file, struct uio *uio, uint64_t *pos)
{
    const struct proc_inode *proc = proc_of(file->inode);
    long n = -EINVAL;
    if (proc_is_gone(proc)) /* memory, for which rights were checked at the open, is then empty */
        return proc->node->live && proc->node->guarded ? 0 : -ESRCH;
    if (proc->node->live)
        n = proc->node->live(proc, uio, *pos);
    else if (proc->node->text || proc->node->piece)
        n = read_text(file->private_data, proc, uio, *pos);
    if (n > 0)
        *pos += n;
    return n;
}

static long write_in_place(const struct proc_inode *proc, struct uio *uio, uint64_t *pos)
{
    long n = proc_is_gone(proc) ? 0 : proc->node->put(proc, uio, *pos);
    if (n > 0)
        *pos += n;
    return n;
}

static long file_write(struct file *file, struct uio *uio, uint64_t *pos)
{
    const struct proc_inode *proc = proc_of(file->inode);
    char line[LONGEST_WRITE];
    size_t wanted = uio->left, n = min(wanted, sizeof(line) - 1);
    if (proc->node->put)
        return write_in_place(proc, uio, pos);
    if (!proc->node->write && !proc->node->set)
        return proc->process ? -EINVAL : -EIO;
    if (proc_is_gone(proc))
        return -ESRCH;
    if (wanted == 0 && !proc->process)
        return 0;
    if (proc->node->set && current_process()->euid != 0)
        return -EPERM; /* root may have opened it and passed it on */
    if (uio_get(uio, line, n) < n)
        return -EFAULT;
    line[n] = '\0';
    long err =
        proc->node->set ? proc->node->set(proc, line, n, *pos) : proc->node->write(proc, line, n);
    if (err < 0)
        return err;
    *pos += wanted;
    return wanted;
}

/* The end of a text is not known before it was read. */
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
