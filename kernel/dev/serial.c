/* Serial ports: bytes in and out of a 16550A with as few port operations as it allows. */
#include "abi/errno.h"
#include "serial.h"
#include "uart.h"

static struct serial *all_ports; /* added to during bring-up only */

/* Serves every port that asks, until none does: ports share an interrupt line that tells only of
 * its rise, so one that rises while another is served must be found here. */
static void serial_interrupt(void)
{
    bool served = true;
    for (int round = 0; served && round < 100; round++) {
        served = false;
        for (struct serial *port = all_ports; port; port = port->next) {
            if (port_in8(port->base + UART_CAUSE) & UART_CAUSE_NONE)
                continue;
            port->service(port);
            served = true;
        }
    }
    sysrq_answer();
}

/* Sets the port up and lists it for its interrupt; 0, -ENODEV or -ENOMEM. */
int serial_start(struct serial *port, uint16_t base, unsigned irq_vector,
                 void (*service)(struct serial *port))
{
    port->base = base;
    port->service = service;
    if (port_in8(base + UART_STATUS) == UART_ABSENT)
        return -ENODEV;
    port->ring = kmalloc(SERIAL_RING);
    if (!port->ring)
        return -ENOMEM;
    port_out8(base + UART_FRAME, UART_DIVISOR | UART_8N1);
    port_out8(base + UART_DATA, 1); /* 115,200 baud */
    port_out8(base + UART_INTERRUPTS, 0);
    port_out8(base + UART_FRAME, UART_8N1);
    port_out8(base + UART_CAUSE, UART_QUEUES_ON);
    port_out8(base + UART_MODEM, UART_MODEM_ON);
    port->next = all_ports;
    all_ports = port;
    irq_enable(irq_vector, serial_interrupt);
    return 0;
}

/* Tells the port what may interrupt, if that changes. */
static void serial_want(struct serial *port, uint8_t wanted)
{
    if (port->wanted == wanted)
        return;
    port->wanted = wanted;
    port_out8(port->base + UART_INTERRUPTS, wanted);
}

/* Whether input interrupts. While it does not, bytes stay in the port, and then with the sender. */
void serial_want_input(struct serial *port, bool wanted)
{
    serial_want(port, wanted ? port->wanted | UART_WANT_INPUT : port->wanted & ~UART_WANT_INPUT);
}

/* The port's status. That the line was broken must be noted here: the port tells it once. */
static uint8_t serial_status(struct serial *port)
{
    uint8_t status = port_in8(port->base + UART_STATUS);
    if (unlikely(status & UART_BREAK))
        port->broke = BREAK_SEEN;
    return status;
}

/* A byte that came in after a break: its own NUL, then SysRq's letter. True if it is one of them.
 */
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

/* Takes up to `room` bytes of input from the port; how many there were. A full queue is emptied
 * without a look at the status for each byte. */
size_t serial_receive(struct serial *port, uint8_t *to, size_t room)
{
    size_t n = 0;
    uint8_t cause = port_in8(port->base + UART_CAUSE) & UART_CAUSE_MASK;
    if (port->wanted & UART_WANT_OUTPUT)
        serial_send(port); /* the look at the cause has answered an interrupt for output, if any */
    if (room >= UART_TRIGGER && cause == UART_CAUSE_FULL && port->broke == BREAK_NONE)
        for (; n < UART_TRIGGER; n++)
            to[n] = port_in8(port->base + UART_DATA);
    while (n < room && serial_status(port) & UART_HAS_INPUT) {
        to[n] = port_in8(port->base + UART_DATA);
        n += likely(port->broke == BREAK_NONE) || !is_sysrq(port, to[n]);
    }
    return n;
}

/* Gives bytes to the port while it takes them; how many it took. */
static size_t serial_push(struct serial *port, const uint8_t *from, size_t n)
{
    size_t done = 0;
    while (done < n && serial_status(port) & UART_CAN_SEND)
        for (size_t i = min(n - done, (size_t)UART_QUEUE); i > 0; i--)
            port_out8(port->base + UART_DATA, from[done++]);
    return done;
}

/* Sends from the ring what the port takes; asks for an interrupt if something stays. */
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

/* Accepts bytes for sending; how many, fewer than n when the ring is full. */
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

/* Waits until the last byte has left all ports; gives up where nothing moves for ten seconds. Only
 * at the machine's end: it polls. Through `service`, under the owner's lock: other processors take
 * the ports' interrupts as before. */
void dev_finish(void)
{
    for (struct serial *port = all_ports; port; port = port->next) {
        uint64_t give_up = clock_ns() + 10000000000ull;
        while (clock_ns() < give_up) {
            uint32_t before = port->head;
            port->service(port);
            if (port->head != before)
                give_up = clock_ns() + 10000000000ull;
            bool idle = port_in8(port->base + UART_STATUS) & UART_ALL_SENT;
            if ((port->head == port->tail || port->held) && idle)
                break;
            cpu_pause();
        }
    }
}
