/* Terminals as files: reads in lines or raw with VMIN and VTIME, writes, poll, hang-up.
 *
 * The lock of a terminal is a spinlock, because the interrupt of its wire takes it, too. Nothing
 * may sleep or fault with it held, and it must be held briefly. So bytes move through a small
 * buffer on the kernel's stack: from the line to the buffer with the lock held, and from there to
 * the program without it.
 *
 * A read therefore has three parts. It checks that its process is in the foreground; it waits until
 * there is enough input; and it takes input in pieces, with the mutex `reader` held, so that
 * another reader does not get a part of the same line. A piece is removed from the line only after
 * it was copied to the program. If that fails, nothing is lost. In between a signal key may have
 * flushed the line; tty_pass() notices it.
 *
 * With VMIN and VTIME a program in raw mode says how long a read waits: for VMIN bytes, for VTIME
 * tenths of a second, or until there is a pause of that length between two bytes.
 *
 * Input may ask for signals (^C). To send one, proc_lock is needed, which ranks below the
 * terminal's lock. So the line only notes the signals, and tty_unlock(), which everything calls
 * that may have processed input, sends them after it has released the lock.
 *
 * After a hang-up the open files of the old session must not see what the next session types. The
 * terminal counts its hang-ups, and each file remembers the count of its open: if they differ, the
 * file is dead. Sleepers are woken, and check this first. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "abi/fcntl.h"
#include "abi/poll.h"
#include "abi/signal.h"
#include "abi/sysmacros.h"
#include "tty.h"

#define MAX_TTYS 4
#define CHUNK    128  /* bytes that are on the kernel's stack at a time */
#define TURN     4096 /* bytes that are written before others may run */
#define TENTH_NS 100000000ull

static OBJECT_CACHE(tty_files, struct tty_file);
static struct tty *ttys[MAX_TTYS]; /* added to during bring-up only */
struct tty *console_tty;

static struct tty *tty_of(const struct file *file)
{
    return ((struct tty_file *)file->private_data)->tty;
}

bool tty_hung_up(const struct file *file)
{
    const struct tty_file *own = file->private_data;
    return !own->console && own->hangups != own->tty->hangups;
}

/* Writes the echo of the line discipline. Lock: tty->lock held. */
static void tty_echo(struct line *line, const uint8_t *bytes, size_t n)
{
    struct tty *tty = container_of(line, struct tty, line);
    tty->driver->write(tty, bytes, n);
}

void tty_init(struct tty *tty, uint64_t rdev, const struct tty_driver *driver, void *wire)
{
    memset(tty, 0, sizeof(*tty));
    tty->rdev = rdev;
    tty->driver = driver;
    tty->wire = wire;
    spin_init(&tty->lock, "tty", RANK_DEVICE);
    line_init(&tty->line);
    tty->line.echo = tty_echo;
    wait_queue_init(&tty->readable);
    wait_queue_init(&tty->writable);
    mutex_init(&tty->reader, "tty reader", RANK_TTY);
    mutex_init(&tty->writer, "tty writer", RANK_TTY);
}

/* ---- Input ---- */

void tty_receive(struct tty *tty, const uint8_t *bytes, size_t n)
{
    bool stopped = tty->line.stopped;
    for (size_t i = 0; i < n; i++)
        line_input(&tty->line, bytes[i]);
    if (stopped != tty->line.stopped) {
        tty->driver->hold(tty, tty->line.stopped);
        tty->output_resumes = stopped;
    }
    tty->input_came |= n > 0;
}

void tty_unlock(struct tty *tty)
{
    uint32_t signals = tty->line.signals;
    bool readable = tty->input_came && line_readable(&tty->line, 1);
    bool writable = tty->output_resumes;
    int group = tty->foreground;
    tty->line.signals = 0;
    tty->input_came = tty->output_resumes = false;
    spin_unlock(&tty->lock);
    if (readable)
        wake_all(&tty->readable);
    if (writable)
        wake_all(&tty->writable);
    for (int signal = 1; signals >> signal; signal++)
        if (signals >> signal & 1 && group)
            hooks.jobs->signal_group_soon(group, signal);
}

/* How a read waits. */
struct read_wait {
    size_t at_least;
    uint64_t deadline_ns;
    uint64_t between_ns; /* after the first byte: the longest pause before the next; 0: any */
    bool immediate;      /* it does not wait at all */
};

/* What the settings demand of a read of n bytes. Lock: tty->lock held. */
static struct read_wait read_wait_of(const struct tty *tty, size_t n)
{
    const struct kernel_termios *termios = &tty->line.termios;
    struct read_wait wait = {.at_least = 1, .deadline_ns = NO_DEADLINE};
    uint64_t time_ns = termios->c_cc[VTIME] * TENTH_NS;
    if (termios->c_lflag & ICANON)
        return wait;
    if (termios->c_cc[VMIN] > 0) {
        wait.at_least = min((size_t)termios->c_cc[VMIN], n);
        wait.between_ns = time_ns;
    } else if (time_ns > 0) {
        wait.deadline_ns = clock_ns() + time_ns;
    } else {
        wait.immediate = true;
    }
    return wait;
}

/* Waits for input. 1 if there is some; 0 if the time is over or the terminal was hung up; -EAGAIN
 * or -ERESTARTSYS. Lock: tty->lock held. */
static int tty_wait_input(struct file *file, struct uio *uio, struct read_wait *wait)
{
    struct tty *tty = tty_of(file);
    uint64_t deadline = wait->deadline_ns;
    while (!line_readable(&tty->line, wait->at_least)) {
        bool some = line_readable(&tty->line, 1);
        if (tty_hung_up(file) || wait->immediate)
            return some;
        if (uio->nonblocking)
            return some ? 1 : -EAGAIN;
        if (some && wait->between_ns)
            deadline = clock_ns() + wait->between_ns;
        int err = wait_on_spin(&tty->readable, &tty->lock, WAIT_SIGNALS, deadline, "tty");
        some = line_readable(&tty->line, 1);
        if (err && some)
            return 1;
        if (err)
            return err == -ETIMEDOUT ? 0 : -ERESTARTSYS;
    }
    return 1;
}

/* Removes the input [from, next), which was delivered, unless it was flushed meanwhile. */
static void tty_pass(struct tty *tty, uint32_t from, uint32_t next)
{
    spin_lock(&tty->lock);
    if (tty->line.read == from)
        tty->line.read = next;
    tty->driver->fill(tty);
    tty_unlock(tty);
}

/* Moves input to the reader: a line, or what there is. The result is how many bytes, or -EFAULT.
 * What cannot be delivered stays. *end: the end of a line was passed, so a result of 0 means end of
 * file. */
static long tty_take(struct tty *tty, struct uio *uio, bool *end)
{
    uint8_t bytes[CHUNK];
    long total = 0;
    *end = false;
    mutex_lock(&tty->reader);
    while (uio->left > 0 && !*end) {
        uint32_t next;
        spin_lock(&tty->lock);
        uint32_t from = tty->line.read;
        size_t n = line_look(&tty->line, bytes, min(uio->left, (size_t)CHUNK), end, &next);
        spin_unlock(&tty->lock);
        size_t done = uio_put(uio, bytes, n);
        tty_pass(tty, from, done == n ? next : from + (uint32_t)done);
        total += done;
        if (done < n)
            total = total > 0 ? total : -EFAULT;
        if (done < n || n == 0)
            break;
    }
    mutex_unlock(&tty->reader);
    return total;
}

static long tty_read(struct file *file, struct uio *uio, uint64_t *pos)
{
    (void)pos;
    struct tty *tty = tty_of(file);
    int err = tty_job_check(tty, SIGTTIN);
    if (err || uio->left == 0)
        return err;
    spin_lock(&tty->lock);
    struct read_wait wait = read_wait_of(tty, uio->left);
    tty->driver->fill(tty);
    tty_unlock(tty);
    for (;;) {
        spin_lock(&tty->lock);
        int ready = tty_wait_input(file, uio, &wait);
        spin_unlock(&tty->lock);
        if (ready <= 0)
            return ready;
        bool end;
        long n = tty_take(tty, uio, &end);
        if (n != 0 || end) /* otherwise another reader was faster */
            return n;
    }
}

/* ---- Output ---- */

/* Waits until the driver accepts a few bytes. 0, -EAGAIN, -EIO or -ERESTARTSYS. Lock: tty->lock
 * held. */
static int tty_wait_room(struct file *file, bool nonblocking)
{
    struct tty *tty = tty_of(file);
    while (tty->line.stopped || tty->driver->room(tty) < LINE_EXPANDED) {
        if (tty_hung_up(file))
            return -EIO;
        if (nonblocking)
            return -EAGAIN;
        if (wait_on_spin(&tty->writable, &tty->lock, WAIT_SIGNALS, NO_DEADLINE, "tty output"))
            return -ERESTARTSYS;
    }
    return tty_hung_up(file) ? -EIO : 0;
}

/* Writes n bytes through output processing. The result is how many, or -errno if none. */
static long tty_put(struct file *file, const uint8_t *bytes, size_t n, bool nonblocking)
{
    struct tty *tty = tty_of(file);
    size_t done = 0;
    int err = 0;
    spin_lock(&tty->lock);
    while (done < n) {
        err = tty_wait_room(file, nonblocking);
        if (err)
            break;
        size_t run = min(n - done, tty->driver->room(tty));
        run = line_output_plain(&tty->line, bytes + done, run);
        tty->driver->write(tty, bytes + done, run);
        done += run;
        if (run == 0) {
            uint8_t out[LINE_EXPANDED];
            run = line_output(&tty->line, bytes[done++], out);
            tty->driver->write(tty, out, run);
        }
    }
    spin_unlock(&tty->lock);
    return done > 0 ? (long)done : err;
}

static long tty_write(struct file *file, struct uio *uio, uint64_t *pos)
{
    (void)pos;
    struct tty *tty = tty_of(file);
    uint8_t bytes[CHUNK];
    long total = 0, sent = 0;
    if (tty_hung_up(file))
        return -EIO;
    if (tty->line.termios.c_lflag & TOSTOP && (sent = tty_job_check(tty, SIGTTOU)) != 0)
        return sent;
    if (uio->nonblocking && !mutex_trylock(&tty->writer))
        return -EAGAIN;
    if (!uio->nonblocking)
        mutex_lock(&tty->writer);
    while (uio->left > 0) {
        size_t n = uio_get(uio, bytes, min(uio->left, (size_t)CHUNK));
        sent = n > 0 ? tty_put(file, bytes, n, uio->nonblocking) : -EFAULT;
        total += max(sent, 0l);
        if (sent < (long)n || sent <= 0)
            break;
        if (total % TURN == 0)
            thread_yield();
    }
    mutex_unlock(&tty->writer);
    return total > 0 ? total : sent;
}

int tty_drain(struct file *file)
{
    struct tty *tty = tty_of(file);
    int err = 0;
    spin_lock(&tty->lock);
    while (!err && tty->driver->queued(tty) > 0) {
        if (tty_hung_up(file))
            err = -EIO;
        else if (wait_on_spin(&tty->writable, &tty->lock, WAIT_SIGNALS, NO_DEADLINE, "tty drain"))
            err = -ERESTARTSYS;
    }
    spin_unlock(&tty->lock);
    return err;
}

/* ---- Poll, open, close ---- */

static uint32_t tty_poll(struct file *file, struct poll_table *table)
{
    struct tty *tty = tty_of(file);
    uint32_t ready = 0;
    poll_add(table, &tty->readable);
    poll_add(table, &tty->writable);
    spin_lock(&tty->lock);
    tty->driver->fill(tty);
    const uint8_t *keys = tty->line.termios.c_cc;
    if (line_readable(&tty->line, keys[VTIME] == 0 && keys[VMIN] > 0 ? keys[VMIN] : 1))
        ready |= POLLIN | POLLRDNORM;
    if (!tty->line.stopped && tty->driver->room(tty) >= LINE_EXPANDED)
        ready |= POLLOUT | POLLWRNORM;
    if (tty_hung_up(file))
        ready = POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM | POLLERR | POLLHUP;
    tty_unlock(tty);
    return ready;
}

static void tty_release(struct file *file)
{
    object_free(&tty_files, file->private_data);
}

static const struct file_ops tty_ops = {
    .read = tty_read,
    .write = tty_write,
    .ioctl = tty_ioctl,
    .poll = tty_poll,
    .release = tty_release,
    .stream = true,
};

/* Makes `file` an open file of the terminal. 0 or -ENOMEM. */
static int tty_attach(struct tty *tty, struct file *file, bool console)
{
    struct tty_file *own = object_alloc(&tty_files);
    if (!own)
        return -ENOMEM;
    *own = (struct tty_file){.tty = tty, .hangups = tty->hangups, .console = console};
    file->ops = &tty_ops;
    file->private_data = own;
    return 0;
}

/* Opens a terminal by its own name. It becomes the caller's controlling terminal if the rules allow
 * it. */
static int tty_open(struct inode *inode, struct file *file)
{
    for (int i = 0; i < MAX_TTYS; i++) {
        if (!ttys[i] || ttys[i]->rdev != inode->rdev)
            continue;
        int err = tty_attach(ttys[i], file, false);
        if (!err && !(file->flags & O_NOCTTY))
            tty_job_opened(ttys[i], file);
        return err;
    }
    return -ENXIO;
}

static int console_open(struct inode *inode, struct file *file)
{
    (void)inode;
    return console_tty ? tty_attach(console_tty, file, true) : -ENODEV;
}

/* /dev/tty is the controlling terminal of the caller. */
static int own_tty_open(struct inode *inode, struct file *file)
{
    (void)inode;
    struct tty *tty = hooks.jobs->terminal();
    return tty ? tty_attach(tty, file, false) : -ENXIO;
}

void tty_register(struct tty *tty, const char *name, uint32_t permissions)
{
    for (int i = 0; i < MAX_TTYS; i++) {
        if (ttys[i])
            continue;
        ttys[i] = tty;
        tty->name = name;
        device_register(&(struct device){MAJOR_OF(tty->rdev), MINOR_OF(tty->rdev), name,
                                         permissions, TTY_GROUP, tty_open});
        return;
    }
}

/* Registers /dev/console and /dev/tty, after all terminals. */
void tty_init_devices(const char *console)
{
    for (int i = 0; i < MAX_TTYS; i++)
        if (ttys[i] && (!console_tty || strcmp(ttys[i]->name, console) == 0))
            console_tty = ttys[i];
    device_register(&(struct device){CONSOLE_MAJOR, 1, "console", 0600, 0, console_open});
    device_register(&(struct device){CONSOLE_MAJOR, 0, "tty", 0666, TTY_GROUP, own_tty_open});
}

int tty_foreground_group(const struct tty *tty)
{
    return __atomic_load_n(&tty->foreground, __ATOMIC_RELAXED);
}
