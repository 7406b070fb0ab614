/* PCI: how the kernel finds a device, and gives it addresses and an interrupt.
 *
 * Every function of a device has 256 bytes of configuration. They are reached through two ports:
 * the kernel writes to the first which word it means, and finds that word in the second. The
 * configuration begins with the numbers of vendor and device. Base address registers (BARs) say
 * where the device's own registers are: among the ports if the lowest bit is set, else in memory.
 * The firmware sets them, or, as qboot does, leaves all of them 0. Then everything that QEMU's
 * boards have for such devices is free, and the kernel chooses.
 *
 * The interrupt is a message (MSI-X): a write of the device to the address of a processor's local
 * APIC, with the vector as its data. A table in the device's memory has address and data. An
 * interrupt line would be shared with devices that have no driver here, and one of those that had
 * been left asking would interrupt for ever. */
/* SPDX-License-Identifier: MIT */
#include "pci.h"

#include "x86.h"

enum {
    CONFIG_ADDRESS = 0xcf8,
    CONFIG_DATA = 0xcfc,
};
#define CONFIG_ON (1u << 31)

/* In the configuration. */
enum {
    PCI_NUMBER = 0x00,
    PCI_COMMAND = 0x04, /* and the status, above it */
    PCI_KIND = 0x0c,    /* its third byte */
    PCI_BAR = 0x10,
    PCI_CAPABILITIES = 0x34, /* where the list begins */
    COMMAND_PORTS = 1,
    COMMAND_MEMORY = 2,
    COMMAND_MASTER = 4, /* it may access memory, also to interrupt */
    KIND_MANY = 1 << 23,
    BAR_IS_PORTS = 1,
};

/* MSI-X: the capability, and an entry of the table. */
enum {
    CAPABILITY_MSIX = 0x11,
    MSIX_TABLE = 4, /* which BAR, and where in its memory */
    ENTRY_ADDRESS = 0,
    ENTRY_ADDRESS_HIGH,
    ENTRY_DATA,
    ENTRY_MASKED,
    MOST_CAPABILITIES = 48, /* so many fit */
};
#define MSIX_ON     (1u << 31)
#define MSIX_MASKED (1u << 30)

static uint32_t config_read(uint32_t function, uint32_t at)
{
    port_out32(CONFIG_ADDRESS, function | at);
    return port_in32(CONFIG_DATA);
}

static void config_write(uint32_t function, uint32_t at, uint32_t value)
{
    port_out32(CONFIG_ADDRESS, function | at);
    port_out32(CONFIG_DATA, value);
}

/* Has the device whose first function this is more of them? */
static bool has_many(uint32_t first)
{
    return config_read(first, PCI_NUMBER) != UINT32_MAX && config_read(first, PCI_KIND) & KIND_MANY;
}

uint32_t pci_find(uint32_t number)
{
    uint32_t step = 1; /* from a device's first function on: 1 or 8 */
    for (uint32_t i = 0; i < 256; i += step) {
        uint32_t function = CONFIG_ON | i << 8;
        if (config_read(function, PCI_NUMBER) == number)
            return function;
        if (i % 8 == 0)
            step = has_many(function) ? 1 : 8;
    }
    return 0;
}

uint32_t pci_registers(uint32_t function, unsigned n, uint32_t place)
{
    uint32_t at = PCI_BAR + 4 * n, value = config_read(function, at);
    uint32_t flags = value & BAR_IS_PORTS ? 3 : 15;
    if ((value & ~flags) == 0)
        config_write(function, at, place);
    return config_read(function, at) & ~flags;
}

/* Where in the configuration a capability is; 0 if the function does not have it. */
static uint32_t find_capability(uint32_t function, uint8_t kind)
{
    uint32_t at = config_read(function, PCI_CAPABILITIES) & 0xfc;
    for (int i = 0; at && i < MOST_CAPABILITIES; i++) {
        uint32_t head = config_read(function, at);
        if ((head & 0xff) == kind)
            return at;
        at = head >> 8 & 0xfc;
    }
    return 0;
}

bool pci_start(uint32_t function, uint32_t place, unsigned vector, void (*handler)(void))
{
    uint32_t at = find_capability(function, CAPABILITY_MSIX);
    if (!at)
        return false;
    uint32_t table = config_read(function, at + MSIX_TABLE);
    uint32_t memory = pci_registers(function, table & 7, place);
    config_write(function, PCI_COMMAND, COMMAND_PORTS | COMMAND_MEMORY | COMMAND_MASTER);
    volatile uint32_t *entry = phys_to_virt(memory + (table & ~7u));
    entry[ENTRY_ADDRESS] = irq_message(vector, handler);
    entry[ENTRY_ADDRESS_HIGH] = 0;
    entry[ENTRY_DATA] = vector;
    entry[ENTRY_MASKED] = 0;
    config_write(function, at, (config_read(function, at) | MSIX_ON) & ~MSIX_MASKED);
    return true;
}
