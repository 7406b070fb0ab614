/* /dev/hostio and /dev/hosterr: a program's standard streams if they are not a terminal.
 *
 * tools/vm runs a program in the guest and passes its input and output through two more serial
 * ports. Output is sent unchanged. Input must also tell where it ends, so it is encoded: a byte
 * 0x10 announces another one, which is 0x10 for the byte itself, or 0x04 for the end of input.
 *
 * Input goes into a ring, which the interrupt of the port fills. If the ring is full, the port
 * keeps its bytes and makes the sender wait (see dev/serial.c), so nothing is lost; a read that has
 * made room fetches them. The lock is a spinlock, because the interrupt takes it. It cannot be held
 * while bytes are copied to a program, which may fault. So they are copied through a small buffer,
 * and removed from the ring afterwards; the mutex `reader` keeps other readers away meanwhile. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "abi/fcntl.h"
#include "abi/poll.h"
#include "abi/stat.h"
#include "abi/sysmacros.h"
#include "abi/termios.h"
#include "annex.h"
#include "dev/devices.h"
#include "dev/serial.h"

#define INPUT_RING 16384 /* a power of two */
#define CHUNK      256   /* bytes that are on the kernel's stack at a time */
#define TURN       4096  /* bytes that are written before others may run */

enum {
    FRAME_ESCAPE = 0x10,
    FRAME_END = 0x04,
};

struct host_port {
    struct spinlock lock;
    /* guarded by lock: */
    struct serial serial;
    uint32_t head, tail; /* of the ring of input: next to read, next free */
    uint8_t *ring;       /* NULL: output only */
    bool escaped, ended;
    struct wait_queue readable, writable;
    struct mutex reader; /* held by the one read that moves bytes */
    struct mutex writer; /* the bytes of one write stay together */
};

static struct host_port hostio, hosterr;

static size_t input_room(const struct host_port *port)
{
    return INPUT_RING - (port->tail - port->head);
}

/* Decodes one byte from the wire. There is room for it. Lock: port->lock held. */
static void host_decode(struct host_port *port, uint8_t byte)
{
    if (port->ended)
        return;
    if (!port->escaped && byte == FRAME_ESCAPE) {
        port->escaped = true;
        return;
    }
    if (port->escaped && byte == FRAME_END)
        port->ended = true;
    else
        port->ring[port->tail++ % INPUT_RING] = byte;
    port->escaped = false;
}

/* Moves input from the serial port to the ring while there is room; the rest stays in the port.
 * Lock: port->lock held. */
static void host_fill(struct host_port *port)
{
    uint8_t bytes[UART_TAKE];
    size_t n = 1;
    while (n > 0 && input_room(port) >= sizeof(bytes)) {
        n = serial_receive(&port->serial, bytes, sizeof(bytes));
        for (size_t i = 0; i < n; i++)
            host_decode(port, bytes[i]);
    }
    serial_want_input(&port->serial, input_room(port) >= sizeof(bytes));
}

/* The serial port's interrupt. */
static void host_service(struct serial *serial)
{
    struct host_port *port = container_of(serial, struct host_port, serial);
    spin_lock(&port->lock);
    serial_send(serial);
    if (port->ring)
        host_fill(port);
    bool readable = port->ring && (port->head != port->tail || port->ended);
    bool writable = serial_room(serial) > SERIAL_RING / 2;
    spin_unlock(&port->lock);
    if (readable)
        wake_all(&port->readable);
    if (writable)
        wake_all(&port->writable);
}

/* Waits for input or its end. 0, -EAGAIN or -ERESTARTSYS. */
static int host_wait_input(struct host_port *port, bool nonblocking)
{
    int err = 0;
    spin_lock(&port->lock);
    host_fill(port);
    while (!err && port->head == port->tail && !port->ended) {
        if (nonblocking)
            err = -EAGAIN;
        else if (wait_on_spin(&port->readable, &port->lock, WAIT_SIGNALS, NO_DEADLINE, "hostio"))
            err = -ERESTARTSYS;
    }
    spin_unlock(&port->lock);
    return err;
}

/* Moves bytes from the ring to the reader. How many, or -EFAULT. Lock: port->reader held. */
static long host_take(struct host_port *port, struct uio *uio)
{
    uint8_t bytes[CHUNK];
    long total = 0;
    while (uio->left > 0) {
        spin_lock(&port->lock);
        size_t n = min(min(uio->left, (size_t)CHUNK), (size_t)(port->tail - port->head));
        for (size_t i = 0; i < n; i++)
            bytes[i] = port->ring[(port->head + i) % INPUT_RING];
        spin_unlock(&port->lock);
        if (n == 0)
            break;
        size_t done = uio_put(uio, bytes, n);
        spin_lock(&port->lock);
        port->head += done;
        host_fill(port);
        spin_unlock(&port->lock);
        total += done;
        if (done < n)
            return total > 0 ? total : -EFAULT;
    }
    return total;
}

static long host_read(struct file *file, struct uio *uio, uint64_t *pos)
{
    (void)pos;
    struct host_port *port = file->private_data;
    if (uio->left == 0)
        return 0;
    for (;;) {
        int err = host_wait_input(port, uio->nonblocking);
        if (err)
            return err;
        mutex_lock(&port->reader);
        long n = host_take(port, uio);
        mutex_unlock(&port->reader);
        if (n != 0 || port->ended) /* otherwise another reader was faster */
            return n;
    }
}

/* Waits until the port accepts output. 0, -EAGAIN or -ERESTARTSYS. */
static int host_wait_room(struct host_port *port, bool nonblocking)
{
    int err = 0;
    spin_lock(&port->lock);
    serial_send(&port->serial);
    while (!err && serial_room(&port->serial) == 0) {
        if (nonblocking)
            err = -EAGAIN;
        else if (wait_on_spin(&port->writable, &port->lock, WAIT_SIGNALS, NO_DEADLINE, "hostio"))
            err = -ERESTARTSYS;
    }
    spin_unlock(&port->lock);
    return err;
}

/* Sends n bytes. How many, or -errno if none. */
static long host_send(struct host_port *port, const uint8_t *bytes, size_t n, bool nonblocking)
{
    size_t done = 0;
    while (done < n) {
        int err = host_wait_room(port, nonblocking);
        if (err)
            return done > 0 ? (long)done : err;
        spin_lock(&port->lock);
        done += serial_write(&port->serial, bytes + done, n - done);
        spin_unlock(&port->lock);
    }
    return done;
}

static long host_write(struct file *file, struct uio *uio, uint64_t *pos)
{
    (void)pos;
    struct host_port *port = file->private_data;
    uint8_t bytes[CHUNK];
    long total = 0, sent = 0;
    if (uio->nonblocking && !mutex_trylock(&port->writer))
        return -EAGAIN;
    if (!uio->nonblocking)
        mutex_lock(&port->writer);
    while (uio->left > 0) {
        size_t n = uio_get(uio, bytes, min(uio->left, (size_t)CHUNK));
        sent = n > 0 ? host_send(port, bytes, n, uio->nonblocking) : -EFAULT;
        if (sent > 0)
            total += sent;
        if (sent < (long)n || sent <= 0)
            break;
        if (total % TURN == 0)
            thread_yield();
    }
    mutex_unlock(&port->writer);
    return total > 0 ? total : sent;
}

static uint32_t host_poll(struct file *file, struct poll_table *table)
{
    struct host_port *port = file->private_data;
    uint32_t ready = 0;
    if (port->ring)
        poll_add(table, &port->readable);
    poll_add(table, &port->writable);
    spin_lock(&port->lock);
    if (port->ring && file_readable(file)) {
        host_fill(port);
        if (port->head != port->tail || port->ended)
            ready |= POLLIN | POLLRDNORM;
    }
    serial_send(&port->serial);
    if (serial_room(&port->serial) > 0)
        ready |= POLLOUT | POLLWRNORM;
    spin_unlock(&port->lock);
    return ready;
}

static long host_ioctl(struct file *file, uint64_t request, uaddr_t arg)
{
    struct host_port *port = file->private_data;
    if (request != FIONREAD || !port->ring)
        return -ENOTTY;
    int waiting = (int)(port->tail - port->head);
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

/* Starts the serial line of a port. 0 or -errno; -ENODEV if the machine has none. */
static int host_start(struct host_port *port, uint16_t base, unsigned irq_vector)
{
    spin_init(&port->lock, "hostio", RANK_DEVICE);
    wait_queue_init(&port->readable);
    wait_queue_init(&port->writable);
    mutex_init(&port->reader, "hostio reader", RANK_TTY);
    mutex_init(&port->writer, "hostio writer", RANK_TTY);
    return serial_start(&port->serial, base, irq_vector, host_service);
}

/* Registers both devices. Input is accepted from now on. */
static void start(struct fs_context *fs, const char *command_line)
{
    (void)fs, (void)command_line;
    hostio.ring = kmalloc(INPUT_RING);
    if (hostio.ring && host_start(&hostio, COM3, IRQ_COM1) == 0) {
        device_register(&(struct device){HOST_MAJOR, 0, "hostio", 0666, 0, hostio_open});
        serial_want_input(&hostio.serial, true);
    }
    if (host_start(&hosterr, COM4, IRQ_COM2) == 0)
        device_register(&(struct device){HOST_MAJOR, 1, "hosterr", 0666, 0, hosterr_open});
}

ANNEX(hostio, ANNEX_DEVICES, start);
