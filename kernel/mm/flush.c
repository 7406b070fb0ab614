/* Flushes: after a change of tables every processor that has the space loaded forgets what it knew
 * of them, and only then are the frames given up that the old entries pointed to. */
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
    /* No processor knows the space, and one that loads it from now on finds the entry changed. */
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
