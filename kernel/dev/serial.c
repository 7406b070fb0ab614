/* A serial port: bytes in and out of a 16550A with as few port operations as possible.
 *
 * A port has two queues of 16 bytes, one for each direction. Each access to one of its registers is
 * expensive: in a virtual machine it leaves the guest. So output fills the queue each time that it
 * is empty, 16 bytes for one look at the status. Of input, 14 bytes are read without a look if the
 * interrupt says that there are so many.
 *
 * Output goes to the port directly if it is idle, and otherwise into a ring. When the port's queue
 * is empty, an interrupt sends more from the ring; this interrupt is enabled only while the ring
 * has something. Input is not buffered here: if its owner has no room, the input interrupt is
 * switched off, the port's queue fills, and the port makes the sender wait.
 *
 * Two details are easy to get wrong. The interrupt line reports only a rise: a port that asks for
 * something else while it is served causes no second interrupt, so the handler looks until it asks
 * for nothing. And some registers forget when they are read: the cause of an interrupt,
 * and that a break was received. The code that reads them must act on it. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "serial.h"
#include "uart.h"

int serial_start(void (*interrupt)(void))
{
    if (port_in8(COM1 + UART_STATUS) == UART_ABSENT)
        return -ENODEV;
    uart_start(COM1);
    irq_enable(IRQ_COM1, COM1_IRQ, interrupt);
    return 0;
}

/* Sets which events interrupt, if that changes. */
static void serial_want(struct serial *port, uint8_t wanted)
{
    if (port->wanted == wanted)
        return;
    port->wanted = wanted;
    port_out8(COM1 + UART_INTERRUPTS, wanted);
}

void serial_want_input(struct serial *port, bool wanted)
{
    serial_want(port, wanted ? port->wanted | UART_WANT_INPUT : port->wanted & ~UART_WANT_INPUT);
}

/* Reads the port's status, and notes a break: the port reports it once. */
static uint8_t serial_status(struct serial *port)
{
    uint8_t status = port_in8(COM1 + UART_STATUS);
    if (unlikely(status & UART_BREAK))
        port->broke = BREAK_SEEN;
    return status;
}

/* Handles bytes after a break: the NUL that belongs to it, and the letter for SysRq. True if the
 * byte is one of them. */
static bool is_sysrq(struct serial *port, uint8_t byte)
{
    if (port->broke == BREAK_SEEN && byte == 0) {
        port->broke = BREAK_TAKEN;
        return true;
    }
    if (port->broke != BREAK_TAKEN)
        return false;
    port->broke = BREAK_NONE;
    sysrq_ask((char)byte);
    return true;
}

size_t serial_receive(struct serial *port, uint8_t *to, size_t room)
{
    size_t n = 0;
    uint8_t cause = port_in8(COM1 + UART_CAUSE) & UART_CAUSE_MASK;
    if (port->wanted & UART_WANT_OUTPUT)
        serial_send(
            port); /* reading the cause has cleared an interrupt for output, if there was one */
    if (room >= UART_TRIGGER && cause == UART_CAUSE_FULL && port->broke == BREAK_NONE)
        for (; n < UART_TRIGGER; n++)
            to[n] = port_in8(COM1 + UART_DATA);
    while (n < room && serial_status(port) & UART_HAS_INPUT) {
        to[n] = port_in8(COM1 + UART_DATA);
        n += likely(port->broke == BREAK_NONE) || !is_sysrq(port, to[n]);
    }
    return n;
}

/* Writes bytes to the port while it accepts them. The result is how many it accepted. */
static size_t serial_push(struct serial *port, const uint8_t *from, size_t n)
{
    size_t done = 0;
    while (done < n && serial_status(port) & UART_CAN_SEND)
        for (size_t i = min(n - done, (size_t)UART_QUEUE); i > 0; i--)
            port_out8(COM1 + UART_DATA, from[done++]);
    return done;
}

void serial_send(struct serial *port)
{
    while (port->head != port->tail && !port->held) {
        uint32_t at = port->head % SERIAL_RING;
        size_t run = min((size_t)SERIAL_RING - at, serial_queued(port));
        size_t sent = serial_push(port, port->ring + at, run);
        port->head += sent;
        if (sent < run)
            break;
    }
    bool waits = port->head != port->tail && !port->held;
    serial_want(port, waits ? port->wanted | UART_WANT_OUTPUT : port->wanted & ~UART_WANT_OUTPUT);
}

size_t serial_write(struct serial *port, const uint8_t *from, size_t n)
{
    size_t done = 0;
    if (port->head == port->tail && !port->held)
        done = serial_push(port, from, n);
    for (; done < n && serial_room(port) > 0; done++)
        port->ring[port->tail++ % SERIAL_RING] = from[done];
    if (port->head != port->tail)
        serial_send(port);
    return done;
}
