/* A serial port as its owner drives it: input by single bytes, output through a ring. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "dev.h"

#define SERIAL_RING 4096 /* bytes of output that may wait; a power of two */

/* All fields are guarded by the lock of the port's owner, serial_tty.c. All functions but the first
 * require the caller to hold it. */
struct serial {
    uint8_t wanted;                                     /* UART_WANT_*: what may interrupt */
    bool held;                                          /* the terminal's ^S has stopped output */
    enum { BREAK_NONE, BREAK_SEEN, BREAK_TAKEN } broke; /* SysRq: a break came; its NUL came, too */
    uint32_t head, tail;                                /* of the ring: next to send, next free */
    uint8_t ring[SERIAL_RING];
};

/* Sets the port up and enables its interrupt, for which interrupt() is called: it takes the lock
 * and calls serial_send and, while there is room for input, serial_receive. 0 or -ENODEV. */
int serial_start(void (*interrupt)(void));
/* Reads up to `room` bytes of input from the port. The result is how many there were. */
size_t serial_receive(struct serial *port, uint8_t *to, size_t room);
/* Switches the interrupt for input. While it is off, input stays in the port, and then with the
 * sender. */
void serial_want_input(struct serial *port, bool wanted);
static inline size_t serial_queued(const struct serial *port)
{
    return port->tail - port->head;
}
static inline size_t serial_room(const struct serial *port)
{
    return SERIAL_RING - serial_queued(port);
}
/* Accepts bytes for sending. The result is how many: fewer than n if the ring is full. */
size_t serial_write(struct serial *port, const uint8_t *from, size_t n);
/* Sends from the ring what the port accepts, and asks for an interrupt if something is left. */
void serial_send(struct serial *port);
