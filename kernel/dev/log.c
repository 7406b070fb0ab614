/* The kernel's log: lines with a time stamp, written to the second serial port.
 *
 * klog() must work everywhere: in an interrupt, with any lock held, and in a panic. So it waits for
 * nothing but the port, which it polls, and for its own lock, which is a plain word, because
 * spinlocks need the processor's data, which does not exist at the start. In a panic the lock is
 * ignored, as the processor that holds it may have been stopped. */
/* SPDX-License-Identifier: MIT */
#include "dev.h"
#include "uart.h"

#define PATIENCE 1000000 /* tries before a line is given up: the port may be dead */

static bool log_taken; /* the lock: see above */
static bool emergency; /* a panic: the lock is ignored */

/* atomic: less important records are not written to the port */
static unsigned port_level = LEVEL_DEBUG;

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
    if (annex_hooks.keep_log)
        annex_hooks.keep_log(ns, priority, text, length);
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

void uart_start(uint16_t base)
{
    port_out8(base + UART_INTERRUPTS, 0);
    port_out8(base + UART_FRAME, UART_DIVISOR | UART_8N1);
    port_out8(base + UART_DATA, 1); /* 115,200 baud */
    port_out8(base + UART_INTERRUPTS, 0);
    port_out8(base + UART_FRAME, UART_8N1);
    port_out8(base + UART_CAUSE, UART_QUEUES_ON);
    port_out8(base + UART_MODEM, UART_MODEM_ON);
}

void log_init(void)
{
    uart_start(COM2);
}

void log_emergency(void)
{
    __atomic_store_n(&emergency, true, __ATOMIC_RELAXED);
}
