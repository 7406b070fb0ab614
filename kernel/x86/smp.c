/* Starts the other processors and lets each run its idle loop. */
#include "local.h"

extern const char trampoline[], trampoline_end[];
extern char idle_stacks[];

static void (*other_cpu_entry)(void);

/* Where start.S sends each other processor, on its idle stack; id is the order of arrival. */
_Noreturn void other_cpu_main(uint32_t id);
void other_cpu_main(uint32_t id)
{
    cpu_init_tables(id);
    cpu_enable_features();
    lapic_init();
    struct cpu *cpu = this_cpu();
    cpu->apic_id = lapic_id();
    cpu_set_kernel_stack(idle_stacks + (id + 1) * IDLE_STACK_BYTES);
    cpu->online = true;
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

/* Emulated processors need no time between INIT and startup; whoever is late is asked once more. On
 * a busy host one may be very late. Who does not come at all is reset again, which holds it: it
 * must not wake up later, without the mappings that it starts with. */
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
