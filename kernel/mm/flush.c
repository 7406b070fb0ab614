/* Flushes: after a change of tables, every processor that has the space loaded forgets what it knew
 * of them, and only then are the frames given up that the old entries led to. */
#include "space.h"

/* Forgets the changed range here and elsewhere: page by page while that is cheaper. */
void flush_now(struct flush *flush)
{
    if (!flush->end)
        return;
    size_t n_pages = (flush->end - flush->start) / PAGE_SIZE;
    if (n_pages > FLUSH_PAGES)
        n_pages = 0;
    if (space_refresh(flush->space, flush->start, flush->end - 1)) {
        for (size_t i = 0; i < n_pages; i++)
            tlb_flush_page(flush->start + i * PAGE_SIZE);
        if (!n_pages)
            tlb_flush_all();
    }
    tlb_shootdown(space_loaded_elsewhere(flush->space), flush->start, n_pages);
    flush->start = UINT64_MAX;
    flush->end = 0;
}

void flush_put(struct flush *flush, paddr_t frame, int level)
{
    /* Here nobody looks at user addresses before flush_end; the entry was taken out by a locked
     * operation, so a processor that is not in the mask yet cannot have seen it. */
    if (!space_loaded_elsewhere(flush->space)) {
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
