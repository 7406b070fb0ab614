/* The map of the address space, page tables, and flushing what processors remember of them. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include "sizes.h"

enum {
    PAGE_SHIFT = 12,
    PAGE_SIZE = 4096,
    TABLE_ENTRIES = 512,
    KSTACK_BYTES = KSTACK_PAGES * PAGE_SIZE,
};

#define USER_END \
    0x00007ffffffff000ull /* the first address after user space; the page there is never mapped */
#define DIRECT_MAP \
    0xffff888000000000ull /* all physical memory, readable and writable, never executable */
#define KSTACK_AREA 0xffffc90000000000ull /* kernel stacks, each with a guard page below it */
#define KERNEL_BASE 0xffffffff80000000ull /* the kernel's own image */

typedef uint64_t paddr_t; /* a physical address, in bytes */

static inline void *phys_to_virt(paddr_t phys)
{
    return (void *)(phys + DIRECT_MAP);
}
paddr_t virt_to_phys(const void *virt); /* of a direct-map or kernel-image address */

/* ---- Page tables ---- */

typedef uint64_t pte_t;

enum {
    PTE_PRESENT = 1 << 0,
    PTE_WRITE = 1 << 1,
    PTE_USER = 1 << 2,
    PTE_WRITE_THROUGH = 1 << 3,
    PTE_NO_CACHE = 1 << 4,
    PTE_ACCESSED = 1 << 5,
    PTE_DIRTY = 1 << 6,
    PTE_LARGE = 1 << 7,
    PTE_GLOBAL = 1 << 8,
    PTE_SOFT_SHARED = 1 << 9, /* for the kernel's use: a MAP_SHARED page, not copied on write */
    PTE_SOFT_2 = 1 << 10,
    PTE_SOFT_3 = 1 << 11,
};
#define PTE_NX      (1ull << 63)
#define PTE_ADDRESS 0x000ffffffffff000ull

static inline paddr_t pte_phys(pte_t pte)
{
    return pte & PTE_ADDRESS;
}
static inline unsigned table_index(uint64_t address, int level)
{ /* level 4 is the root, 1 holds pages */
    return (address >> (PAGE_SHIFT + 9 * (level - 1))) & (TABLE_ENTRIES - 1);
}

/* The root page table (PML4) of a processor that has no address space loaded. All roots have the
 * entries of its upper half. */
extern pte_t *kernel_root;
void root_add_kernel(pte_t *root);    /* copies the kernel's entries into an empty root */
void root_remove_kernel(pte_t *root); /* clears them again */
void root_load(const pte_t *root);    /* writes CR3, which flushes all user translations */
/* Maps one page of kernel space; table_alloc gives zeroed frames for page tables, or 0. 0 or
 * -ENOMEM. */
int kernel_map(uint64_t address, paddr_t phys, uint64_t flags, paddr_t (*table_alloc)(void));
/* Clears the entry and returns the frame that was mapped, or 0. The caller flushes the TLBs. */
paddr_t kernel_unmap(uint64_t address);
paddr_t x86_memory_limit(void); /* the end of the memory that the direct map can contain */

#define ALL_CPUS UINT32_MAX
/* Flushes, in the TLB of each processor of the mask (bit = id), the translations of the pages
 * [start, start + n_pages * PAGE_SIZE), or of all but global pages if n_pages is 0. Returns when
 * all of them have done so: then no processor uses an old translation any more. */
void tlb_shootdown(uint32_t cpu_mask, uint64_t start, size_t n_pages);
/* Flushes everything, global pages included, in all TLBs. Returns when all processors that run have
 * done so. A halted one is left alone: it flushes before it next accesses those pages. */
void tlb_shootdown_kernel(void);
