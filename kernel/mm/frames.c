/* Frames, the pages of physical memory: free blocks in buddy lists, a stack of single frames for
 * each processor, and reference counts.
 *
 * The problem: nearly every allocation is of one page, on several processors at once, but the
 * kernel also needs blocks of adjoining pages, for large tables. And under emulation the first
 * touch of memory is expensive, because the host has to provide it.
 *
 * There are three layers, the slowest first:
 * - Ranges: memory as the loader reported it. When no free block is left, the next chunk of a
 *   range, a block of up to 4 MB, is added to the free blocks. Before that neither its pages nor
 *   its entries in the frame array are touched.
 * - Free blocks: a list for each order, that is for each power of two of pages. An allocation
 *   splits a larger block into halves; freeing joins a block with its buddy, the other half, while
 *   that is free too. A block's buddy has the same number but for one bit.
 * - Stacks: each processor has a stack of free frames, which only it touches, with interrupts off,
 *   so that it needs no lock. Only when the stack is empty or full does it move 32 frames from or
 *   to the free blocks, with frame_lock. The frame that was freed last is the next to be used: it
 *   is still in the processor's cache. Frames that are known to hold zeros, as freed page tables
 *   are, have a stack of their own and need not be cleared again.
 *
 * A frame has a reference count, because pages and page tables are shared (tables.c). It is atomic
 * and needs no lock; whichever drop makes it 0 frees the frame.
 *
 * Invariant: each frame of a chunk that was added is in one free block, in one processor's stack,
 * or in use. `n_left` counts the frames in free blocks and in chunks that were not added yet. The
 * last 1/32 of all memory is a reserve. Only callers with CALLER_MAY_RESERVE (hooks.h) get frames
 * from it, so that a thread can still end and free its memory when memory is out. */
/* SPDX-License-Identifier: MIT */
#include "frames.h"

enum { MAX_RANGES = 32, STACK_FRAMES = 64, STACK_BATCH = 32, CLEAN_FRAMES = 32 };

struct range {
    uint32_t start, end; /* frame numbers */
    uint32_t next;       /* guarded by frame_lock: the first frame that was not added yet */
};

/* Of one processor, which alone touches it, with interrupts off: no lock is needed. */
struct frame_stack {
    uint32_t n, n_clean;
    uint32_t numbers[STACK_FRAMES];
    uint32_t clean[CLEAN_FRAMES]; /* these hold zeros */
    /* frames allocated less frames freed on this processor; only the sum over all processors is a
     * count */
    int64_t by_use[N_FRAME_USES];
} __attribute__((aligned(64)));

#define FRAME_USE_NAME(use, name) [FRAME_##use] = (name),
const char *const frame_use_names[N_FRAME_USES] = {FRAME_USES(FRAME_USE_NAME)};

struct frame *frames;
bool mm_fail_armed;

static struct spinlock frame_lock = SPINLOCK("frames", RANK_FRAME);
static uint32_t free_blocks[MAX_ORDER + 1]; /* guarded by frame_lock: a list for each order ... */
static uint64_t n_blocks[MAX_ORDER + 1];    /* ... and the number of blocks in it */
static struct range ranges[MAX_RANGES];
static size_t n_ranges;
static uint64_t n_total; /* all frames that mm manages */
/* guarded by frame_lock: frames in free blocks and in chunks that were not added yet */
static uint64_t n_left;
static uint32_t n_frames; /* length of the frame array; constant after mm_init */
static struct frame_stack stacks[MAX_CPUS];

/* ---- Lists ---- */

void frame_list_add_tail(uint32_t *head, uint32_t number)
{
    struct frame *frame = &frames[number];
    if (!*head) {
        frame->next = frame->prev = *head = number;
        return;
    }
    struct frame *first = &frames[*head];
    frame->next = *head;
    frame->prev = first->prev;
    frames[first->prev].next = number;
    first->prev = number;
}

void frame_list_add(uint32_t *head, uint32_t number)
{
    frame_list_add_tail(head, number);
    *head = number;
}

void frame_list_remove(uint32_t *head, uint32_t number)
{
    struct frame *frame = &frames[number];
    if (frame->next == number) {
        *head = 0;
        return;
    }
    frames[frame->prev].next = frame->next;
    frames[frame->next].prev = frame->prev;
    if (*head == number)
        *head = frame->next;
}

/* ---- Blocks. Lock: frame_lock held. ---- */

static void block_list(uint32_t number, unsigned order)
{
    frames[number].order = order | IN_FREE_LIST;
    frames[number].use = FRAME_FREE;
    frame_list_add(&free_blocks[order], number);
    n_blocks[order]++;
}

static void block_unlist(uint32_t number, unsigned order)
{
    frame_list_remove(&free_blocks[order], number);
    n_blocks[order]--;
}

/* Joins a block with its free buddies as far as possible and puts the result into its list. */
static void block_free(uint32_t number, unsigned order)
{
    while (order < frames[number].chunk_order) {
        uint32_t buddy = number ^ (1u << order);
        if (frames[buddy].order != (order | IN_FREE_LIST))
            break;
        block_unlist(buddy, order);
        frames[buddy].order = 0;
        number &= ~(1u << order);
        order++;
    }
    block_list(number, order);
}

/* The order of the largest aligned block that begins at `first` and fits below `end`. */
static unsigned chunk_order(uint32_t first, uint32_t end)
{
    unsigned order = MAX_ORDER;
    while (first & ((1u << order) - 1) || first + (1u << order) > end)
        order--;
    return order;
}

/* Adds the next chunk of a range to the free blocks. */
static void chunk_take_in(struct range *range)
{
    unsigned order = chunk_order(range->next, range->end);
    for (uint32_t i = 0; i < 1u << order; i++)
        frames[range->next + i] = (struct frame){.chunk_order = order};
    block_free(range->next, order);
    range->next += 1u << order;
}

/* Finds the smallest order, at least `order`, that has a free block, and adds chunks until there is
 * one. False when memory is out. */
static bool block_find(unsigned order, unsigned *found)
{
    size_t i = 0;
    for (;;) {
        for (*found = order; *found <= MAX_ORDER; ++*found) {
            if (free_blocks[*found])
                return true;
        }
        while (i < n_ranges && ranges[i].next == ranges[i].end)
            i++;
        if (i == n_ranges)
            return false;
        chunk_take_in(&ranges[i]);
    }
}

/* The number of the first frame of a block, or 0 when memory is out. A larger block is split and
 * its upper halves stay free. */
static uint32_t block_alloc(unsigned order)
{
    unsigned from;
    if (!block_find(order, &from))
        return 0;
    uint32_t number = free_blocks[from];
    block_unlist(number, from);
    while (from > order) {
        from--;
        block_list(number + (1u << from), from);
    }
    frames[number].order = order;
    return number;
}

/* Allocates the smallest free block, or a part of it with at most `most` frames. The number of its
 * first frame, or 0 when memory is out; *n is how many frames it has. */
static uint32_t small_block_alloc(uint32_t most, uint32_t *n)
{
    unsigned order;
    if (!block_find(0, &order))
        return 0;
    while (1u << order > most)
        order--;
    *n = 1u << order;
    return block_alloc(order);
}

/* ---- The reserve ---- */

static uint64_t reserved(void)
{
    return n_total / 32;
}

bool memory_is_tight(void)
{
    return n_left < 2 * reserved();
}

bool memory_is_out(void)
{
    return n_left <= reserved();
}

/* How many of n frames the caller may have now: all, or those above the reserve. Lock: frame_lock
 * held. */
static uint64_t allowed(uint64_t n)
{
    if (likely(n_left >= reserved() + n))
        return n;
    if (caller_may_reserve())
        return 1; /* one at a time: what remains in the stack could be used by any caller */
    return n_left > reserved() ? n_left - reserved() : 0;
}

/* ---- Single frames ---- */

/* Fills an empty stack; false when memory is out. Takes frame_lock. */
static bool stack_refill(struct frame_stack *stack)
{
    spin_lock(&frame_lock);
    uint32_t taken[STACK_BATCH], n = 0, most = allowed(STACK_BATCH);
    while (n < most) {
        uint32_t size = 0, first = small_block_alloc(most - n, &size);
        for (uint32_t i = 0; i < size; i++)
            taken[n++] = first + i;
        if (!size)
            break;
    }
    n_left -= n;
    spin_unlock(&frame_lock);
    while (n) /* the frame found first is used first */
        stack->numbers[stack->n++] = taken[--n];
    return stack->n;
}

/* Frees the older half of a full stack. Takes frame_lock. */
static void stack_drain(struct frame_stack *stack)
{
    spin_lock(&frame_lock);
    for (uint32_t i = 0; i < STACK_BATCH; i++)
        block_free(stack->numbers[i], 0);
    n_left += STACK_BATCH;
    spin_unlock(&frame_lock);
    stack->n -= STACK_BATCH;
    memmove(stack->numbers, stack->numbers + STACK_BATCH, stack->n * sizeof(stack->numbers[0]));
}

static paddr_t hand_out(struct frame_stack *stack, uint32_t number, enum frame_use use)
{
    struct frame *frame = &frames[number];
    frame->refs = 1;
    frame->use = use;
    frame->order = 0;
    stack->by_use[use]++;
    return (paddr_t)number << PAGE_SHIFT;
}

paddr_t frame_alloc(enum frame_use use)
{
    struct frame_stack *stack = &stacks[this_cpu()->id];
    if (allocation_fails())
        return 0;
    if (likely(stack->n) || stack_refill(stack))
        return hand_out(stack, stack->numbers[--stack->n], use);
    return stack->n_clean ? hand_out(stack, stack->clean[--stack->n_clean], use) : 0;
}

paddr_t frame_alloc_zeroed(enum frame_use use)
{
    struct frame_stack *stack = &stacks[this_cpu()->id];
    if (stack->n_clean && !allocation_fails())
        return hand_out(stack, stack->clean[--stack->n_clean], use);
    paddr_t frame = frame_alloc(use);
    if (frame)
        page_clear(phys_to_virt(frame));
    return frame;
}

static void count_release(struct frame_stack *stack, struct frame *frame)
{
    stack->by_use[frame->use]--;
    frame->use = FRAME_FREE;
}

/* Pushes a frame without references on the stack, so that it is used next. */
static void frame_release(paddr_t phys)
{
    struct frame_stack *stack = &stacks[this_cpu()->id];
    count_release(stack, frame_at(phys));
    if (stack->n == STACK_FRAMES)
        stack_drain(stack);
    stack->numbers[stack->n++] = phys >> PAGE_SHIFT;
}

void frame_free_zeroed(paddr_t phys)
{
    struct frame_stack *stack = &stacks[this_cpu()->id];
    assert(frame_at(phys)->refs == 1);
    frame_at(phys)->refs = 0;
    if (stack->n_clean == CLEAN_FRAMES) {
        frame_release(phys);
        return;
    }
    count_release(stack, frame_at(phys));
    stack->clean[stack->n_clean++] = phys >> PAGE_SHIFT;
}

void frame_ref(paddr_t phys)
{
    __atomic_add_fetch(&frame_at(phys)->refs, 1, __ATOMIC_RELAXED);
}

void frame_unref(paddr_t phys)
{
    struct frame *frame = frame_at(phys);
    assert(frame->refs > 0 && frame->use != FRAME_FREE);
    if (__atomic_sub_fetch(&frame->refs, 1, __ATOMIC_ACQ_REL) == 0)
        frame_release(phys);
}

uint32_t frame_refs(paddr_t phys)
{
    return __atomic_load_n(&frame_at(phys)->refs, __ATOMIC_ACQUIRE);
}

/* ---- Blocks for the kernel's own tables ---- */

/* Lock: frame_lock held. */
static bool may_have_block(unsigned order)
{
    return n_left >= reserved() + (1u << order) || caller_may_reserve();
}

paddr_t frames_alloc(enum frame_use use, unsigned order)
{
    if (order == 0)
        return frame_alloc(use);
    if (order > MAX_ORDER || allocation_fails())
        return 0;
    spin_lock(&frame_lock);
    uint32_t number = may_have_block(order) ? block_alloc(order) : 0;
    n_left -= number ? 1u << order : 0;
    spin_unlock(&frame_lock);
    if (!number)
        return 0;
    frames[number].refs = 1;
    frames[number].use = use;
    stacks[this_cpu()->id].by_use[use] += 1 << order;
    return (paddr_t)number << PAGE_SHIFT;
}

void frames_free(paddr_t first, unsigned order)
{
    struct frame *frame = frame_at(first);
    assert(frame->refs == 1 && frame->order == order);
    if (order == 0) {
        frame_unref(first);
        return;
    }
    stacks[this_cpu()->id].by_use[frame->use] -= 1 << order;
    spin_lock(&frame_lock);
    block_free(first >> PAGE_SHIFT, order);
    n_left += 1u << order;
    spin_unlock(&frame_lock);
}

/* ---- Counts and bring-up ---- */

/* Frames in the processors' stacks count as free. */
void memory_count(struct memory_counts *counts)
{
    *counts = (struct memory_counts){.total_frames = n_total, .free_frames = n_total};
    for (int use = FRAME_FREE + 1; use < N_FRAME_USES; use++) {
        for (int cpu = 0; cpu < MAX_CPUS; cpu++)
            counts->by_use[use] += stacks[cpu].by_use[use];
        counts->free_frames -= counts->by_use[use];
    }
    counts->by_use[FRAME_FREE] = counts->free_frames;
}

/* Counts the blocks in which the rest of a range will be added. Lock: frame_lock held. */
static void count_rest(const struct range *range, uint64_t *counts)
{
    for (uint32_t at = range->next; at < range->end;) {
        unsigned order = chunk_order(at, range->end);
        uint32_t n = order == MAX_ORDER ? (range->end - at) >> MAX_ORDER : 1;
        counts[order] += n;
        at += n << order;
    }
}

void memory_blocks(uint64_t counts[MAX_ORDER + 1])
{
    spin_lock(&frame_lock);
    memcpy(counts, n_blocks, sizeof(n_blocks));
    for (size_t i = 0; i < n_ranges; i++)
        count_rest(&ranges[i], counts);
    spin_unlock(&frame_lock);
    for (int cpu = 0; cpu < MAX_CPUS; cpu++)
        counts[0] += stacks[cpu].n + stacks[cpu].n_clean;
}

void memory_trim(void)
{
    kstacks_trim();
    objects_trim();
}

/* Places the frame array into the first range that has room for it. */
static void frame_array_place(uint32_t last)
{
    uint32_t n_pages = (last * sizeof(struct frame) + PAGE_SIZE - 1) / PAGE_SIZE;
    for (size_t i = 0; i < n_ranges; i++) {
        if (ranges[i].end - ranges[i].start > n_pages) {
            frames = phys_to_virt((paddr_t)ranges[i].start << PAGE_SHIFT);
            ranges[i].start += n_pages;
            ranges[i].next = ranges[i].start;
            return;
        }
    }
    panic("no memory for the frame array");
}

/* Adds a range if there is a whole page in it. The number of the frame after its end. */
static uint32_t range_add(const struct memory_range *range)
{
    uint32_t start = align_up(range->start, PAGE_SIZE) >> PAGE_SHIFT;
    uint32_t end = range->end >> PAGE_SHIFT;
    start = max(start, 1u); /* frame number 0 means "none" */
    if (start < end && n_ranges < MAX_RANGES)
        ranges[n_ranges++] = (struct range){.start = start, .end = end, .next = start};
    return end;
}

void mm_init(const struct memory_range *free, size_t n_free)
{
    for (size_t i = 0; i < n_free; i++) {
        uint32_t end = range_add(&free[i]);
        n_frames = max(n_frames, end);
    }
    frame_array_place(n_frames);
    for (size_t i = 0; i < n_ranges; i++)
        n_total += ranges[i].end - ranges[i].start;
    n_left = n_total;
}

void mm_adopt(const struct memory_range *range)
{
    uint32_t number = range->start >> PAGE_SHIFT, end = range->end >> PAGE_SHIFT;
    assert(number > 0 && end <= n_frames);
    spin_lock(&frame_lock);
    n_total += end - number;
    stacks[this_cpu()->id].by_use[FRAME_FILE] += end - number;
    while (number < end) {
        unsigned order = chunk_order(number, end);
        for (uint32_t last = number + (1u << order); number < last; number++)
            frames[number] = (struct frame){.refs = 1, .use = FRAME_FILE, .chunk_order = order};
    }
    spin_unlock(&frame_lock);
}
