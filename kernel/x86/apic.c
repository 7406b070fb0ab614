/* Interrupts: each processor's local APIC, the I/O APIC for devices; the old PICs are off.
 *
 * A device raises a line of the I/O APIC, which sends a vector to the local APIC of processor 0.
 * The local APIC interrupts its processor. It also has a timer for that processor alone, and sends
 * interrupts to other processors (IPIs). After each interrupt the kernel acknowledges it (EOI);
 * before that the local APIC delivers no other of the same or lower priority. */
/* SPDX-License-Identifier: MIT */
#include "local.h"

#define LAPIC_BASE 0xfee00000ull

/* Registers of the local APIC, as offsets. */
enum {
    LAPIC_ID = 0x20,
    LAPIC_TASK_PRIORITY = 0x80,
    LAPIC_EOI = 0xb0,
    LAPIC_SPURIOUS = 0xf0,
    LAPIC_COMMAND = 0x300,
    LAPIC_COMMAND_HIGH = 0x310,
    LAPIC_TIMER = 0x320,
    LAPIC_LINT0 = 0x350,
    LAPIC_LINT1 = 0x360,
    LAPIC_ERROR = 0x370,
    LAPIC_TIMER_START = 0x380,
    LAPIC_TIMER_NOW = 0x390,
    LAPIC_TIMER_DIVIDE = 0x3e0,
    LVT_MASKED = 0x10000,
    LVT_NMI = 0x400,
    SPURIOUS_ENABLE = 0x100,
    COMMAND_BUSY = 0x1000,
    DIVIDE_BY_1 = 0xb,
};

enum { IO_SELECT = 0, IO_WINDOW = 0x10, IO_REDIRECTION = 0x10, IO_MASKED = 0x10000 };
enum { IO_ACTIVE_LOW = 1 << 13, IO_LEVEL = 1 << 15 };

static paddr_t io_apic;

static uint32_t lapic_read(uint32_t at)
{
    return *(volatile uint32_t *)phys_to_virt(LAPIC_BASE + at);
}

static void lapic_write(uint32_t at, uint32_t value)
{
    *(volatile uint32_t *)phys_to_virt(LAPIC_BASE + at) = value;
}

uint32_t lapic_id(void)
{
    return lapic_read(LAPIC_ID) >> 24;
}

/* LINT1 is the input for NMIs from outside: tools/vm asks for a report by QEMU's inject-nmi. The
 * firmware does not set it on every processor. */
void lapic_init(void)
{
    lapic_write(LAPIC_TASK_PRIORITY, 0);
    lapic_write(LAPIC_LINT0, LVT_MASKED);
    lapic_write(LAPIC_LINT1, LVT_NMI);
    lapic_write(LAPIC_ERROR, LVT_MASKED);
    lapic_write(LAPIC_TIMER_DIVIDE, DIVIDE_BY_1);
    lapic_write(LAPIC_TIMER, IRQ_TIMER);
    lapic_write(LAPIC_SPURIOUS, SPURIOUS_ENABLE | IRQ_SPURIOUS);
}

void lapic_send(uint32_t apic_id, uint32_t command)
{
    while (lapic_read(LAPIC_COMMAND) & COMMAND_BUSY)
        cpu_pause();
    lapic_write(LAPIC_COMMAND_HIGH, apic_id << 24);
    lapic_write(LAPIC_COMMAND, command);
}

uint32_t lapic_timer_count(void)
{
    return lapic_read(LAPIC_TIMER_NOW);
}

/* Starts the timer for one interrupt after `count` ticks; 0 stops it. */
void lapic_timer_start(uint32_t count)
{
    lapic_write(LAPIC_TIMER_START, count);
}

void irq_acknowledge(unsigned vector)
{
    if (vector != IRQ_SPURIOUS)
        lapic_write(LAPIC_EOI, 0);
}

static void io_write(uint32_t reg, uint32_t value)
{
    *(volatile uint32_t *)phys_to_virt(io_apic + IO_SELECT) = reg;
    *(volatile uint32_t *)phys_to_virt(io_apic + IO_WINDOW) = value;
}

static uint32_t io_read(uint32_t reg)
{
    *(volatile uint32_t *)phys_to_virt(io_apic + IO_SELECT) = reg;
    return *(volatile uint32_t *)phys_to_virt(io_apic + IO_WINDOW);
}

/* The two 8259s would otherwise deliver their interrupts as the vectors of exceptions. */
static void pic_disable(void)
{
    port_out8(0x21, 0xff);
    port_out8(0xa1, 0xff);
}

void ioapic_init(paddr_t base)
{
    pic_disable();
    io_apic = base;
    uint32_t last = io_read(1) >> 16 & 0xff;
    for (uint32_t line = 0; line <= last; line++)
        io_write(IO_REDIRECTION + 2 * line, IO_MASKED);
}

/* By vector; filled while the kernel starts, then constant. */
static void (*irq_handlers[IRQ_KEYBOARD - IRQ_COM1 + 1])(void);

void irq_handle(unsigned vector)
{
    irq_handlers[vector - IRQ_COM1]();
}

void irq_enable(unsigned vector, unsigned irq, void (*handler)(void))
{
    irq_handlers[vector - IRQ_COM1] = handler;
    uint32_t line = acpi_machine.irq_line[irq];
    uint16_t flags = acpi_machine.irq_flags[irq];
    uint32_t entry = vector;
    entry |= (flags & 3) == 3 ? IO_ACTIVE_LOW : 0;
    entry |= (flags >> 2 & 3) == 3 ? IO_LEVEL : 0;
    io_write(IO_REDIRECTION + 2 * line + 1, cpus[0]->apic_id << 24);
    io_write(IO_REDIRECTION + 2 * line, entry);
}

uint32_t irq_message(unsigned vector, void (*handler)(void))
{
    irq_handlers[vector - IRQ_COM1] = handler;
    return (uint32_t)LAPIC_BASE | cpus[0]->apic_id << 12;
}
