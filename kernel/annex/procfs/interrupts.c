/* /proc/interrupts: how often each processor was interrupted, and by what. */
/* SPDX-License-Identifier: MIT */
#include "nodes.h"

/* The interrupts that have a line: by the legacy number of a device, or the name of an interrupt
 * between processors. */
static const struct {
    unsigned vector;
    const char *number, *what;
} kinds[] = {
    {IRQ_KEYBOARD, "1", "   IO-APIC   1  keyboard"},
    {IRQ_COM1, "4", "   IO-APIC   4  serial"},
    {IRQ_MESSAGE, "24", "   PCI-MSI   0  virtio"},
    {IRQ_TIMER, "LOC", "  Local timer interrupts"},
    {IRQ_SPURIOUS, "SPU", "  Spurious interrupts"},
    {IRQ_RESCHEDULE, "RES", "  Rescheduling interrupts"},
    {IRQ_REQUEST, "CAL", "  Function call interrupts"},
};

static uint64_t count(uint32_t cpu, unsigned vector)
{
    return cpus[cpu]->n_interrupts[vector - IRQ_TIMER];
}

uint64_t count_interrupts(void)
{
    uint64_t sum = 0;
    for (uint32_t cpu = 0; cpu < n_cpus; cpu++)
        for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
            sum += count(cpu, kinds[i].vector);
    return sum;
}

/* Is there a line for it? Not for a device that has never interrupted, or does not exist. */
static bool is_shown(unsigned vector)
{
    bool device = vector == IRQ_KEYBOARD || vector == IRQ_COM1 || vector == IRQ_MESSAGE;
    for (uint32_t cpu = 0; cpu < n_cpus && device; cpu++)
        if (count(cpu, vector) > 0)
            return true;
    return !device;
}

int proc_text_interrupts(struct text *text, const struct proc_inode *of)
{
    (void)of;
    text_add(text, "%11s", "");
    for (uint32_t cpu = 0; cpu < n_cpus; cpu++)
        text_add(text, "CPU%-8u", cpu);
    text_add(text, "\n");
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        if (!is_shown(kinds[i].vector))
            continue;
        text_add(text, "%3s: ", kinds[i].number);
        for (uint32_t cpu = 0; cpu < n_cpus; cpu++)
            text_add(text, "%10lu ", count(cpu, kinds[i].vector));
        text_add(text, "%s\n", kinds[i].what);
    }
    return 0;
}
