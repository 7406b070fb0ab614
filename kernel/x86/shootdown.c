/* What processors ask of each other: TLB flushes, a look at the run queue, to stop for good. */
#include "local.h"

/* One flush at a time; the others read it while their REQUEST_FLUSH is set. */
static struct spinlock lock = SPINLOCK("shootdown", RANK_SHOOTDOWN);
static uint64_t flush_start; /* guarded by lock */
static size_t flush_pages;   /* guarded by lock; 0: all but global pages */

static uint64_t kernel_flushes; /* atomic: how often all were asked to forget the kernel's pages */

enum { SINGLY = 10 }; /* above that many pages one full flush is cheaper */

static void flush(uint64_t start, size_t n_pages)
{
    if (n_pages == 0 || n_pages > SINGLY)
        tlb_flush_user();
    else
        for (size_t i = 0; i < n_pages; i++)
            tlb_flush_page(start + i * PAGE_SIZE);
}

/* This processor forgets the kernel's pages too, if it was asked to since it did so last. */
static void flush_kernel(struct cpu *cpu)
{
    uint64_t asked = __atomic_load_n(&kernel_flushes, __ATOMIC_SEQ_CST);
    if (likely(cpu->kernel_flushes == asked))
        return;
    tlb_flush_all();
    __atomic_store_n(&cpu->kernel_flushes, asked, __ATOMIC_RELEASE);
}

void cpu_poll(void)
{
    struct cpu *cpu = this_cpu();
    flush_kernel(cpu);
    uint32_t requests = __atomic_load_n(&cpu->requests, __ATOMIC_ACQUIRE);
    if (requests & REQUEST_STOP)
        for (;;)
            asm volatile("cli; hlt");
    if (requests & REQUEST_FLUSH) {
        flush(flush_start, flush_pages);
        __atomic_and_fetch(&cpu->requests, ~(uint32_t)REQUEST_FLUSH, __ATOMIC_RELEASE);
    }
}

void cpu_pause(void)
{
    asm volatile("pause");
    cpu_poll();
}

/* Whoever asks for a flush does so first and looks at `halted` then. Here it is the other way
 * round, so one of the two sees the other. */
void cpu_wake(void)
{
    struct cpu *cpu = this_cpu();
    if (cpu->halted)
        __atomic_store_n(&cpu->halted, false, __ATOMIC_SEQ_CST);
    cpu_poll();
}

static void interrupt_all(uint32_t cpu_mask)
{
    for (uint32_t id = 0; id < n_cpus; id++) {
        if (cpu_mask >> id & 1)
            lapic_send(cpus[id]->apic_id, IPI_FIXED | IRQ_REQUEST);
    }
}

void tlb_shootdown(uint32_t cpu_mask, uint64_t start, size_t n_pages)
{
    uint32_t self = 1u << this_cpu()->id;
    if (cpu_mask & self)
        flush(start, n_pages);
    cpu_mask &= ~self & ((1u << n_cpus) - 1);
    if (cpu_mask == 0)
        return;
    spin_lock(&lock);
    flush_start = start;
    flush_pages = n_pages;
    for (uint32_t id = 0; id < n_cpus; id++) {
        if (cpu_mask >> id & 1)
            __atomic_or_fetch(&cpus[id]->requests, REQUEST_FLUSH, __ATOMIC_RELEASE);
    }
    interrupt_all(cpu_mask);
    for (uint32_t id = 0; id < n_cpus; id++) {
        while (cpu_mask >> id & 1 &&
               __atomic_load_n(&cpus[id]->requests, __ATOMIC_ACQUIRE) & REQUEST_FLUSH)
            cpu_pause();
    }
    spin_unlock(&lock);
}

/* The processors that look at kernel pages now. */
static uint32_t running(void)
{
    uint32_t mask = 0;
    for (uint32_t id = 0; id < n_cpus; id++) {
        if (!__atomic_load_n(&cpus[id]->halted, __ATOMIC_SEQ_CST))
            mask |= 1u << id;
    }
    return mask;
}

/* No lock: several may ask at once, and each waits for what it asked. */
void tlb_shootdown_kernel(void)
{
    uint64_t asked = __atomic_add_fetch(&kernel_flushes, 1, __ATOMIC_SEQ_CST);
    uint32_t cpu_mask = running() & ~(1u << this_cpu()->id);
    flush_kernel(this_cpu());
    interrupt_all(cpu_mask);
    for (uint32_t id = 0; id < n_cpus; id++) {
        while (cpu_mask >> id & 1 &&
               __atomic_load_n(&cpus[id]->kernel_flushes, __ATOMIC_ACQUIRE) < asked)
            cpu_pause();
    }
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
