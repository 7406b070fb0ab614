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

/* Sends and receives what the port is ready for. */
static void serial_service(void)
{
    spin_lock(&serial_tty.lock);
    serial_send(&serial);
    serial_tty_fill(&serial_tty);
    bool room = !serial.held && serial_room(&serial) > SERIAL_RING / 2;
    tty_unlock(&serial_tty);
    if (room)
        tty_writable(&serial_tty);
}

static void serial_interrupt(void)
{
    for (int round = 0; round < 100 && !(port_in8(COM1 + UART_CAUSE) & UART_CAUSE_NONE); round++)
        serial_service();
    sysrq_answer();
}

/* Registers the terminal if the machine has the port. Input is accepted from now on. */
void serial_tty_init(void)
{
    tty_init(&serial_tty, DEVICE(TERMINAL_MAJOR, SERIAL_MINOR), &serial_driver, &serial);
    if (serial_start(serial_interrupt))
        return;
    tty_register(&serial_tty, "ttyS0", 0660);
    serial_want_input(&serial, true);
}

/* Polls, as it is called at the end of the machine, and gives up if nothing moves for ten seconds.
 * It calls serial_service(), which takes the owner's lock, as another processor still takes the
 * interrupt of the port. */
void dev_finish(void)
{
    uint64_t give_up = clock_ns() + 10000000000ull;
    while (port_in8(COM1 + UART_STATUS) != UART_ABSENT && clock_ns() < give_up) {
        uint32_t before = serial.head;
        serial_service();
        if (serial.head != before)
            give_up = clock_ns() + 10000000000ull;
        bool idle = serial.head == serial.tail || serial.held;
        if (idle && port_in8(COM1 + UART_STATUS) & UART_ALL_SENT)
            break;
        cpu_pause();
    }
}
