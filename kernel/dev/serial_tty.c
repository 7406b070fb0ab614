/* /dev/ttyS0: the terminal on the first serial port. */
/* SPDX-License-Identifier: MIT */
#include "abi/sysmacros.h"
#include "serial.h"
#include "tty.h"

static struct tty serial_tty;
static struct serial serial;

static size_t serial_tty_write(struct tty *tty, const uint8_t *bytes, size_t n)
{
    return serial_write(tty->wire, bytes, n);
}

static size_t serial_tty_room(struct tty *tty)
{
    return serial_room(tty->wire);
}

static void serial_tty_fill(struct tty *tty)
{
    uint8_t bytes[UART_TAKE];
    size_t n = 1;
    while (n > 0 && line_room(&tty->line) > 0) {
        n = serial_receive(tty->wire, bytes, min(sizeof(bytes), line_room(&tty->line)));
        tty_receive(tty, bytes, n);
    }
    serial_want_input(tty->wire, line_room(&tty->line) > 0);
}

static void serial_tty_hold(struct tty *tty, bool held)
{
    ((struct serial *)tty->wire)->held = held;
    serial_send(tty->wire);
}

static size_t serial_tty_queued(struct tty *tty)
{
    return serial_queued(tty->wire);
}

static void serial_tty_discard(struct tty *tty)
{
    struct serial *port = tty->wire;
    port->head = port->tail;
    serial_send(port);
}

static const struct tty_driver serial_driver = {
    .write = serial_tty_write,
    .room = serial_tty_room,
    .fill = serial_tty_fill,
    .hold = serial_tty_hold,
    .queued = serial_tty_queued,
    .discard = serial_tty_discard,
};

void serial_service(void)
{
    spin_lock(&serial_tty.lock);
    serial_send(&serial);
    serial_tty_fill(&serial_tty);
    bool room = !serial.held && serial_room(&serial) > SERIAL_RING / 2;
    tty_unlock(&serial_tty);
    if (room)
        tty_writable(&serial_tty);
}

/* Registers the terminal if the machine has the port. Input is accepted from now on. */
void serial_tty_init(void)
{
    tty_init(&serial_tty, DEVICE(TERMINAL_MAJOR, SERIAL_MINOR), &serial_driver, &serial);
    if (serial_start(&serial))
        return;
    tty_register(&serial_tty, "ttyS0", 0660);
    serial_want_input(&serial, true);
}
