/* What the files of this room share: device numbers and functions for bring-up. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "dev.h"
#include "uart.h"

/* Linux's device numbers; those of our own devices are from its range for local use. */
enum {
    MEMORY_MAJOR = 1,
    TERMINAL_MAJOR = 4,
    CONSOLE_MAJOR = 5,
    HOST_MAJOR = 240,
    SERIAL_MINOR = 64,
    TTY_GROUP = 5, /* owns terminals */
};

#define UART_TAKE (2 * UART_QUEUE) /* bytes that are read from a port at a time */

void memory_devices_init(void);
void serial_tty_init(void);
void tty_init_devices(const char *console);
