/* Kernel stacks: each is in a slot of a region of its own, above a guard page that is never mapped,
 * so that an overflow faults instead of writing over other memory.
 *
 * The problem: mapping a stack is cheap, unmapping is not. Kernel pages are global: every processor
 * may have them in its TLB until it is told to forget them. Before a frame of the stack may be
 * reused, all processors must have been asked, and have answered.
 *
 * So the stack of a thread that has ended stays mapped, in a list, for the next thread. When more
 * than 64 are in the list, 32 are unmapped at once: the PTEs are cleared, one TLB shootdown is done
 * for all, and only then are the frames and the slots freed. The list's links are in the stacks'
 * last words, the list of frames to be freed in the first words of the pages: nothing else uses
 * them.
 *
 * The last eighth of the slots is for callers with CALLER_MAY_RESERVE (hooks.h). */
/* SPDX-License-Identifier: MIT */
#include "frames.h"

enum {
    SLOT_BYTES = KSTACK_SLOT_PAGES * PAGE_SIZE,
    MAX_SLOTS = 32768,
    MAX_CACHED = 64,
    BATCH = MAX_CACHED / 2,
};

static struct spinlock kstack_lock = SPINLOCK("kstacks", RANK_OBJECT);
static uint64_t used_slots[MAX_SLOTS / 64]; /* guarded by kstack_lock: a bit for each slot in use */
static unsigned n_used;                     /* guarded by kstack_lock: number of bits set */
static size_t first_free;                   /* guarded by kstack_lock: all slots below are in use */
static void **cached;     /* guarded by kstack_lock: list of free, mapped stacks */
static unsigned n_cached; /* guarded by kstack_lock */

/* The link of a free stack, in its last word. */
static void **link_of(void *stack_top)
{
    return (void **)stack_top - 1;
}

static uint64_t slot_address(size_t slot)
{
    return KSTACK_AREA + slot * SLOT_BYTES;
}

/* Allocates a slot; MAX_SLOTS if there is none. Takes kstack_lock. */
static size_t slot_take(void)
{
    bool may_use_last = caller_may_reserve();
    spin_lock(&kstack_lock);
    bool room = n_used < (may_use_last ? MAX_SLOTS : MAX_SLOTS - MAX_SLOTS / 8);
    size_t slot = room ? bitmap_next_clear(used_slots, MAX_SLOTS, first_free) : MAX_SLOTS;
    if (slot < MAX_SLOTS) {
        first_free = slot;
        bitmap_set(used_slots, slot);
        n_used++;
    }
    spin_unlock(&kstack_lock);
    return slot;
}

/* A stack from the list, or NULL. Takes kstack_lock. */
static void *cached_take(void)
{
    spin_lock(&kstack_lock);
    void *top = cached;
    if (top) {
        cached = *link_of(top);
        n_cached--;
    }
    spin_unlock(&kstack_lock);
    return top;
}

static size_t slot_of(void *stack_top)
{
    return ((uint64_t)stack_top - 1 - KSTACK_AREA) / SLOT_BYTES;
}

/* Removes n pages of the slot from the kernel's page tables and adds their frames to the list
 * `gone`, whose links are the first words of the frames. */
static void slot_unmap(size_t slot, size_t n_pages, paddr_t *gone)
{
    for (size_t i = 0; i < n_pages; i++) {
        paddr_t frame = kernel_unmap(slot_address(slot) + (1 + i) * PAGE_SIZE);
        *(paddr_t *)phys_to_virt(frame) = *gone;
        *gone = frame;
    }
}

/* Unmaps n stacks of n_pages each and frees their frames and slots. Takes kstack_lock. */
static void slots_release(const uint16_t *slots, size_t n, size_t n_pages)
{
    paddr_t gone = 0;
    for (size_t i = 0; i < n; i++)
        slot_unmap(slots[i], n_pages, &gone);
    if (gone)
        tlb_shootdown_kernel();
    while (gone) {
        paddr_t frame = gone;
        gone = *(paddr_t *)phys_to_virt(frame);
        frame_unref(frame);
    }
    spin_lock(&kstack_lock);
    for (size_t i = 0; i < n; i++) {
        bitmap_clear(used_slots, slots[i]);
        n_used--;
        first_free = min(first_free, (size_t)slots[i]);
    }
    spin_unlock(&kstack_lock);
}

/* Unmaps up to BATCH stacks of the list; the result is how many. */
static size_t cached_release(void)
{
    uint16_t slots[BATCH];
    size_t n = 0;
    for (void *top; n < BATCH && (top = cached_take());)
        slots[n++] = (uint16_t)slot_of(top);
    if (n)
        slots_release(slots, n, KSTACK_PAGES);
    return n;
}

static paddr_t table_alloc(void)
{
    return frame_alloc_zeroed(FRAME_KERNEL_TABLE);
}

/* Maps a stack in the slot. Its top, or NULL when memory is out. */
static void *slot_map(size_t slot)
{
    uint64_t base = slot_address(slot) + PAGE_SIZE;
    uint64_t flags = PTE_PRESENT | PTE_WRITE | PTE_GLOBAL | PTE_NX;
    for (size_t i = 0; i < KSTACK_PAGES; i++) {
        paddr_t frame = frame_alloc(FRAME_STACK);
        if (!frame || kernel_map(base + i * PAGE_SIZE, frame, flags, table_alloc) < 0) {
            if (frame)
                frame_unref(frame);
            slots_release(&(uint16_t){(uint16_t)slot}, 1, i);
            return NULL;
        }
    }
    return (void *)(base + KSTACK_BYTES);
}

void *kstack_alloc(void)
{
    void *top = allocation_fails() ? NULL : cached_take();
    if (top)
        return top;
    size_t slot = slot_take();
    return slot == MAX_SLOTS ? NULL : slot_map(slot);
}

void kstack_free(void *stack_top)
{
    spin_lock(&kstack_lock);
    *link_of(stack_top) = cached;
    cached = stack_top;
    bool many = ++n_cached > MAX_CACHED;
    spin_unlock(&kstack_lock);
    if (many)
        cached_release();
}

void kstacks_trim(void)
{
    while (cached_release())
        continue;
}

void *kstack_guard_hit(uint64_t address)
{
    if (address < KSTACK_AREA || address >= slot_address(MAX_SLOTS))
        return NULL;
    size_t slot = (address - KSTACK_AREA) / SLOT_BYTES;
    bool guard = (address - KSTACK_AREA) % SLOT_BYTES < PAGE_SIZE;
    return guard && bitmap_test(used_slots, slot) ? (void *)slot_address(slot + 1) : NULL;
}
