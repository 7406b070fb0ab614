/* The memory of the shadow: for the image from the first C function on, for the rest after mm_init.
 *
 * The checks run from the start, so the image needs its shadow before any other C function does: it
 * is an array in the image itself, mapped by __wrap_boot_main(). The shadow of all memory is taken
 * from that memory, one eighth, before mm gets the rest. The shadow of a kernel stack is mapped and
 * unmapped with the stack. */
/* SPDX-License-Identifier: MIT */
#include "kasan.h"
#include "mm.h"

#define LARGE_PAGE  (2ull << 20)
#define COVERED_MAX (TABLE_ENTRIES * LARGE_PAGE * GRANULE) /* of memory: 8 GB */
#define IMAGE_BYTES (IMAGE_TABLES * LARGE_PAGE)

enum { FRAME_BYTES = 16, MAX_RANGES = 64 };

#define TABLE static pte_t __attribute__((aligned(PAGE_SIZE)))
TABLE image_pdpt[TABLE_ENTRIES], image_directory[TABLE_ENTRIES], image_table[TABLE_ENTRIES];
TABLE memory_pdpt[TABLE_ENTRIES], memory_directory[TABLE_ENTRIES];
TABLE stacks_pdpt[TABLE_ENTRIES];

static uint8_t image_shadow[IMAGE_BYTES / GRANULE] __attribute__((aligned(PAGE_SIZE)));
uint64_t shadow_covered;

extern struct frame *frames;                                                  /* mm's own array */
extern void (*const constructors[])(void), (*const constructors_end[])(void); /* kernel.ld */

void shadow_fill(uint64_t address, size_t n, uint8_t reason)
{
    if (!shadow_covers(address))
        return;
    uint8_t *at = shadow_of(address), *end = at + n / GRANULE;
    for (; at < end && (uint64_t)at % 8; at++)
        *at = reason;
    for (; at + 8 <= end; at += 8)
        *(uint64_t *)at = reason * 0x0101010101010101ull;
    for (; at < end; at++)
        *at = reason;
}

void shadow_allow(uint64_t address, size_t n)
{
    shadow_fill(address, n, 0);
    if (n % GRANULE && shadow_covers(address))
        *shadow_of(address + n) = n % GRANULE;
}

/* ---- The image, before any checked code runs ---- */

static pte_t entry_of(const void *in_image)
{
    return ((uint64_t)in_image - KERNEL_BASE) | PTE_PRESENT | PTE_WRITE;
}

/* Maps the shadow of the image. The other two shadows get a table below the root page table, so
 * that all address spaces share them. */
static void map_image(void)
{
    uint64_t image = (uint64_t)shadow_of(KERNEL_BASE), memory = (uint64_t)shadow_of(DIRECT_MAP);
    uint64_t stacks = (uint64_t)shadow_of(KSTACK_AREA);
    kernel_root[table_index(image, 4)] = entry_of(image_pdpt);
    kernel_root[table_index(memory, 4)] = entry_of(memory_pdpt);
    kernel_root[table_index(stacks, 4)] = entry_of(stacks_pdpt);
    image_pdpt[table_index(image, 3)] = entry_of(image_directory);
    image_directory[table_index(image, 2)] = entry_of(image_table);
    memory_pdpt[table_index(memory, 3)] = entry_of(memory_directory);
    for (size_t i = 0; i < sizeof(image_shadow) / PAGE_SIZE; i++)
        image_table[i] = entry_of(image_shadow + i * PAGE_SIZE) | PTE_GLOBAL | PTE_NX;
}

/* Called by start.S instead of boot_main, which takes the same two words as one structure. */
WRAPPED(void, boot_main, uint64_t protocol, uint64_t info);
void __wrap_boot_main(uint64_t protocol, uint64_t info)
{
    map_image();
    for (void (*const *make)(void) = constructors; make < constructors_end; make++)
        (*make)(); /* they register the globals: check.c */
    __real_boot_main(protocol, info);
}

/* ---- All memory ---- */

/* Copies the ranges to `rest`, except for n bytes (whole large pages), whose start is stored in
 * *taken. The result is how many ranges are left. */
static size_t take_out(const struct memory_range *free, size_t n_free, size_t n,
                       struct memory_range *rest, paddr_t *taken)
{
    size_t n_rest = 0;
    for (size_t i = 0; i < n_free; i++) {
        paddr_t at = align_up(free[i].start, LARGE_PAGE);
        rest[n_rest++] = free[i];
        if (!*taken && at + n <= free[i].end) {
            *taken = at;
            rest[n_rest - 1].end = at;
            rest[n_rest++] = (struct memory_range){at + n, free[i].end};
        }
    }
    return n_rest;
}

static void map_memory(paddr_t shadow, uint64_t n_bytes)
{
    for (uint64_t i = 0; i < n_bytes / LARGE_PAGE; i++)
        memory_directory[i] =
            (shadow + i * LARGE_PAGE) | PTE_PRESENT | PTE_WRITE | PTE_LARGE | PTE_GLOBAL | PTE_NX;
}

/* Takes an eighth of memory for the shadow before mm gets it. Free memory is forbidden, except for
 * mm's array of frames, which is placed in it. */
WRAPPED(void, mm_init, const struct memory_range *free, size_t n_ranges);
void __wrap_mm_init(const struct memory_range *free, size_t n_ranges)
{
    static struct memory_range rest[MAX_RANGES];
    paddr_t end = 0, shadow = 0;
    for (size_t i = 0; i < n_ranges; i++)
        end = max(end, free[i].end);
    uint64_t n_bytes = min(align_up(end, LARGE_PAGE * GRANULE), COVERED_MAX);
    assert(n_ranges < MAX_RANGES);
    n_ranges = take_out(free, n_ranges, n_bytes / GRANULE, rest, &shadow);
    if (!shadow)
        panic("no memory for the shadow");
    map_memory(shadow, n_bytes / GRANULE);
    shadow_covered = n_bytes;
    shadow_fill(DIRECT_MAP, n_bytes, 0);
    __real_mm_init(rest, n_ranges);
    for (size_t i = 0; i < n_ranges; i++)
        shadow_fill((uint64_t)phys_to_virt(rest[i].start), rest[i].end - rest[i].start,
                    SHADOW_PAGE);
    shadow_fill((uint64_t)frames, align_up((end >> PAGE_SHIFT) * FRAME_BYTES, PAGE_SIZE), 0);
}

/* ---- Kernel stacks ---- */

enum { SLOT_BYTES = KSTACK_SLOT_PAGES * PAGE_SIZE };

/* The pages of a stack are mapped and unmapped from the lowest up. With the lowest, the one page of
 * shadow for the whole slot is mapped or unmapped. */
static bool is_first_of_stack(uint64_t address)
{
    return address >= KSTACK_AREA && (address - KSTACK_AREA) % SLOT_BYTES == PAGE_SIZE;
}

WRAPPED(int, kernel_map, uint64_t address, paddr_t phys, uint64_t flags,
        paddr_t (*table_alloc)(void));
WRAPPED(paddr_t, kernel_unmap, uint64_t address);
WRAPPED(void *, kstack_alloc, void);

static void unmap_shadow(uint64_t shadow)
{
    paddr_t frame = __real_kernel_unmap(shadow);
    tlb_shootdown_kernel();
    frame_unref(frame);
}

int __wrap_kernel_map(uint64_t address, paddr_t phys, uint64_t flags, paddr_t (*table_alloc)(void))
{
    if (!is_first_of_stack(address))
        return __real_kernel_map(address, phys, flags, table_alloc);
    uint64_t shadow = align_down((uint64_t)shadow_of(address), PAGE_SIZE);
    paddr_t frame = frame_alloc_zeroed(FRAME_STACK);
    int err = frame ? __real_kernel_map(shadow, frame, flags, table_alloc) : -1;
    if (err < 0) {
        if (frame)
            frame_unref(frame);
        return err;
    }
    err = __real_kernel_map(address, phys, flags, table_alloc);
    if (err < 0)
        unmap_shadow(shadow);
    return err;
}

paddr_t __wrap_kernel_unmap(uint64_t address)
{
    if (is_first_of_stack(address))
        unmap_shadow(align_down((uint64_t)shadow_of(address), PAGE_SIZE));
    return __real_kernel_unmap(address);
}

/* The thread that had the stack before ended in the middle of functions, whose gaps are still
 * forbidden. */
void *__wrap_kstack_alloc(void)
{
    void *top = __real_kstack_alloc();
    if (top)
        shadow_fill((uint64_t)top - KSTACK_BYTES, KSTACK_BYTES, 0);
    return top;
}

extern char boot_stack_top[], idle_stacks[]; /* start.S; the boot stack lies below its top */
enum { BOOT_STACK_BYTES = 16384 };

/* The end of the stack that contains the address; for the stacks of NMIs the address itself. */
static uint64_t stack_end(uint64_t address)
{
    uint64_t first_idle = (uint64_t)idle_stacks, boot_top = (uint64_t)boot_stack_top;
    if (address < KERNEL_BASE)
        return address + SLOT_BYTES - (address - KSTACK_AREA) % SLOT_BYTES;
    if (address >= boot_top - BOOT_STACK_BYTES && address < boot_top)
        return boot_top;
    if (address >= first_idle && address < first_idle + MAX_CPUS * IDLE_STACK_BYTES)
        return first_idle + align_up(address - first_idle + 1, IDLE_STACK_BYTES);
    return address;
}

/* Called before a call that does not return: the frames up to the end of the stack are abandoned,
 * so the gaps in them must be allowed again. */
void __asan_handle_no_return(void);
void __asan_handle_no_return(void)
{
    uint64_t here = align_down((uint64_t)__builtin_frame_address(0), GRANULE);
    shadow_fill(here, stack_end(here) - here, 0);
}
