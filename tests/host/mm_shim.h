/* What the mm room needs of x86, for the host: fake physical memory, and processors with a TLB that
 * remembers too much.
 *
 * A test includes this first and then the room's sources. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdlib.h>
#include <string.h>

/* The header's own versions read GS and add DIRECT_MAP, or do more: they get other names here. */
#define phys_to_virt   x86_phys_to_virt
#define this_cpu       x86_this_cpu
#define current_thread x86_current_thread
#define spin_lock      x86_spin_lock
#define spin_unlock    x86_spin_unlock
#include "hooks.h"
#include "x86.h"
#undef phys_to_virt
#undef this_cpu
#undef current_thread
#undef spin_lock
#undef spin_unlock

enum { HOST_MEMORY = 64 << 20, HOST_FIRST = 1 << 20, HOST_CPUS = 3 };
enum { TLB_ENTRIES = 24, KNOWN_TABLES = 6 };

/* holds the contents of the physical addresses HOST_FIRST to HOST_FIRST + HOST_MEMORY */
static char *host_memory;
static struct cpu host_cpus[HOST_CPUS];
static struct cpu *host_cpu = &host_cpus[0]; /* the one that "runs" */
static int host_locks, host_inner_locks;     /* taken: all; those of a higher rank than a space's */

/* What a processor remembers. It forgets an entry only when told to, or when it needs the room for
 * another. */
struct tlb_entry {
    uint64_t page;
    pte_t pte; /* with the rights of all tables above; 0: free */
};
struct known_table {
    int level; /* 1 to 3; 0: free */
    uint64_t region;
    pte_t *table;
    pte_t rights;
};
static struct tlb_entry tlbs[HOST_CPUS][TLB_ENTRIES];
static struct known_table known_tables[HOST_CPUS][KNOWN_TABLES];
static const pte_t *host_cr3[HOST_CPUS];

bool host_one_step; /* what runs now is one step for the other processors (steps.c) */

static inline void *phys_to_virt(paddr_t phys)
{
    return host_memory + (phys - HOST_FIRST);
}
static inline struct cpu *this_cpu(void)
{
    return host_cpu;
}

pte_t *kernel_root;
uint32_t n_cpus = HOST_CPUS;

paddr_t virt_to_phys(const void *virt)
{
    return (const char *)virt - host_memory + HOST_FIRST;
}
void page_clear(void *page)
{
    memset(page, 0, PAGE_SIZE);
}
void page_copy(void *to, const void *from)
{
    memcpy(to, from, PAGE_SIZE);
}

static void host_require(bool condition, const char *what)
{
    if (condition)
        return;
    printf("Bail out! %s\n", what);
    abort();
}

/* Linked, but not called: what is used is below. */
const uint64_t spin_rank_bit[64];
void spin_wait(struct spinlock *lock, unsigned rank)
{
    (void)lock, (void)rank;
    abort();
}
void spin_not_held(const struct spinlock *lock)
{
    (void)lock;
    abort();
}

static inline void spin_lock(struct spinlock *lock)
{
    host_require(!lock->taken, "a lock taken twice");
    lock->taken = 1;
    host_locks++;
    host_inner_locks += lock->rank > RANK_SPACE;
}
static inline void spin_unlock(struct spinlock *lock)
{
    host_require(lock->taken, "a lock released that is not taken");
    lock->taken = 0;
    host_locks--;
    host_inner_locks -= lock->rank > RANK_SPACE;
}

int kernel_map(uint64_t address, paddr_t phys, uint64_t flags, paddr_t (*table_alloc)(void))
{
    (void)address, (void)phys, (void)flags, (void)table_alloc;
    abort();
}
paddr_t kernel_unmap(uint64_t address)
{
    (void)address;
    abort();
}

void root_add_kernel(pte_t *root)
{
    root[TABLE_ENTRIES - 1] = kernel_root[TABLE_ENTRIES - 1];
}
void root_remove_kernel(pte_t *root)
{
    root[TABLE_ENTRIES - 1] = 0;
}

/* Copies with user addresses: each is one step for the other processors. */
static void host_flush(uint32_t cpu, uint64_t start, size_t n_pages)
{
    bool nested = host_one_step;
    host_one_step = true;
    memset(known_tables[cpu], 0, sizeof(known_tables[cpu]));
    for (size_t i = 0; i < TLB_ENTRIES; i++) {
        struct tlb_entry *entry = &tlbs[cpu][i];
        if (!n_pages || (entry->page >= start && entry->page < start + n_pages * PAGE_SIZE))
            entry->pte = 0;
    }
    host_one_step = nested;
}
void root_load(const pte_t *root)
{
    host_cr3[host_cpu->id] = root;
    host_flush(host_cpu->id, 0, 0);
}
void tlb_shootdown(uint32_t cpu_mask, uint64_t start, size_t n_pages)
{
    for (uint32_t id = 0; id < HOST_CPUS; id++) {
        if (cpu_mask >> id & 1)
            host_flush(id, start, n_pages);
    }
}
void tlb_shootdown_kernel(void) {}

static void host_panic(const char *file, int line, const char *message)
{
    printf("Bail out! panic at %s:%d: %s\n", file, line, message);
    fflush(stdout);
    abort();
}

/* A random number below n; each run has the same ones. */
static uint32_t host_random(uint32_t n)
{
    static uint64_t seed = 88172645463325252ull;
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (seed >> 20) % n;
}

static bool host_go_on(bool wait)
{
    (void)wait;
    return true;
}

static unsigned host_rights(void)
{
    return CALLER_MAY_RESERVE;
}

/* Memory for a test, filled with garbage, as a real machine's may be. */
static void host_memory_init(void)
{
    host_memory = aligned_alloc(PAGE_SIZE, HOST_MEMORY);
    host_require(host_memory, "no memory");
    memset(host_memory, 0xa5, HOST_MEMORY);
    hooks.report_panic = host_panic;
    hooks.resched = host_go_on;
    hooks.caller_rights = host_rights;
    for (uint32_t id = 0; id < HOST_CPUS; id++)
        host_cpus[id] = (struct cpu){.self = &host_cpus[id], .id = id};
}
