/* Requests among processors: TLB flushes, a look at the run queue, and to stop for good.
 *
 * Each processor keeps translations of addresses in its TLB, and the hardware does not update them
 * when a page table changes. So when mm has removed an entry, or a right from it, other processors
 * may go on using the old translation. A thread there could still write a page that the kernel has
 * given to another program. Before the frame is used again, every processor that may know the old
 * translation must have flushed it: this is a TLB shootdown.
 *
 * tlb_shootdown() flushes its own TLB, takes a lock, writes down which pages are meant, sets a bit
 * in `requests` of each processor concerned, and interrupts them. Each flushes and clears its bit
 * (cpu_poll). When all bits are clear, the shootdown is complete and the lock is released. The
 * pages that are written down cannot change while any bit is set.
 *
 * A processor that runs kernel code does not take the interrupt, as interrupts are off. It takes it
 * on its return to user mode, or it serves the request earlier if it spins. The latter is vital: it
 * may spin for a lock that the asking processor holds, and would wait for ever. Therefore every
 * loop that spins calls cpu_pause(), here too.
 *
 * Translations of kernel pages are flushed rarely and by all processors, so they have another
 * protocol. A counter says how often this was asked for; each processor keeps the count up to which
 * it has done so. Any
 * number of processors may ask at the same time. A halted processor accesses no kernel page that is
 * unmapped, so it is not interrupted: it compares the counts when it wakes up. The asking processor
 * first counts and then reads `halted`; the waking one first clears `halted` and then reads the
 * count. In whichever order this happens, at least one of them sees what the other has written. */
/* SPDX-License-Identifier: MIT */
#include "local.h"

/* The flush that is going on, one at a time. The others read it while their REQUEST_FLUSH is
 * set. */
static struct spinlock lock = SPINLOCK("shootdown", RANK_SHOOTDOWN);
static uint64_t flush_start; /* guarded by lock */
static size_t flush_pages;   /* guarded by lock; 0: all but global pages */

static uint64_t kernel_flushes; /* atomic: how often a flush of kernel pages was asked for */

enum { SINGLY = 10 }; /* for more pages than that, one full flush is cheaper */

static void flush(uint64_t start, size_t n_pages)
{
    if (n_pages == 0 || n_pages > SINGLY)
        tlb_flush_user();
    else
        for (size_t i = 0; i < n_pages; i++)
            tlb_flush_page(start + i * PAGE_SIZE);
}

/* Flushes kernel pages too, if that was asked for since this processor last did so. */
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

/* The processors that are not halted, as a mask. */
static uint32_t running(void)
{
    uint32_t mask = 0;
    for (uint32_t id = 0; id < n_cpus; id++) {
        if (!__atomic_load_n(&cpus[id]->halted, __ATOMIC_SEQ_CST))
            mask |= 1u << id;
    }
    return mask;
}

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

/* By an NMI, because the others may have interrupts off and may never turn them on again. */
void cpu_stop_others(void)
{
    for (uint32_t id = 0; id < n_cpus; id++) {
        if (cpus[id] != this_cpu()) {
            __atomic_or_fetch(&cpus[id]->requests, REQUEST_STOP, __ATOMIC_RELEASE);
            lapic_send(cpus[id]->apic_id, IPI_NMI);
        }
    }
}
