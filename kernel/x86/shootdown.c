/* What processors ask of each other: TLB flushes, a look at the run queue, to stop for good. */
#include "local.h"

/* One flush at a time; the others read it while their REQUEST_FLUSH is set. */
static struct spinlock lock = SPINLOCK("shootdown", RANK_SHOOTDOWN);
void (*x86_flush_hook)(void);

static uint64_t flush_start; /* guarded by lock */
static size_t flush_pages;   /* guarded by lock; 0: all */

enum { SINGLY = 10 }; /* above that many pages one full flush is cheaper */

static void flush(uint64_t start, size_t n_pages)
{
    if (n_pages == 0 || n_pages > SINGLY)
        tlb_flush_all();
    else
        for (size_t i = 0; i < n_pages; i++)
            tlb_flush_page(start + i * PAGE_SIZE);
}

void cpu_poll(void)
{
    struct cpu *cpu = this_cpu();
    uint32_t requests = __atomic_load_n(&cpu->requests, __ATOMIC_ACQUIRE);
    if (requests & REQUEST_STOP)
        for (;;)
            asm volatile("cli; hlt");
    if (requests & REQUEST_FLUSH) {
        x86_flush_hook();
        flush(flush_start, flush_pages);
        __atomic_and_fetch(&cpu->requests, ~(uint32_t)REQUEST_FLUSH, __ATOMIC_RELEASE);
    }
}

void cpu_pause(void)
{
    asm volatile("pause");
    cpu_poll();
}

void tlb_shootdown(uint32_t cpu_mask, uint64_t start, size_t n_pages)
{
    cpu_mask &= ~(1u << this_cpu()->id) & ((1u << n_cpus) - 1);
    if (cpu_mask == 0)
        return;
    spin_lock(&lock);
    flush_start = start;
    flush_pages = n_pages;
    for (uint32_t id = 0; id < n_cpus; id++) {
        if (cpu_mask >> id & 1) {
            __atomic_or_fetch(&cpus[id]->requests, REQUEST_FLUSH, __ATOMIC_RELEASE);
            lapic_send(cpus[id]->apic_id, IPI_FIXED | IRQ_REQUEST);
        }
    }
    for (uint32_t id = 0; id < n_cpus; id++)
        while (cpu_mask >> id & 1 &&
               __atomic_load_n(&cpus[id]->requests, __ATOMIC_ACQUIRE) & REQUEST_FLUSH)
            cpu_pause();
    spin_unlock(&lock);
}

void cpu_kick(uint32_t id)
{
    struct cpu *cpu = cpus[id];
    if (cpu == this_cpu())
        cpu->resched = true;
    else
        lapic_send(cpu->apic_id, IPI_FIXED | IRQ_RESCHEDULE);
}

/* By NMI, because the others may be anywhere with interrupts off. */
void cpu_stop_others(void)
{
    for (uint32_t id = 0; id < n_cpus; id++) {
        if (cpus[id] != this_cpu()) {
            __atomic_or_fetch(&cpus[id]->requests, REQUEST_STOP, __ATOMIC_RELEASE);
            lapic_send(cpus[id]->apic_id, IPI_NMI);
        }
    }
}
