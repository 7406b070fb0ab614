/* The registers of a PC's serial port (16550A), for serial.c and log.c. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

enum {
    COM1 = 0x3f8,
    COM2 = 0x2f8,
    COM1_IRQ = 4,
};

/* Offsets from the port's base. */
enum {
    UART_DATA = 0,
    UART_INTERRUPTS = 1, /* which events interrupt */
    UART_CAUSE = 2,      /* read: the cause of the interrupt; write: the settings of the queues */
    UART_FRAME = 3,
    UART_MODEM = 4,
    UART_STATUS = 5,
};

enum {
    UART_WANT_INPUT = 1,
    UART_WANT_OUTPUT = 2,
    UART_CAUSE_NONE = 1,
    UART_CAUSE_MASK = 0x0f,
    UART_CAUSE_FULL = 0x04, /* at least UART_TRIGGER bytes of input wait */
    UART_QUEUES_ON = 0xc7,  /* on and empty; input interrupts at UART_TRIGGER bytes or soon */
    UART_TRIGGER = 14,
    UART_QUEUE = 16, /* bytes that the output queue holds */
    UART_8N1 = 0x03,
    UART_DIVISOR = 0x80,
    UART_MODEM_ON = 0x0b, /* DTR, RTS, and OUT2, which lets interrupts through */
    UART_HAS_INPUT = 0x01,
    UART_BREAK = 0x10,    /* a break: the line was held low; cleared by reading */
    UART_CAN_SEND = 0x20, /* the queue of output is empty */
    UART_ALL_SENT = 0x40,
    UART_ABSENT = 0xff,
};

/* Sets a port up, with its interrupts off. In log.c, which needs it first. */
void uart_start(uint16_t base);
