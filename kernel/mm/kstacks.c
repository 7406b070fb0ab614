/* Kernel stacks: each in a slot of its own region, with a page below it that is never mapped.
 *
 * Every processor has the kernel's pages in its TLB, for good, so to unmap a stack all must be
 * asked to forget, and waited for. So the stacks of ended threads stay mapped for the next threads;
 * when too many wait, half of them are unmapped at once: one flush for all, and their frames are
 * given up after it. */
#include "frames.h"

enum {
    SLOT_BYTES = KSTACK_SLOT_PAGES * PAGE_SIZE,
    MAX_SLOTS = 32768,
    MAX_CACHED = 64,
    BATCH = MAX_CACHED / 2,
};

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

static size_t slot_of(void *stack_top)
{
    return ((uint64_t)stack_top - 1 - KSTACK_AREA) / SLOT_BYTES;
}

/* Takes n pages of the slot out of the kernel's tables. Their frames come into a list: nobody uses
 * the stack, so the first word of each is the link. */
static void slot_unmap(size_t slot, size_t n_pages, paddr_t *gone)
{
    for (size_t i = 0; i < n_pages; i++) {
        paddr_t frame = kernel_unmap(slot_address(slot) + (1 + i) * PAGE_SIZE);
        *(paddr_t *)phys_to_virt(frame) = *gone;
        *gone = frame;
    }
}

/* Gives back n slots whose stacks have so many pages, and their frames, once all processors have
 * forgotten them. Lock: takes kstack_lock. */
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

/* Unmaps stacks that wait for a thread, a batch at most; how many. */
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

/* Maps a stack into the slot; its top, or NULL when memory is out. */
static void *slot_map(size_t slot)
{
    uint64_t base = slot_address(slot) + PAGE_SIZE;
    uint64_t flags = PTE_PRESENT | PTE_WRITE | PTE_GLOBAL | PTE_NX;
    for (size_t i = 0; i < KSTACK_PAGES; i++) {
        paddr_t frame = frame_alloc(FRAME_STACK);
        if (!frame || kernel_map(base + i * PAGE_SIZE, frame, flags) < 0) {
            if (frame)
                frame_unref(frame);
            slots_release(&(uint16_t){(uint16_t)slot}, 1, i);
            return NULL;
        }
    }
    return (void *)(base + KSTACK_BYTES);
}

/* The top of a stack, or NULL when memory is out. */
void *kstack_alloc(void)
{
    void *top = allocation_fails() ? NULL : cached_take();
    if (top)
        return top;
    size_t slot = slot_take();
    return slot == MAX_SLOTS ? NULL : slot_map(slot);
}

/* Keeps the stack for the next thread. */
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
