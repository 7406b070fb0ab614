/* Starts the other processors and lets each run its idle loop.
 *
 * After power-on one processor boots; the others wait for two interrupts from it. INIT resets them,
 * STARTUP lets them run in 16-bit mode at a page below 1 MB. To that page x86_start_others() copies
 * the trampoline of start.S, which enters 32-bit mode and then, by the same code as the first
 * processor, 64-bit mode with boot_root as its page table. It takes the next free number, which is
 * its id, and with it one of the idle stacks, and calls other_cpu_main(). That sets up the tables
 * of the processor and counts it in n_cpus: this is the sign for the first processor to start the
 * next. They start one after the other, since all use the same trampoline page and tables.
 *
 * Until a processor has its struct cpu it must not take a lock, log or panic.
 *
 * Under emulation no pause is needed between INIT and STARTUP. But a host that is busy may delay a
 * processor, or it loses the STARTUP. So after 20 ms it gets a second one, and is then given ten
 * seconds. A processor that has not come by then gets another INIT, which holds it in reset: it
 * must not wake up later, when the identity map that it starts with is gone. */
/* SPDX-License-Identifier: MIT */
#include "local.h"

extern const char trampoline[], trampoline_end[];
extern char idle_stacks[];

static void (*other_cpu_entry)(void);

/* start.S calls this on each other processor, on its idle stack; ids are in order of arrival. */
_Noreturn void other_cpu_main(uint32_t id);
void other_cpu_main(uint32_t id)
{
    cpu_init_tables(id);
    cpu_enable_features();
    lapic_init();
    struct cpu *cpu = this_cpu();
    cpu->apic_id = lapic_id();
    cpu_set_kernel_stack(idle_stacks + (id + 1) * IDLE_STACK_BYTES);
    __atomic_add_fetch(&n_cpus, 1, __ATOMIC_RELEASE);
    other_cpu_entry();
    panic("the idle loop of processor %u ended", id);
}

static void start_one(uint32_t apic_id)
{
    lapic_send(apic_id, IPI_INIT);
    lapic_send(apic_id, IPI_STARTUP | AP_TRAMPOLINE >> 12);
}

static bool wait_for(uint32_t count, uint64_t ns)
{
    uint64_t end = clock_ns() + ns;
    while (__atomic_load_n(&n_cpus, __ATOMIC_ACQUIRE) < count && clock_ns() < end)
        asm volatile("pause");
    return __atomic_load_n(&n_cpus, __ATOMIC_ACQUIRE) >= count;
}

enum { PATIENCE_NS = 20000000 };
#define LONG_PATIENCE_NS 10000000000ull

void x86_start_others(void (*entry)(void))
{
    const struct acpi_machine *m = &acpi_machine;
    uint32_t wanted = 1;
    other_cpu_entry = entry;
    memcpy(phys_to_virt(AP_TRAMPOLINE), trampoline, (size_t)(trampoline_end - trampoline));
    for (uint32_t i = 0; i < m->n_processors; i++) {
        if (m->apic_ids[i] == cpus[0]->apic_id)
            continue;
        start_one(m->apic_ids[i]);
        if (!wait_for(++wanted, PATIENCE_NS))
            lapic_send(m->apic_ids[i], IPI_STARTUP | AP_TRAMPOLINE >> 12);
        if (!wait_for(wanted, LONG_PATIENCE_NS)) {
            lapic_send(m->apic_ids[i], IPI_INIT);
            klog("smp: processor with APIC id %u does not start", m->apic_ids[i]);
            wanted--;
        }
    }
    paging_drop_identity();
}

void x86_init_devices(paddr_t rsdp)
{
    acpi_read(rsdp);
    lapic_init();
    cpus[0]->apic_id = lapic_id();
    ioapic_init(acpi_machine.io_apic);
    clock_init();
}
