/* Pipes: a ring of pages between readers and writers; pipe and pipe2.
 *
 * `head` counts the slots that were read, `tail` those that were filled; slot number i is at
 * i % n_slots. So the pipe is empty if they are equal, and full if they differ by n_slots. An empty
 * pipe begins again at 0.
 *
 * A write puts its bytes into free slots, a page each. Only the remainder of a write, which fills
 * no page, may be added to the bytes of the last slot (merge). So a pipe of many small pieces can
 * be full with fewer bytes than its capacity, as on Linux. POSIX wants a write of at most PIPE_BUF
 * bytes not to be mixed with bytes of other writers. PIPE_BUF is a page, so such a write is always
 * in one slot, and is written with the mutex held: all of it or nothing. A longer write waits
 * between its pages, and other writers may come in between.
 *
 * A reader waits while the pipe is empty and has writers; a writer waits while it is full and has
 * readers. They sleep with wait_on_mutex, which releases the mutex and sleeps in one step, so no
 * wake-up is lost in between. After each wake-up the condition is checked again, because another
 * reader may have been first. Readers are woken only when the pipe was empty before, and writers
 * only when it was full, which saves most wake-ups. When the last writer closes its end readers get
 * 0, the end of the file; when the last reader does, writers get EPIPE, and the vfs sends SIGPIPE.
 *
 * User memory is copied with the mutex held, so a copy may fail half way because a page cannot be
 * accessed. Then that slot is as it was before, and the result is what other slots gave or took. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "abi/fcntl.h"
#include "abi/limits.h"
#include "abi/poll.h"
#include "abi/signal.h"
#include "abi/stat.h"
#include "abi/statfs.h"
#include "abi/termios.h"
#include "pipe.h"
#include "syscall_calls.h"

static OBJECT_CACHE(pipes, struct pipe);
static OBJECT_CACHE(pipe_inodes, struct inode);

/* ---- Contents. Lock: pipe->lock held. ---- */

static bool is_empty(const struct pipe *pipe)
{
    return pipe->head == pipe->tail;
}

static bool is_full(const struct pipe *pipe)
{
    return pipe->tail - pipe->head == pipe->n_slots;
}

static void page_give_back(struct pipe *pipe, void *page)
{
    if (pipe->spare)
        buffer_free(page);
    else
        pipe->spare = page;
}

/* Frees the first slot, of which all was read or the rest is dropped (a packet). */
static void retire_slot(struct pipe *pipe)
{
    page_give_back(pipe, pipe_slot_at(pipe, pipe->head)->page);
    pipe->head++;
    if (is_empty(pipe))
        pipe->head = pipe->tail = 0; /* with little in flight the same slot is always used */
}

/* Moves bytes to the reader until the pipe is empty, the reader has no more room, or a packet ends.
 * How many, or -EFAULT. If the copy from a slot fails, all bytes of that slot remain. */
static long take(struct pipe *pipe, struct uio *uio)
{
    long total = 0;
    bool packet = false;
    while (uio->left > 0 && !is_empty(pipe) && !packet) {
        struct pipe_slot *slot = pipe_slot_at(pipe, pipe->head);
        size_t n = min(uio->left, (size_t)slot->length);
        if (uio_put(uio, slot->page + slot->offset, n) < n)
            return total > 0 ? total : -EFAULT;
        total += n;
        slot->offset += n;
        slot->length -= n;
        packet = slot->packet;
        if (packet || slot->length == 0)
            retire_slot(pipe);
    }
    return total;
}

/* Adds the bytes that are left over from whole pages to the last slot, if they fit there. How many,
 * or -EFAULT. */
static long merge(struct pipe *pipe, struct uio *uio)
{
    size_t n = uio->left % PAGE_SIZE;
    struct pipe_slot *last = pipe_slot_at(pipe, pipe->tail - 1);
    if (n == 0 || is_empty(pipe) || last->packet)
        return 0;
    size_t end = last->offset + last->length;
    if (end + n > PAGE_SIZE)
        return 0;
    if (uio_get(uio, last->page + end, n) < n)
        return -EFAULT;
    last->length += n;
    return (long)n;
}

/* Moves bytes from the writer into free slots. How many, -EFAULT or -ENOMEM. A page that cannot be
 * fetched as a whole is not added. */
static long put(struct pipe *pipe, struct uio *uio, bool packet)
{
    long total = 0;
    while (uio->left > 0 && !is_full(pipe)) {
        size_t n = min(uio->left, (size_t)PAGE_SIZE);
        char *page = pipe->spare ? pipe->spare : buffer_alloc();
        pipe->spare = NULL;
        if (!page)
            return total > 0 ? total : -ENOMEM;
        if (uio_get(uio, page, n) < n) {
            page_give_back(pipe, page);
            return total > 0 ? total : -EFAULT;
        }
        *pipe_slot_at(pipe, pipe->tail++) =
            (struct pipe_slot){.page = page, .length = (uint16_t)n, .packet = packet};
        total += n;
    }
    return total;
}

/* ---- Reading and writing ---- */

static long pipe_read(struct file *file, struct uio *uio, uint64_t *pos)
{
    (void)pos;
    struct pipe *pipe = file->private_data;
    long n = 0;
    if (uio->left == 0)
        return 0;
    mutex_lock(&pipe->lock);
    while (n == 0 && is_empty(pipe) && pipe->writers > 0) {
        if (uio->nonblocking)
            n = -EAGAIN;
        else if (wait_on_mutex(&pipe->readable, &pipe->lock, WAIT_SIGNALS, NO_DEADLINE, "pipe"))
            n = -ERESTARTSYS;
    }
    bool was_full = is_full(pipe);
    if (n == 0)
        n = take(pipe, uio);
    bool wake = was_full && !is_full(pipe);
    mutex_unlock(&pipe->lock);
    if (wake)
        wake_all(&pipe->writable);
    return n;
}

/* Waits until a slot is free. 0, -EPIPE (no reader), -EAGAIN, -ERESTARTSYS. */
static int wait_room(struct pipe *pipe, bool nonblocking)
{
    while (pipe->readers > 0 && is_full(pipe)) {
        if (nonblocking)
            return -EAGAIN;
        if (wait_on_mutex(&pipe->writable, &pipe->lock, WAIT_SIGNALS, NO_DEADLINE, "pipe write"))
            return -ERESTARTSYS;
    }
    return pipe->readers > 0 ? 0 : -EPIPE;
}

/* Writes all, or as much as possible. Bytes, or -errno if there were none. If readers are gone
 * after some bytes were written, uio->broken tells the vfs to send SIGPIPE nevertheless. */
static long pipe_write(struct file *file, struct uio *uio, uint64_t *pos)
{
    (void)pos;
    struct pipe *pipe = file->private_data;
    bool wake = false, packet = file->flags & O_DIRECT;
    if (uio->left == 0)
        return 0;
    mutex_lock(&pipe->lock);
    long n = pipe->readers > 0 ? merge(pipe, uio) : -EPIPE;
    long total = max(n, 0l);
    while (uio->left > 0 && n >= 0) {
        if (wake && is_full(pipe)) { /* wake the readers, which make room, before we sleep */
            wake_all(&pipe->readable);
            wake = false;
        }
        n = wait_room(pipe, uio->nonblocking);
        wake |= is_empty(pipe);
        if (n == 0)
            n = put(pipe, uio, packet);
        total += max(n, 0l);
    }
    uio->broken = n == -EPIPE;
    wake &= !is_empty(pipe);
    mutex_unlock(&pipe->lock);
    if (wake)
        wake_all(&pipe->readable);
    return total > 0 ? total : n;
}

static uint32_t pipe_poll(struct file *file, struct poll_table *table)
{
    struct pipe *pipe = file->private_data;
    uint32_t ready = 0;
    if (file_readable(file))
        poll_add(table, &pipe->readable);
    if (file_writable(file))
        poll_add(table, &pipe->writable);
    mutex_lock(&pipe->lock);
    if (file_readable(file)) {
        ready |= is_empty(pipe) ? 0 : POLLIN | POLLRDNORM;
        ready |= pipe->writers == 0 && pipe->writes_opened != file->pos ? POLLHUP : 0;
    }
    if (file_writable(file)) {
        ready |= is_full(pipe) ? 0 : POLLOUT | POLLWRNORM;
        ready |= pipe->readers == 0 ? POLLERR : 0;
    }
    mutex_unlock(&pipe->lock);
    return ready;
}

static long pipe_ioctl(struct file *file, uint64_t request, uaddr_t arg)
{
    struct pipe *pipe = file->private_data;
    if (request != FIONREAD)
        return -ENOTTY;
    mutex_lock(&pipe->lock);
    int n = 0;
    for (uint64_t i = pipe->head; i < pipe->tail; i++)
        n += pipe_slot_at(pipe, i)->length;
    mutex_unlock(&pipe->lock);
    return user_copy_out(arg, &n, sizeof(n));
}

static long pipe_fcntl(struct file *file, unsigned command, uint64_t arg)
{
    return annex_hooks.pipe_fcntl ? annex_hooks.pipe_fcntl(file->private_data, command, arg)
                                  : -EINVAL;
}

/* ---- Making and freeing pipes ---- */

static void uncount(struct pipe *pipe)
{
    if (pipe->user)
        annex_hooks.pipe_uncount(pipe);
}

static struct pipe *pipe_new(void)
{
    struct pipe *pipe = object_alloc_zeroed(&pipes);
    if (!pipe)
        return NULL;
    pipe->n_slots = PIPE_PAGES;
    if (annex_hooks.pipe_count)
        annex_hooks.pipe_count(pipe);
    pipe->slots = kzalloc(pipe->n_slots * sizeof(*pipe->slots));
    if (!pipe->slots) {
        uncount(pipe);
        object_free(&pipes, pipe);
        return NULL;
    }
    mutex_init(&pipe->lock, "pipe", RANK_PIPE);
    wait_queue_init(&pipe->readable);
    wait_queue_init(&pipe->writable);
    return pipe;
}

static void pipe_free(struct pipe *pipe)
{
    for (uint64_t i = pipe->head; i < pipe->tail; i++)
        buffer_free(pipe_slot_at(pipe, i)->page);
    buffer_free(pipe->spare);
    uncount(pipe);
    kfree(pipe->slots);
    object_free(&pipes, pipe);
}

struct pipe *pipe_get(struct inode *inode)
{
    struct pipe *fresh = NULL;
    for (;;) {
        spin_lock(&inode->lock);
        if (!inode->fifo)
            inode->fifo = fresh;
        struct pipe *pipe = inode->fifo;
        if (pipe)
            pipe->refs++;
        spin_unlock(&inode->lock);
        if (pipe) {
            if (fresh && fresh != pipe)
                pipe_free(fresh);
            return pipe;
        }
        fresh = pipe_new();
        if (!fresh)
            return NULL;
    }
}

void pipe_put(struct inode *inode, struct pipe *pipe)
{
    spin_lock(&inode->lock);
    bool last = --pipe->refs == 0;
    if (last)
        inode->fifo = NULL;
    spin_unlock(&inode->lock);
    if (last)
        pipe_free(pipe);
}

void pipe_attach(struct pipe *pipe, struct file *file)
{
    file->ops = &pipe_ops;
    file->private_data = pipe;
}

/* An open file ends. Both sides are woken, because for them it may be the end of the pipe. */
static void pipe_release(struct file *file)
{
    struct pipe *pipe = file->private_data;
    mutex_lock(&pipe->lock);
    pipe->readers -= file_readable(file);
    pipe->writers -= file_writable(file);
    mutex_unlock(&pipe->lock);
    wake_all(&pipe->readable);
    wake_all(&pipe->writable);
    pipe_put(file->inode, pipe);
}

const struct file_ops pipe_ops = {
    .read = pipe_read,
    .write = pipe_write,
    .ioctl = pipe_ioctl,
    .fcntl = pipe_fcntl,
    .poll = pipe_poll,
    .release = pipe_release,
    .stream = true,
};

/* ---- Unnamed pipes ---- */

static void pipefs_stat(struct filesystem *fs, struct statfs *st)
{
    (void)fs;
    *st = (struct statfs){
        .f_type = PIPEFS_MAGIC, .f_bsize = PAGE_SIZE, .f_frsize = PAGE_SIZE, .f_namelen = NAME_MAX};
}

struct filesystem pipefs = {.type = "pipefs", .next_ino = 1, .statfs = pipefs_stat};

static void pipe_inode_release(struct inode *inode)
{
    object_free(&pipe_inodes, inode);
}

static const struct inode_ops pipe_inode_ops = {.release = pipe_inode_release};

/* Opens one end of the pipe of an inode. 0, -ENOMEM or -ENFILE. */
static int open_end(struct fs_context *fs, struct inode *inode, int flags, struct file **end)
{
    struct pipe *pipe = pipe_get(inode);
    if (!pipe)
        return -ENOMEM;
    inode_ref(inode);
    int err = file_open_anonymous(fs, inode, "pipe", flags, &pipe_ops, end);
    if (err) {
        inode_unref(inode);
        pipe_put(inode, pipe);
        return err;
    }
    pipe_attach(pipe, *end);
    mutex_lock(&pipe->lock);
    pipe->readers += file_readable(*end);
    pipe->writers += file_writable(*end);
    pipe->reads_opened += file_readable(*end);
    pipe->writes_opened += file_writable(*end);
    mutex_unlock(&pipe->lock);
    return 0;
}

int pipe_create(struct fs_context *fs, int flags, struct file *ends[2])
{
    struct inode *inode = object_alloc_zeroed(&pipe_inodes);
    if (!inode)
        return -ENOMEM;
    inode_init(inode, &pipe_inode_ops, &pipefs, S_IFIFO | S_IRUSR | S_IWUSR);
    inode->fifo = NULL;
    int err = open_end(fs, inode, O_RDONLY | (flags & ~O_DIRECT), &ends[0]);
    if (!err) {
        err = open_end(fs, inode, O_WRONLY | flags, &ends[1]);
        if (err)
            file_unref(ends[0]);
    }
    inode_unref(inode);
    return err;
}

void ipc_init(void)
{
    pipefs.dev = filesystem_new_dev();
}

/* ---- Calls ---- */

/* Makes the caller the owner of the pipe's inode. */
static void set_owner(struct fs_context *fs, struct inode *inode)
{
    struct cred *cred = fs_cred(fs);
    inode->uid = cred->fsuid;
    inode->gid = cred->fsgid;
    cred_unref(cred);
}

/* Gives both ends a descriptor. 0 or -errno; then neither has one. */
static int install_ends(struct fs_context *fs, struct file *ends[2], bool cloexec, int fds[2])
{
    for (int i = 0; i < 2; i++) {
        file_ref(ends[i]);
        fds[i] = fd_install(fs, ends[i], 0, cloexec);
        if (fds[i] >= 0)
            continue;
        file_unref(ends[i]);
        if (i == 1)
            fd_close(fs, fds[0]);
        return fds[i];
    }
    return 0;
}

long sys_pipe2(struct fs_context *fs, uaddr_t fds, unsigned int flags)
{
    struct file *ends[2];
    int numbers[2];
    if (flags & ~(O_CLOEXEC | O_NONBLOCK | O_DIRECT))
        return -EINVAL;
    int err = pipe_create(fs, (int)(flags & (O_NONBLOCK | O_DIRECT)), ends);
    if (err)
        return err;
    set_owner(fs, ends[0]->inode);
    err = install_ends(fs, ends, flags & O_CLOEXEC, numbers);
    if (!err && user_copy_out(fds, numbers, sizeof(numbers))) {
        fd_close(fs, numbers[0]);
        fd_close(fs, numbers[1]);
        err = -EFAULT;
    }
    file_unref(ends[0]);
    file_unref(ends[1]);
    return err;
}

long sys_pipe(struct fs_context *fs, uaddr_t fds)
{
    return sys_pipe2(fs, fds, 0);
}
