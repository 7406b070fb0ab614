/* Pipes: a ring of pages between readers and writers; pipe and pipe2. */
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

/* ---- Contents; the pipe's lock is held ---- */

static size_t capacity(const struct pipe *pipe)
{
    return (size_t)pipe->n_pages * PAGE_SIZE;
}

static bool is_empty(const struct pipe *pipe)
{
    return pipe->head == pipe->tail;
}

/* Bytes that may be written: a page is free again when all of it was read, as on Linux. */
static size_t room(const struct pipe *pipe)
{
    return capacity(pipe) - (pipe->tail - align_down(pipe->head, PAGE_SIZE));
}

static void **page_at(struct pipe *pipe, uint64_t position)
{
    return &pipe->pages[position / PAGE_SIZE & (pipe->n_pages - 1)];
}

/* The page at head is not needed any more. */
static void retire_page(struct pipe *pipe, uint64_t position)
{
    void **page = page_at(pipe, position);
    if (!*page)
        return;
    if (pipe->spare)
        buffer_free(*page);
    else
        pipe->spare = *page;
    *page = NULL;
}

/* n bytes were read, all from one page. */
static void consume(struct pipe *pipe, size_t n)
{
    uint64_t was = pipe->head;
    pipe->head += n;
    if (is_empty(pipe) || pipe->head % PAGE_SIZE == 0)
        retire_page(pipe, was);
    if (is_empty(pipe))
        pipe->head = pipe->tail = 0; /* always the same page while little is in flight */
}

/* Moves bytes to the reader until either has no more; how many, or -EFAULT. */
static long take(struct pipe *pipe, struct io *io)
{
    long total = 0;
    while (io->left > 0 && !is_empty(pipe)) {
        size_t offset = pipe->head % PAGE_SIZE;
        size_t n = min(min(io->left, PAGE_SIZE - offset), pipe->tail - pipe->head);
        size_t done = io_put(io, (char *)*page_at(pipe, pipe->head) + offset, n);
        consume(pipe, done);
        total += done;
        if (done < n)
            return total > 0 ? total : -EFAULT;
    }
    return total;
}

/* Moves bytes from the writer as far as there is room; how many, -EFAULT or -ENOMEM. */
static long put(struct pipe *pipe, struct io *io)
{
    long total = 0;
    while (io->left > 0 && room(pipe) > 0) {
        void **page = page_at(pipe, pipe->tail);
        size_t offset = pipe->tail % PAGE_SIZE;
        size_t n = min(min(io->left, PAGE_SIZE - offset), room(pipe));
        if (!*page) {
            *page = pipe->spare ? pipe->spare : buffer_alloc();
            pipe->spare = NULL;
        }
        if (!*page)
            return total > 0 ? total : -ENOMEM;
        size_t done = io_get(io, (char *)*page + offset, n);
        pipe->tail += done;
        total += done;
        if (done == 0 && offset == 0)
            retire_page(pipe, pipe->tail);
        if (done < n)
            return total > 0 ? total : -EFAULT;
    }
    return total;
}

/* ---- Reading and writing ---- */

static long pipe_read(struct file *file, struct io *io, uint64_t *pos)
{
    (void)pos;
    struct pipe *pipe = file->private_data;
    long n = 0;
    if (io->left == 0)
        return 0;
    mutex_lock(&pipe->lock);
    while (n == 0 && is_empty(pipe) && pipe->writers > 0) {
        if (io->nonblocking)
            n = -EAGAIN;
        else if (wait_on_mutex(&pipe->readable, &pipe->lock, WAIT_SIGNALS, NO_DEADLINE, "pipe"))
            n = -ERESTARTSYS;
    }
    bool was_full = room(pipe) < PIPE_BUF;
    if (n == 0)
        n = take(pipe, io);
    bool wake = was_full && room(pipe) >= PIPE_BUF;
    mutex_unlock(&pipe->lock);
    if (wake)
        wake_all(&pipe->writable);
    return n;
}

/* Waits until there is room for `wanted` bytes; 0, -EPIPE (no reader), -EAGAIN, -ERESTARTSYS. */
static int wait_room(struct pipe *pipe, size_t wanted, bool nonblocking)
{
    while (pipe->readers > 0 && room(pipe) < wanted) {
        if (nonblocking)
            return -EAGAIN;
        if (wait_on_mutex(&pipe->writable, &pipe->lock, WAIT_SIGNALS, NO_DEADLINE, "pipe write"))
            return -ERESTARTSYS;
    }
    return pipe->readers > 0 ? 0 : -EPIPE;
}

/* Writes all, or as much as can be. What is no longer than PIPE_BUF goes in whole or not at all;
 * the caller sends SIGPIPE for -EPIPE. */
static long pipe_write(struct file *file, struct io *io, uint64_t *pos)
{
    (void)pos;
    struct pipe *pipe = file->private_data;
    size_t wanted = io->left <= PIPE_BUF ? io->left : 1;
    long total = 0, n = 0;
    bool wake = false;
    if (wanted == 0)
        return 0;
    mutex_lock(&pipe->lock);
    while (io->left > 0 && n >= 0) {
        if (wake && room(pipe) < wanted) { /* who makes room must know before we sleep */
            wake_all(&pipe->readable);
            wake = false;
        }
        n = wait_room(pipe, wanted, io->nonblocking);
        wake |= is_empty(pipe);
        if (n == 0)
            n = put(pipe, io);
        total += max(n, 0l);
    }
    io->broken = n == -EPIPE;
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
        ready |= pipe->writers == 0 && pipe->writes_opened > 0 ? POLLHUP : 0;
    }
    if (file_writable(file)) {
        ready |= room(pipe) >= PIPE_BUF ? POLLOUT | POLLWRNORM : 0;
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
    int n = (int)(pipe->tail - pipe->head);
    mutex_unlock(&pipe->lock);
    return user_copy_out(arg, &n, sizeof(n));
}

/* ---- Capacity ---- */

/* Makes the ring n_pages long; 0, -EBUSY if it holds more than that, -ENOMEM. */
static int resize(struct pipe *pipe, uint32_t n_pages)
{
    uint64_t first = pipe->head / PAGE_SIZE, end = align_up(pipe->tail, PAGE_SIZE) / PAGE_SIZE;
    if (end - first > n_pages)
        return -EBUSY;
    void **pages = kzalloc(n_pages * sizeof(*pages));
    if (!pages)
        return -ENOMEM;
    for (uint64_t i = first; i < end; i++)
        pages[i & (n_pages - 1)] = *page_at(pipe, i * PAGE_SIZE);
    kfree(pipe->pages);
    pipe->pages = pages;
    pipe->n_pages = n_pages;
    return 0;
}

/* F_SETPIPE_SZ: at least so many bytes, as a power of two of pages. */
static long set_capacity(struct pipe *pipe, uint64_t n_bytes)
{
    uint32_t n_pages = 1;
    if (n_bytes > INT32_MAX)
        return -EINVAL;
    while ((uint64_t)n_pages * PAGE_SIZE < n_bytes)
        n_pages *= 2;
    if (n_pages > PIPE_MOST_PAGES)
        return -EPERM;
    mutex_lock(&pipe->lock);
    int err = resize(pipe, n_pages);
    mutex_unlock(&pipe->lock);
    if (err)
        return err;
    wake_all(&pipe->writable);
    return capacity(pipe);
}

static long pipe_fcntl(struct file *file, unsigned command, uint64_t arg)
{
    struct pipe *pipe = file->private_data;
    switch (command) {
    case F_GETPIPE_SZ: return capacity(pipe);
    case F_SETPIPE_SZ: return set_capacity(pipe, arg);
    default: return -EINVAL;
    }
}

/* ---- Life ---- */

static struct pipe *pipe_new(void)
{
    struct pipe *pipe = object_alloc_zeroed(&pipes);
    if (!pipe)
        return NULL;
    pipe->n_pages = PIPE_PAGES;
    pipe->pages = kzalloc(PIPE_PAGES * sizeof(*pipe->pages));
    if (!pipe->pages) {
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
    for (uint32_t i = 0; i < pipe->n_pages; i++)
        buffer_free(pipe->pages[i]);
    buffer_free(pipe->spare);
    kfree(pipe->pages);
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

/* An open file is gone: the other side may have been waiting for just that. */
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

static struct filesystem pipefs = {.type = "pipefs", .next_ino = 1, .statfs = pipefs_stat};

static void pipe_inode_release(struct inode *inode)
{
    object_free(&pipe_inodes, inode);
}

static const struct inode_ops pipe_inode_ops = {.release = pipe_inode_release};

/* One end of the pipe of an inode; 0 or -ENOMEM. */
static int open_end(struct inode *inode, int flags, struct file **end)
{
    struct pipe *pipe = pipe_get(inode);
    if (!pipe)
        return -ENOMEM;
    inode_ref(inode);
    int err = file_open_anonymous(inode, "pipe", flags, &pipe_ops, end);
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

int pipe_create(int flags, struct file *ends[2])
{
    struct inode *inode = object_alloc_zeroed(&pipe_inodes);
    if (!inode)
        return -ENOMEM;
    inode_init(inode, &pipe_inode_ops, &pipefs, S_IFIFO | S_IRUSR | S_IWUSR);
    inode->fifo = NULL;
    int err = open_end(inode, O_RDONLY | flags, &ends[0]);
    if (!err) {
        err = open_end(inode, O_WRONLY | flags, &ends[1]);
        if (err)
            file_unref(ends[0]);
    }
    inode_unref(inode);
    return err;
}

void pipefs_init(void)
{
    pipefs.dev = filesystem_new_dev();
}

/* ---- Calls ---- */

/* The pipe belongs to who made it. */
static void set_owner(struct fs_context *fs, struct inode *inode)
{
    struct cred *cred = fs_cred(fs);
    inode->uid = cred->fsuid;
    inode->gid = cred->fsgid;
    cred_unref(cred);
}

/* Gives both ends a descriptor; 0 or -errno with none left behind. */
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
    if (flags & ~(O_CLOEXEC | O_NONBLOCK))
        return -EINVAL;
    int err = pipe_create(flags & O_NONBLOCK, ends);
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
