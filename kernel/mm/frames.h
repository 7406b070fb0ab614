/* The frame array, for the files of mm: one entry for each page of physical memory. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "mm.h"

enum {
    IN_FREE_LIST = 0x80, /* in frame.order: this is the first frame of a block in a free list */
};

/* `use` decides what the other fields mean. A free frame: order and links. A slab: free, live,
 * cache and links. A table: refs and filled. Any other frame: refs and, in the first frame of a
 * block, order. */
struct frame {
    union {
        uint32_t refs; /* atomic */
        struct {
            uint16_t free; /* offset of the first free object in units of 8 bytes, or NO_OBJECT */
            uint16_t live; /* allocated objects */
        };
    };
    uint8_t use; /* enum frame_use */
    uint8_t order;
    /* constant: of the chunk that it was added with; a buddy outside of the chunk is not ours */
    uint8_t chunk_order;
    uint8_t cache; /* of a slab: index of its cache */
    union {
        struct {
            uint32_t next, prev; /* frame numbers, in a circular list */
        };
        uint64_t filled; /* a bit for each eight entries of a table: 0 if all of them are 0 */
    };
};

_Static_assert(sizeof(struct frame) == 16, "one page of frames describes 1 MB");

extern struct frame *frames; /* by frame number */

static inline struct frame *frame_at(paddr_t phys)
{
    return &frames[phys >> PAGE_SHIFT];
}

/* A table notes in groups of entries which ones are filled. */
enum { GROUP = 8 };

/* Loops over the groups that may have filled entries; `first` is the index of a group's first
 * entry. */
#define for_each_group(first, groups)      \
    for (uint64_t left_ = (groups), first; \
         left_ && (first = (uint64_t)__builtin_ctzll(left_) * GROUP, true); left_ &= left_ - 1)

static inline uint64_t filled_groups(const uint64_t *table)
{
    return frame_at(virt_to_phys(table))->filled;
}

/* Circular lists of frames. A head is the number of the first frame, 0 if the list is empty; frame
 * 0 is never used. */
void frame_list_add(uint32_t *head, uint32_t number);
void frame_list_add_tail(uint32_t *head, uint32_t number);
void frame_list_remove(uint32_t *head, uint32_t number);

/* Every allocation asks this first, for fault injection. */
static inline bool allocation_fails(void)
{
    return unlikely(mm_fail_armed) && annex_hooks.fail_allocation();
}

void objects_trim(void);
void kstacks_trim(void);
