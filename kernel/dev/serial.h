/* A serial port as its owner drives it: input by single bytes, output through a ring. */
#pragma once

#include "dev.h"

#define SERIAL_RING 4096 /* bytes of output that may wait; a power of two */

/* All fields but the first three are guarded by the owner's lock, which every function here but
 * serial_start asks the caller to hold. */
struct serial {
    uint16_t base;
    /* Called at the port's interrupt, without the lock: takes it and calls serial_send and, as long
     * as there is room for it, serial_receive. */
    void (*service)(struct serial *port);
    struct serial *next;
    uint8_t wanted;                                     /* UART_WANT_*: what may interrupt */
    bool held;                                          /* output is stopped by the terminal's ^S */
    enum { BREAK_NONE, BREAK_SEEN, BREAK_TAKEN } broke; /* the next byte is its NUL; SysRq's */
    uint32_t head, tail;                                /* of the ring: next to send, next free */
    uint8_t *ring;
};

int serial_start(struct serial *port, uint16_t base, unsigned irq_vector,
                 void (*service)(struct serial *port));
size_t serial_receive(struct serial *port, uint8_t *to, size_t room);
void serial_want_input(struct serial *port, bool wanted);
static inline size_t serial_queued(const struct serial *port)
{
    return port->tail - port->head;
}
static inline size_t serial_room(const struct serial *port)
{
    return SERIAL_RING - serial_queued(port);
}
size_t serial_write(struct serial *port, const uint8_t *from, size_t n);
void serial_send(struct serial *port);
