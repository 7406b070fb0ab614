/* /dev/hostio and /dev/hosterr: a program's standard streams if they are not a terminal.
 *
 * tools/vm runs a program in the guest and passes its input and output through two ports of a
 * virtio console (see virtio.c). Output is sent unchanged. Input must also tell where it ends, so
 * it comes in pieces: four bytes with the length, lowest first, and so many bytes. A piece of
 * length 0 is the end. Where the device ends a buffer means nothing.
 *
 * Output has one buffer for each port. A write fills it and kicks, and QEMU passes it on before the
 * next instruction, unless its reader is slow. Then the device keeps the buffer, and the
 * next write waits for the interrupt that says that it is free again. Input has several buffers. A
 * read copies from the oldest that is filled, and gives it back when it is empty; if none is left
 * to the device, it makes the sender wait. So nothing is lost in either direction.
 *
 * The lock is a spinlock, because the interrupt takes it. It cannot be held while bytes are copied
 * from or to a program, which may fault. So a call that copies is noted as `reading` or `writing`,
 * and others wait until it is done. The bytes of one write stay together in this way, too. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "abi/fcntl.h"
#include "abi/poll.h"
#include "abi/sysmacros.h"
#include "abi/termios.h"
#include "annex.h"
#include "dev/devices.h"
#include "hooks.h"
#include "virtio.h"

enum {
    OUTPUT_BYTES = 32768,
    INPUT_BYTES = PAGE_SIZE, /* of one buffer; QEMU never passes more at a time */
    N_INPUT = 8,
    HEAD_BYTES = 4, /* the length of a piece */
};

struct host_port {
    struct spinlock lock;
    /* guarded by lock: */
    struct virtqueue out, in;
    bool sending; /* the device has `output` */
    bool reading, writing;
    bool ended;           /* input has */
    uint8_t n_head;       /* bytes of the next piece's length that have come, */
    uint32_t head;        /* and what they say so far */
    uint32_t left;        /* bytes of the present piece that have not been read */
    unsigned id;          /* of the buffer that is read */
    uint32_t at, n_bytes; /* how far, and what is in it; equal: there is no such buffer */
    struct wait_queue readable, writable;
    uint8_t *output; /* guarded by `writing` while the device does not have it */
    uint8_t *input;  /* all buffers; NULL: output only */
};

static struct host_port hostio, hosterr;

/* ---- Input. Lock, for all functions to host_wait_input: port->lock held ---- */

static void give_input(struct host_port *port, unsigned id)
{
    virtqueue_give(&port->in, id, port->input + (size_t)id * INPUT_BYTES, INPUT_BYTES, true);
}

/* Notes that n more bytes of the buffer were used; an empty one is the device's again. */
static void input_done(struct host_port *port, uint32_t n)
{
    port->at += n;
    if (port->at < port->n_bytes)
        return;
    give_input(port, port->id);
    virtqueue_kick(&port->in);
}

/* Takes the next buffer that has something in it, if there is one. */
static bool next_input(struct host_port *port)
{
    while (virtqueue_take(&port->in, &port->id, &port->n_bytes)) {
        port->at = 0;
        if (port->n_bytes > 0)
            return true;
        input_done(port, 0);
    }
    return false;
}

/* One byte of the length of a piece. */
static void take_head(struct host_port *port)
{
    uint8_t byte = port->input[(size_t)port->id * INPUT_BYTES + port->at];
    port->head |= (uint32_t)byte << 8 * port->n_head;
    input_done(port, 1);
    if (++port->n_head < HEAD_BYTES)
        return;
    port->left = port->head;
    port->ended = port->head == 0;
    port->n_head = 0;
    port->head = 0;
}

/* How many bytes there are for a reader, at port->at of one buffer. */
static uint32_t input_ready(struct host_port *port)
{
    while (!port->ended && (port->at < port->n_bytes || next_input(port))) {
        if (port->left > 0)
            return min(port->left, port->n_bytes - port->at);
        take_head(port);
    }
    return 0;
}

/* Waits for a wake-up. 0, -EAGAIN or -ERESTARTSYS. Lock: port->lock held. */
static int host_sleep(struct host_port *port, struct wait_queue *queue, bool nonblocking)
{
    if (nonblocking)
        return -EAGAIN;
    int err = wait_on_spin(queue, &port->lock, WAIT_SIGNALS, NO_DEADLINE, "hostio");
    return err ? -ERESTARTSYS : 0;
}

/* Waits for input or its end, and becomes the reader. 0 or -errno. */
static int read_begin(struct host_port *port, bool nonblocking)
{
    int err = 0;
    spin_lock(&port->lock);
    while (!err && (port->reading || (input_ready(port) == 0 && !port->ended)))
        err = port->in.broken ? -EIO : host_sleep(port, &port->readable, nonblocking);
    if (!err)
        port->reading = true;
    spin_unlock(&port->lock);
    return err;
}

static void read_end(struct host_port *port)
{
    spin_lock(&port->lock);
    port->reading = false;
    spin_unlock(&port->lock);
    wake_all(&port->readable);
}

/* Moves what there is to the reader. How many bytes, or -EFAULT. The caller is the reader. */
static long read_ready(struct host_port *port, struct uio *uio)
{
    long total = 0;
    size_t n, done;
    do {
        spin_lock(&port->lock);
        n = min((size_t)input_ready(port), uio->left);
        const uint8_t *from = port->input + (size_t)port->id * INPUT_BYTES + port->at;
        spin_unlock(&port->lock);
        if (n == 0)
            return total;
        done = uio_put(uio, from, n);
        spin_lock(&port->lock);
        port->left -= done;
        input_done(port, done);
        spin_unlock(&port->lock);
        total += done;
    } while (done == n);
    return total > 0 ? total : -EFAULT;
}

static long host_read(struct file *file, struct uio *uio, uint64_t *pos)
{
    (void)pos;
    struct host_port *port = file->private_data;
    if (uio->left == 0)
        return 0;
    long n = read_begin(port, uio->nonblocking);
    if (n == 0) {
        n = read_ready(port, uio);
        read_end(port);
    }
    return n;
}

/* ---- Output ---- */

/* Is the buffer of output free? If not, an interrupt will come when it is. Lock: port->lock held.
 */
static bool can_send(struct host_port *port)
{
    unsigned id;
    uint32_t n;
    if (port->sending && virtqueue_take(&port->out, &id, &n))
        port->sending = false;
    virtqueue_interrupt(&port->out, port->sending);
    if (port->sending && virtqueue_take(&port->out, &id, &n))
        port->sending = false;
    return !port->sending;
}

/* Waits until the buffer is free, and becomes the writer if it is not. 0 or -errno. */
static int write_begin(struct host_port *port, bool is_writer, bool nonblocking)
{
    int err = 0;
    spin_lock(&port->lock);
    while (!err && ((port->writing && !is_writer) || !can_send(port)))
        err = port->out.broken ? -EIO : host_sleep(port, &port->writable, nonblocking);
    if (!err)
        port->writing = true;
    spin_unlock(&port->lock);
    return err;
}

static void write_end(struct host_port *port)
{
    spin_lock(&port->lock);
    port->writing = false;
    spin_unlock(&port->lock);
    wake_all(&port->writable);
}

/* Sends up to a buffer of bytes, which is free. How many; fewer if memory cannot be accessed. The
 * caller is the writer. */
static size_t write_ready(struct host_port *port, struct uio *uio)
{
    size_t n = uio_get(uio, port->output, min(uio->left, (size_t)OUTPUT_BYTES));
    if (n == 0)
        return 0;
    spin_lock(&port->lock);
    port->sending = true;
    virtqueue_give(&port->out, 0, port->output, n, false);
    virtqueue_kick(&port->out);
    spin_unlock(&port->lock);
    return n;
}

static long host_write(struct file *file, struct uio *uio, uint64_t *pos)
{
    (void)pos;
    struct host_port *port = file->private_data;
    long total = 0;
    long err = write_begin(port, false, uio->nonblocking);
    if (err)
        return err;
    while (!err && uio->left > 0) {
        size_t n = write_ready(port, uio);
        total += n;
        err = n == 0 ? -EFAULT : uio->left ? write_begin(port, true, uio->nonblocking) : 0;
    }
    write_end(port);
    return total > 0 ? total : err;
}

/* Waits until the host has all output, however slow it is. */
static void host_finish(struct host_port *port)
{
    spin_lock(&port->lock);
    while (!can_send(port) && !port->out.broken)
        wait_on_spin(&port->writable, &port->lock, WAIT_FIRM, NO_DEADLINE, "hostio");
    spin_unlock(&port->lock);
}

static void finish(void)
{
    host_finish(&hostio);
    host_finish(&hosterr);
}

/* ---- The devices ---- */

static uint32_t host_poll(struct file *file, struct poll_table *table)
{
    struct host_port *port = file->private_data;
    uint32_t ready = 0;
    if (port->input)
        poll_add(table, &port->readable);
    poll_add(table, &port->writable);
    spin_lock(&port->lock);
    if (port->input && file_readable(file) && (input_ready(port) > 0 || port->ended))
        ready |= POLLIN | POLLRDNORM;
    if (!port->writing && can_send(port))
        ready |= POLLOUT | POLLWRNORM;
    spin_unlock(&port->lock);
    return ready;
}

/* FIONREAD tells what one buffer has; another one may be filled, too. */
static long host_ioctl(struct file *file, uint64_t request, uaddr_t arg)
{
    struct host_port *port = file->private_data;
    if (request != FIONREAD || !port->input)
        return -ENOTTY;
    spin_lock(&port->lock);
    int waiting = (int)input_ready(port);
    spin_unlock(&port->lock);
    return user_copy_out(arg, &waiting, sizeof(waiting));
}

static const struct file_ops hostio_ops = {
    .read = host_read,
    .write = host_write,
    .poll = host_poll,
    .ioctl = host_ioctl,
    .stream = true,
};

static const struct file_ops hosterr_ops = {
    .write = host_write,
    .poll = host_poll,
    .ioctl = host_ioctl,
    .stream = true,
};

static int hostio_open(struct inode *inode, struct file *file)
{
    (void)inode;
    file->ops = &hostio_ops;
    file->private_data = &hostio;
    return 0;
}

static int hosterr_open(struct inode *inode, struct file *file)
{
    (void)inode;
    file->ops = &hosterr_ops;
    file->private_data = &hosterr;
    return 0;
}

static void wake(struct host_port *port)
{
    spin_lock(&port->lock); /* a thread that is about to sleep has done so, or sees what has come */
    spin_unlock(&port->lock);
    wake_all(&port->readable);
    wake_all(&port->writable);
}

static void host_interrupt(void)
{
    wake(&hostio);
    wake(&hosterr);
}

/* ---- The start ---- */

/* The device is a console with several ports: its number, its feature, and its queues. Port 0 is
 * not used: QEMU has only a console there, whose output is lost if the host is slow. */
enum {
    CONSOLE_NUMBER = 0x10031af4,
    CONSOLE_PORTS = 1 << 1,
    QUEUE_CONTROL_OUT = 3,
    QUEUE_HOSTIO_IN = 4,
    QUEUE_HOSTIO_OUT,
    QUEUE_HOSTERR_IN, /* not made: so the device accepts no input */
    QUEUE_HOSTERR_OUT,
};

enum { CONTROL_DEVICE_READY = 0, CONTROL_PORT_READY = 3, CONTROL_PORT_OPEN = 6 };

/* What the device is told, before it opens the ports. */
static const struct {
    uint32_t port;
    uint16_t event, value;
} control[] = {
    {0, CONTROL_DEVICE_READY, 1}, {1, CONTROL_PORT_READY, 1}, {1, CONTROL_PORT_OPEN, 1},
    {2, CONTROL_PORT_READY, 1},   {2, CONTROL_PORT_OPEN, 1},
};

static int start_output(struct virtio *device, struct host_port *port, uint16_t index)
{
    spin_init(&port->lock, "hostio", RANK_DEVICE);
    wait_queue_init(&port->readable);
    wait_queue_init(&port->writable);
    port->output = kmalloc(OUTPUT_BYTES);
    return port->output ? virtqueue_start(device, &port->out, index) : -ENOMEM;
}

static int start_input(struct virtio *device, struct host_port *port, uint16_t index)
{
    port->input = kmalloc((size_t)N_INPUT * INPUT_BYTES);
    if (!port->input)
        return -ENOMEM;
    int err = virtqueue_start(device, &port->in, index);
    for (unsigned id = 0; !err && id < N_INPUT; id++)
        give_input(port, id);
    return err;
}

/* The messages stay where they are, and their queue is not looked at again. */
static void open_ports(struct virtqueue *queue)
{
    for (unsigned i = 0; i < ARRAY_SIZE(control); i++)
        virtqueue_give(queue, i, &control[i], sizeof(control[i]), false);
    virtqueue_interrupt(queue, false);
    virtqueue_kick(queue);
}

/* Registers both devices, if the machine has the console. */
static void start(struct fs_context *fs, const char *command_line)
{
    static struct virtqueue queue;
    struct virtio device;
    (void)fs, (void)command_line;
    if (virtio_start(&device, CONSOLE_NUMBER, CONSOLE_PORTS, host_interrupt))
        return;
    int err = virtqueue_start(&device, &queue, QUEUE_CONTROL_OUT);
    err = err ? err : start_output(&device, &hostio, QUEUE_HOSTIO_OUT);
    err = err ? err : start_output(&device, &hosterr, QUEUE_HOSTERR_OUT);
    err = err ? err : start_input(&device, &hostio, QUEUE_HOSTIO_IN);
    if (err) {
        klog("hostio: error %d", -err);
        return;
    }
    virtio_ready(&device);
    open_ports(&queue);
    virtqueue_kick(&hostio.in);
    annex_hooks.finish = finish;
    device_register(&(struct device){HOST_MAJOR, 0, "hostio", 0666, 0, hostio_open});
    device_register(&(struct device){HOST_MAJOR, 1, "hosterr", 0666, 0, hosterr_open});
}

ANNEX(hostio, ANNEX_DEVICES, start);
