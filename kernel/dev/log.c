/* The kernel's log: lines with a time stamp, kept in a ring, and written to the second serial port.
 *
 * klog() must work everywhere: in an interrupt, with any lock held, and in a panic. So it waits for
 * nothing but the port, which it polls, and for its own lock, which is a plain word, because
 * spinlocks need the processor's data, which does not exist at the start. In a panic the lock is
 * ignored, as the processor that holds it may have been stopped.
 *
 * The ring has the newest records, each with a head of time, priority and length. A place in it is
 * a pair: the number of the next record, and the number of bytes ever written before it, which
 * modulo the ring's size is the position. When a new record needs room, the oldest ones are
 * dropped. A reader keeps its own place; if its next record was dropped, its number is below that
 * of the oldest, and it learns that it has lost some. */
/* SPDX-License-Identifier: MIT */
#include "log.h"
#include "uart.h"

#define PATIENCE 1000000 /* tries before a line is given up: the port may be dead */

static bool log_taken; /* the lock: see above */
static bool emergency; /* a panic: the lock is ignored */

struct log_ring log_ring;

static unsigned port_level =
    LEVEL_DEBUG; /* atomic: less important records are not written to the port */

void log_lock(void)
{
    while (!emergency && __atomic_exchange_n(&log_taken, true, __ATOMIC_ACQUIRE))
        cpu_pause();
}

void log_unlock(void)
{
    if (!emergency)
        __atomic_store_n(&log_taken, false, __ATOMIC_RELEASE);
}

/* ---- The ring ---- */

static void ring_put(uint64_t at, const void *from, size_t n)
{
    size_t place = at % LOG_RING, first = min(n, LOG_RING - place);
    memcpy(log_ring.bytes + place, from, first);
    memcpy(log_ring.bytes, (const uint8_t *)from + first, n - first);
}

void log_get(uint64_t at, void *to, size_t n)
{
    size_t place = at % LOG_RING, first = min(n, LOG_RING - place);
    memcpy(to, log_ring.bytes + place, first);
    memcpy((uint8_t *)to + first, log_ring.bytes, n - first);
}

void log_pass(struct log_place *place, const struct log_head *head)
{
    place->seq++;
    place->at += sizeof(*head) + head->length;
}

/* Adds a record; the oldest ones are dropped to make room. Lock: log_taken held. */
static void keep(uint64_t ns, unsigned priority, const char *text, size_t length)
{
    struct log_head head = {ns, priority, (uint32_t)length}, old;
    struct log_ring *ring = &log_ring;
    while (ring->end.at + sizeof(head) + length - ring->oldest.at > LOG_RING) {
        log_get(ring->oldest.at, &old, sizeof(old));
        log_pass(&ring->oldest, &old);
    }
    ring_put(ring->end.at, &head, sizeof(head));
    ring_put(ring->end.at + sizeof(head), text, length);
    log_pass(&ring->end, &head);
}

/* ---- The port ---- */

/* Writes bytes to the port: as many as its queue holds, each time that this is empty. */
static void log_write(const char *text, size_t n)
{
    while (n > 0) {
        for (int tries = 0; !(port_in8(COM2 + UART_STATUS) & UART_CAN_SEND); tries++) {
            if (tries >= PATIENCE)
                return;
        }
        for (size_t i = min(n, (size_t)UART_QUEUE); i > 0; i--, n--)
            port_out8(COM2 + UART_DATA, *text++);
    }
}

static void show(uint64_t ns, const char *line, size_t length)
{
    char stamp[32];
    int n = format(stamp, sizeof(stamp), "[%5lu.%06lu] ", ns / 1000000000, ns / 1000 % 1000000);
    log_write(stamp, n);
    log_write(line, length);
    log_write("\n", 1);
}

void log_add(unsigned priority, const char *text, size_t length)
{
    uint64_t ns = clock_ns();
    log_lock();
    keep(ns, priority, text, min(length, (size_t)LOG_TEXT));
    if (emergency || priority % 8 < __atomic_load_n(&port_level, __ATOMIC_RELAXED))
        show(ns, text, length);
    log_unlock();
}

void log_line(const char *line, size_t length)
{
    log_add(LEVEL_INFO, line, length);
}

unsigned log_set_level(unsigned level)
{
    return __atomic_exchange_n(&port_level, level, __ATOMIC_RELAXED);
}

void log_init(void)
{
    port_out8(COM2 + UART_INTERRUPTS, 0);
    port_out8(COM2 + UART_FRAME, UART_DIVISOR | UART_8N1);
    port_out8(COM2 + UART_DATA, 1); /* 115,200 baud */
    port_out8(COM2 + UART_INTERRUPTS, 0);
    port_out8(COM2 + UART_FRAME, UART_8N1);
    port_out8(COM2 + UART_CAUSE, UART_QUEUES_ON);
    port_out8(COM2 + UART_MODEM, UART_MODEM_ON);
}

void log_emergency(void)
{
    __atomic_store_n(&emergency, true, __ATOMIC_RELAXED);
}
