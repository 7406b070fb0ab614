/* PCI as one driver needs it: to find a device, its registers, and its interrupt. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* The first function on bus 0 with this number (device's << 16 | vendor's), as a value for the
 * other functions; 0 if there is none. */
uint32_t pci_find(uint32_t number);
/* Where the registers are that the n-th base address register describes: the first port, or a
 * physical address. If the firmware has given them no place, they get `place`. */
uint32_t pci_registers(uint32_t function, unsigned n, uint32_t place);
/* Turns the function on, and has it interrupt by a message, for which handler() is called (see
 * irq_message). The base address registers have been asked for. False if it sends no messages. */
bool pci_start(uint32_t function, uint32_t place, unsigned vector, void (*handler)(void));
