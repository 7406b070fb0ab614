/* The frame array, as mm's own files see it: one entry for each page of physical memory. */
#pragma once

#include "mm.h"

enum {
    MAX_ORDER = 10,      /* the largest block is 4 MB */
    IN_FREE_LIST = 0x80, /* in frame.order: the first frame of a block that lies in a free list */
};

/* What a frame's use says decides what the rest means. Free: order and links. A slab: free, live,
 * cache and links. A table: refs and filled. Else refs and, for the first of a block, order. */
struct frame {
    union {
        uint32_t refs; /* atomic */
        struct {
            uint16_t free; /* offset in the page, in units of 8 bytes, of the first free object;
                              NO_OBJECT */
            uint16_t live; /* objects handed out */
        };
    };
    uint8_t use; /* enum frame_use */
    uint8_t order;
    uint8_t chunk_order; /* constant: the block it came to us in; buddies beyond that are not ours
                            to touch */
    uint8_t cache;       /* id of the slab's cache */
    union {
        struct {
            uint32_t next, prev; /* frame numbers in a circular list */
        };
        uint64_t filled; /* a bit for each eight entries of a table: clear where all are 0 */
    };
};

_Static_assert(sizeof(struct frame) == 16, "one page of frames describes 1 MB");

extern struct frame *frames; /* by frame number */

static inline struct frame *frame_at(paddr_t phys)
{
    return &frames[phys >> PAGE_SHIFT];
}

/* Entries of a table are noted as filled by groups. */
enum { GROUP = 8 };

/* For the number of the first entry of each group that may hold something. */
#define for_each_group(first, groups)      \
    for (uint64_t left_ = (groups), first; \
         left_ && (first = (uint64_t)__builtin_ctzll(left_) * GROUP, true); left_ &= left_ - 1)

static inline uint64_t filled_groups(const uint64_t *table)
{
    return frame_at(virt_to_phys(table))->filled;
}

/* Circular lists of frames; a head is the number of the first one, 0 when empty. Frame 0 is never
 * ours. */
void frame_list_add(uint32_t *head, uint32_t number);
void frame_list_add_tail(uint32_t *head, uint32_t number);
void frame_list_remove(uint32_t *head, uint32_t number);

/* Asked by every allocation before it does anything. */
static inline bool allocation_fails(void)
{
    return unlikely(mm_fail_armed) && mm_fail_hook();
}

void objects_trim(void);
void kstacks_trim(void);
