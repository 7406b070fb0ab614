/* Kernel stacks: each in a slot of its own region, with a page below it that is never mapped. */
#include "frames.h"

enum { SLOT_BYTES = KSTACK_SLOT_PAGES * PAGE_SIZE, MAX_SLOTS = 32768, MAX_CACHED = 32 };

static struct spinlock kstack_lock = SPINLOCK("kstacks", RANK_OBJECT);
static uint64_t
    used_slots[MAX_SLOTS / 64]; /* guarded by kstack_lock: a bit for each slot that is mapped */
static unsigned n_used;         /* guarded by kstack_lock: how many those are */
static size_t first_free;       /* guarded by kstack_lock: no slot below is free */
static void **cached; /* guarded by kstack_lock: mapped stacks; each top word links to the next */
static unsigned n_cached; /* guarded by kstack_lock */

/* The last word of a stack, where a free one keeps the link. */
static void **link_of(void *stack_top)
{
    return (void **)stack_top - 1;
}

static uint64_t slot_address(size_t slot)
{
    return KSTACK_AREA + slot * SLOT_BYTES;
}

/* A slot number, or MAX_SLOTS. Lock: takes kstack_lock. */
static size_t slot_take(void)
{
    bool may_use_last = !mm_reserve_hook || mm_reserve_hook();
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

/* Unmaps n pages at the lower end of the slot's stack and gives it back. Lock: takes
 * kstack_lock. */
static void slot_release(size_t slot, size_t n_pages)
{
    uint64_t base = slot_address(slot) + PAGE_SIZE;
    paddr_t gone[KSTACK_PAGES];
    for (size_t i = 0; i < n_pages; i++) {
        gone[i] = kernel_unmap(base + i * PAGE_SIZE);
        tlb_flush_page(base + i * PAGE_SIZE);
    }
    if (n_pages && n_cpus > 1)
        tlb_shootdown((1u << n_cpus) - 1, base, n_pages);
    while (n_pages)
        frame_unref(gone[--n_pages]);
    spin_lock(&kstack_lock);
    bitmap_clear(used_slots, slot);
    n_used--;
    first_free = min(first_free, slot);
    spin_unlock(&kstack_lock);
}

/* A stack that was used before, or NULL. Lock: takes kstack_lock. */
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

/* The top of a stack, or NULL when memory is out. */
void *kstack_alloc(void)
{
    void *top = allocation_fails() ? NULL : cached_take();
    if (top)
        return top;
    size_t slot = slot_take();
    if (slot == MAX_SLOTS)
        return NULL;
    uint64_t base = slot_address(slot) + PAGE_SIZE;
    uint64_t flags = PTE_PRESENT | PTE_WRITE | PTE_GLOBAL | PTE_NX;
    for (size_t i = 0; i < KSTACK_PAGES; i++) {
        paddr_t frame = frame_alloc(FRAME_STACK);
        if (!frame || kernel_map(base + i * PAGE_SIZE, frame, flags) < 0) {
            if (frame)
                frame_unref(frame);
            slot_release(slot, i);
            return NULL;
        }
    }
    return (void *)(base + KSTACK_BYTES);
}

static size_t slot_of(void *stack_top)
{
    return ((uint64_t)stack_top - 1 - KSTACK_AREA) / SLOT_BYTES;
}

/* Keeps the stack for the next thread, or unmaps it when enough are kept. */
void kstack_free(void *stack_top)
{
    spin_lock(&kstack_lock);
    bool keep = n_cached < MAX_CACHED;
    if (keep) {
        *link_of(stack_top) = cached;
        cached = stack_top;
        n_cached++;
    }
    spin_unlock(&kstack_lock);
    if (!keep)
        slot_release(slot_of(stack_top), KSTACK_PAGES);
}

void kstacks_trim(void)
{
    for (void *top = cached_take(); top; top = cached_take())
        slot_release(slot_of(top), KSTACK_PAGES);
}

/* Which stack overflowed, if the address lies in the page below one; for the report of a double
 * fault. */
void *kstack_guard_hit(uint64_t address)
{
    if (address < KSTACK_AREA || address >= slot_address(MAX_SLOTS))
        return NULL;
    size_t slot = (address - KSTACK_AREA) / SLOT_BYTES;
    bool guard = (address - KSTACK_AREA) % SLOT_BYTES < PAGE_SIZE;
    return guard && bitmap_test(used_slots, slot) ? (void *)slot_address(slot + 1) : NULL;
}
