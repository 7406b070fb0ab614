/* The kernel's log: whole lines with a time stamp, written to the second serial port by waiting. */
#include "dev.h"
#include "uart.h"

#define PATIENCE 1000000 /* looks at the port before a line is given up: it may be dead */

static bool log_taken; /* the lock: a plain word, as it works before processors have blocks */
static bool emergency; /* panic: whoever holds the lock may be stopped for good */

/* Writes bytes to the port, up to a queue's length each time that it is empty. */
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

/* The hook of klog: one line, never torn by another processor's. */
static void log_line(const char *line, size_t length)
{
    char stamp[32];
    uint64_t us = clock_ns() / 1000;
    int n = format(stamp, sizeof(stamp), "[%5lu.%06lu] ", us / 1000000, us % 1000000);
    while (!emergency && __atomic_exchange_n(&log_taken, true, __ATOMIC_ACQUIRE))
        cpu_pause();
    log_write(stamp, n);
    log_write(line, length);
    log_write("\n", 1);
    if (!emergency)
        __atomic_store_n(&log_taken, false, __ATOMIC_RELEASE);
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
    lib_hooks.log_line = log_line;
}

void log_emergency(void)
{
    __atomic_store_n(&emergency, true, __ATOMIC_RELAXED);
}
