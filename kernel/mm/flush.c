/* Flushes: after page tables were changed, all processors that have the space loaded forget the old
 * entries, and only then are the frames released that those pointed to.
 *
 * An operation collects its changes in a struct flush: the range of addresses, and the frames whose
 * reference it has to drop. At the end one TLB shootdown covers the range; for more than
 * FLUSH_PAGES pages, the processors forget the whole space, which is cheaper. If the room for
 * frames is full, the flush is done early. */
/* SPDX-License-Identifier: MIT */
#include "space.h"

void flush_now(struct flush *flush)
{
    if (!flush->end)
        return;
    size_t n_pages = (flush->end - flush->start) / PAGE_SIZE;
    tlb_shootdown(space_cpus(flush->space), flush->start, n_pages > FLUSH_PAGES ? 0 : n_pages);
    flush->start = UINT64_MAX;
    flush->end = 0;
}

void flush_put(struct flush *flush, paddr_t frame, int level)
{
    /* If no processor has the space loaded, one that loads it from now on finds the entry
     * changed. */
    if (!space_cpus(flush->space)) {
        table_put(frame, level);
        return;
    }
    if (flush->n == FLUSH_FRAMES)
        flush_end(flush);
    flush->frames[flush->n++] = frame | level;
}

void flush_end(struct flush *flush)
{
    flush_now(flush);
    while (flush->n) {
        paddr_t frame = flush->frames[--flush->n];
        table_put(frame & PTE_ADDRESS, frame & ~PTE_ADDRESS);
    }
}
