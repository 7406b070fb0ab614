/* The kernel's half of the address space: direct map, image with its rights, kernel stacks; TLB.
 *
 * The upper half of every address space is the kernel's, so that a system call needs no change of
 * page tables. It has three parts: the direct map, in which each byte of physical memory has an
 * address; the image, whose pages are executable or writable but never both; and the kernel stacks.
 *
 * Every root page table has the same few entries for these parts (root_add_kernel). They point to
 * the same page tables one level below, so whatever is mapped there later is seen in all address
 * spaces at once. This only works because the entries of the root never change after boot:
 * n_kernel_entries is final once memory is mapped.
 *
 * start.S has mapped the first GB, writable and executable, at three addresses: its own (identity),
 * the direct map and the image. x86_map_memory() replaces the last two. The identity map is needed
 * until the last processor has turned on paging, and is then removed.
 *
 * Pages of the kernel are global: they stay in the TLB when CR3 is loaded. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "local.h"

#define LARGE_PAGE (2ull << 20)
#define GB         (1ull << 30)

extern pte_t boot_root[], boot_direct_pdpt[], boot_image_pdpt[], boot_stack_pdpt[];
extern char kernel_start[], kernel_text_end[], kernel_rodata_end[], kernel_end[];

static pte_t image_directory[TABLE_ENTRIES] __attribute__((aligned(PAGE_SIZE)));
static pte_t image_tables[IMAGE_TABLES][TABLE_ENTRIES] __attribute__((aligned(PAGE_SIZE)));

/* Guards the making of tables below kernel_root. */
static struct spinlock lock = SPINLOCK("kernel tables", RANK_OBJECT);

pte_t *kernel_root = boot_root;

/* The numbers of the upper half's entries that are in use. Constant after x86_map_memory. */
static uint16_t kernel_entries[8];
static size_t n_kernel_entries;

paddr_t virt_to_phys(const void *virt)
{
    uint64_t at = (uint64_t)virt;
    return at >= KERNEL_BASE ? at - KERNEL_BASE : at - DIRECT_MAP;
}

static pte_t table_entry(const void *table)
{
    return virt_to_phys(table) | PTE_PRESENT | PTE_WRITE;
}

/* Maps the image page by page: code is executable, constants are readable, data is writable. */
static void map_image(void)
{
    for (uint64_t at = (uint64_t)kernel_start; at < (uint64_t)kernel_end; at += PAGE_SIZE) {
        uint64_t rights = PTE_WRITE | PTE_NX;
        if (at < (uint64_t)kernel_text_end)
            rights = 0;
        else if (at < (uint64_t)kernel_rodata_end)
            rights = PTE_NX;
        uint64_t page = (at - KERNEL_BASE) / PAGE_SIZE;
        image_tables[page / TABLE_ENTRIES][page % TABLE_ENTRIES] =
            (at - KERNEL_BASE) | rights | PTE_PRESENT | PTE_GLOBAL;
    }
    for (int i = 0; i < IMAGE_TABLES; i++)
        image_directory[i] = table_entry(image_tables[i]);
    boot_image_pdpt[510] = table_entry(image_directory);
}

/* Maps a GB by large pages: takes a spare page as the table for them and returns its entry. */
static pte_t map_gb(paddr_t gb, pte_t flags, struct memory_range *spare)
{
    pte_t *table = phys_to_virt(spare->start);
    spare->start += PAGE_SIZE;
    for (uint64_t i = 0; i < TABLE_ENTRIES; i++)
        table[i] = (gb + i * LARGE_PAGE) | flags;
    return table_entry(table);
}

static void note_kernel_entries(void)
{
    for (unsigned i = TABLE_ENTRIES / 2; i < TABLE_ENTRIES; i++) {
        if (!kernel_root[i])
            continue;
        assert(n_kernel_entries < ARRAY_SIZE(kernel_entries));
        kernel_entries[n_kernel_entries++] = (uint16_t)i;
    }
}

void root_add_kernel(pte_t *root)
{
    for (size_t i = 0; i < n_kernel_entries; i++)
        root[kernel_entries[i]] = kernel_root[kernel_entries[i]];
}

void root_remove_kernel(pte_t *root)
{
    for (size_t i = 0; i < n_kernel_entries; i++)
        root[kernel_entries[i]] = 0;
}

void root_load(const pte_t *root)
{
    asm volatile("mov %0, %%cr3" ::"r"(virt_to_phys(root)) : "memory");
}

/* Uses the largest pages that the processor has: with one level less, a TLB miss is cheaper. At
 * least 4 GB are mapped, because the registers of devices are below that. */
void x86_map_memory(paddr_t end, struct memory_range *spare)
{
    const pte_t flags = PTE_PRESENT | PTE_WRITE | PTE_LARGE | PTE_GLOBAL | PTE_NX;
    end = min(align_up(max(end, 4 * GB), GB), x86_memory_limit());
    for (paddr_t gb = 0; gb < end; gb += GB)
        boot_direct_pdpt[gb / GB] = cpu_features.gb_pages ? gb | flags : map_gb(gb, flags, spare);
    map_image();
    note_kernel_entries();
    tlb_flush_user();
}

paddr_t x86_memory_limit(void)
{
    return TABLE_ENTRIES * GB;
}

void paging_drop_identity(void)
{
    kernel_root[0] = 0;
    tlb_shootdown(ALL_CPUS, 0, 0);
}

/* The table to which an entry points. If there is none, makes one; NULL when out of memory. */
static pte_t *descend(pte_t *entry, paddr_t (*table_alloc)(void))
{
    if (!(*entry & PTE_PRESENT)) {
        paddr_t table = table_alloc();
        if (!table)
            return NULL;
        *entry = table | PTE_PRESENT | PTE_WRITE;
    }
    return phys_to_virt(pte_phys(*entry));
}

int kernel_map(uint64_t address, paddr_t phys, uint64_t flags, paddr_t (*table_alloc)(void))
{
    pte_t *table = kernel_root;
    spin_lock(&lock);
    for (int level = 4; level > 1 && table; level--)
        table = descend(&table[table_index(address, level)], table_alloc);
    spin_unlock(&lock);
    if (!table)
        return -ENOMEM;
    table[table_index(address, 1)] = phys | flags | PTE_PRESENT | PTE_GLOBAL;
    return 0;
}

paddr_t kernel_unmap(uint64_t address)
{
    pte_t *table = kernel_root;
    for (int level = 4; level > 1; level--) {
        pte_t entry = table[table_index(address, level)];
        if (!(entry & PTE_PRESENT))
            return 0;
        table = phys_to_virt(pte_phys(entry));
    }
    paddr_t phys = pte_phys(table[table_index(address, 1)]);
    table[table_index(address, 1)] = 0;
    return phys;
}

void tlb_flush_page(uint64_t address)
{
    asm volatile("invlpg (%0)" ::"r"(address) : "memory");
}

void tlb_flush_user(void)
{
    uint64_t root;
    asm volatile("mov %%cr3, %0; mov %0, %%cr3" : "=r"(root)::"memory");
}

/* A change of CR4.PGE flushes everything. */
void tlb_flush_all(void)
{
    uint64_t cr4;
    asm volatile("mov %%cr4, %0" : "=r"(cr4));
    asm volatile("mov %0, %%cr4" ::"r"(cr4 ^ CR4_PGE) : "memory");
    asm volatile("mov %0, %%cr4" ::"r"(cr4) : "memory");
}
