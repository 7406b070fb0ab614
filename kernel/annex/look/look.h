/* Looking into address spaces, for /proc, ptrace, core files and the end of memory: their VMAs one
 * by one, how much memory each uses, and their contents whatever the protection is.
 *
 * Lock: no spinlock is held when these are called, for they take the space's, and some let other
 * threads run. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "mm.h"

/* Copies the first VMA that ends above the address, with a reference to its backing if it has one,
 * to list VMAs one by one without a lock. False if there is none. */
bool space_vma_after(struct space *space, uint64_t address, struct vma *vma);
/* The name (map_request.name) with which this space first mapped the backing of the VMA at the
 * address, with a reference; or NULL. */
void *space_name_at(struct space *space, uint64_t address);

/* Copies the VMA that holds the address, with a reference to its backing if it has one. False if
 * there is none. */
bool space_vma_at(struct space *space, uint64_t address, struct vma *vma);
/* Copies from the memory of any space, as space_poke to it. */
size_t space_peek(struct space *space, uint64_t address, void *buf, size_t n_bytes);

/* As space_peek and space_poke, whatever the pages' protection is, as a debugger needs it. What is
 * written must be private memory; where it may not be written it becomes a copy of the space's own,
 * and stays read-only for the program. */
size_t space_peek_all(struct space *space, uint64_t address, void *buf, size_t n_bytes);
size_t space_poke_all(struct space *space, uint64_t address, const void *buf, size_t n_bytes);

/* How much memory a VMA uses now, in pages except `share` and `locked`. */
struct memory_use {
    uint64_t pages, anonymous; /* all; those of no file and no shared object */
    uint64_t referenced;       /* with the accessed bit */
    uint64_t shared;           /* mapped elsewhere too */
    uint64_t shared_dirty, private_dirty;
    uint64_t share;  /* each page divided by its users (PSS), in bytes << SHARE_SHIFT */
    uint64_t locked; /* `share` if the VMA is locked, otherwise 0 */
};
enum { SHARE_SHIFT = 12 };
/* Counts the pages of the VMA and lets other threads run meanwhile: no lock is held. */
void space_measure(struct space *space, const struct vma *vma, struct memory_use *use);
/* Looks in [*address, end), but not beyond one page table, for the first page that is in memory,
 * whatever its VMA allows. True if there is one: it is copied to `page`, and *address is moved
 * past it. False: *address is moved past the addresses that were looked at. */
bool space_next_page(struct space *space, uint64_t *address, uint64_t end, void *page);
/* Describes the page that is in memory at the address; false if there is none. */
struct page_seen {
    paddr_t frame;
    bool of_object; /* belongs to a file or to shared memory */
    bool alone;     /* only this space maps it, and only here */
};
bool space_page_at(struct space *space, uint64_t address, struct page_seen *seen);
uint64_t space_tables(struct space *space); /* pages of its page tables, including shared ones */

/* About how many pages would be free without the space: its own pages, those of shared memory
 * without a file, and their tables. Takes long and calls mm_resched: no lock is held. */
uint64_t space_weight(struct space *space);
