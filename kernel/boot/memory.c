/* Computes which memory is free at the start: what the loader calls usable, less what is in use. */
/* SPDX-License-Identifier: MIT */
#include "boot.h"
#include "x86.h"

extern const char kernel_end[];

/* A set of ranges under construction. */
struct ranges {
    struct memory_range *at;
    size_t n, limit;
};

static void add(struct ranges *set, uint64_t start, uint64_t end)
{
    if (start < end && set->n < set->limit)
        set->at[set->n++] = (struct memory_range){start, end};
}

/* Removes [start, end) from every range of the set. What remains above it is added as a new
 * range. */
static void cut(struct ranges *set, uint64_t start, uint64_t end)
{
    size_t n = set->n;
    for (size_t i = 0; i < n; i++) {
        struct memory_range *range = &set->at[i];
        if (end <= range->start || start >= range->end)
            continue;
        add(set, end, range->end);
        range->end = max(range->start, start);
    }
}

static void sort(struct ranges *set)
{
    for (size_t i = 1; i < set->n; i++)
        for (size_t j = i; j > 0 && set->at[j - 1].start > set->at[j].start; j--) {
            struct memory_range swap = set->at[j];
            set->at[j] = set->at[j - 1];
            set->at[j - 1] = swap;
        }
}

size_t boot_free_memory(const struct boot_info *boot, struct memory_range *free, size_t limit)
{
    struct ranges set = {free, 0, limit};
    for (uint32_t i = 0; i < boot->n_memory; i++)
        add(&set, align_up(boot->memory[i].start, PAGE_SIZE),
            align_down(min(boot->memory[i].end, x86_memory_limit()), PAGE_SIZE));
    cut(&set, 0, align_up(virt_to_phys(kernel_end), PAGE_SIZE));
    for (uint32_t i = 0; i < boot->n_modules; i++)
        cut(&set, align_down(boot->modules[i].start, PAGE_SIZE),
            align_up(boot->modules[i].end, PAGE_SIZE));
    sort(&set);
    size_t n = 0;
    for (size_t i = 0; i < set.n; i++)
        if (free[i].start < free[i].end)
            free[n++] = free[i];
    return n;
}
