/* Page tables, which spaces share until one of them writes: fork copies half a root and nothing
 * else.
 *
 * A table and a page alike have a count of the PTEs that point to them. There is one invariant:
 *
 *     A PTE with the right to write points to a frame that no other PTE points to.
 *     (Pages of MAP_SHARED are the exception.)
 *
 * So a write through shared tables faults, and the fault copies what is shared, from the top table
 * down to the page. A table or page that has one user again is not copied: its PTE gets the right
 * to write back. A shared table changes in one way only: when it is copied, its PTEs lose
 * PTE_WRITE.
 *
 * Other processors may run threads of the same space, and have its tables and pages in their TLBs
 * (load.c), while an operation holds the space's lock. What each change needs:
 *
 * - A PTE that was 0 is filled, or a PTE gets more rights: nothing. A processor that still
 *   knows fewer rights faults, waits for the lock, and finds the fault resolved.
 * - A PTE is cleared, or loses rights: it is changed (pte_set), the address is noted
 *   (flush_page), and before the lock is released all processors forget it (flush_end). Only then
 *   is the reference to the frame dropped (flush_put). Until then a page can be read and written
 *   through the old PTE, and a table can be walked through.
 * - A page is replaced by a copy: the PTE is cleared, all processors forget it, and then it is
 *   filled. Otherwise one thread could write to the copy while another still reads the old page.
 * - A shared table is replaced by a copy: the PTE is changed, and any page below it is noted,
 *   because flushing one page makes a processor forget all places of tables. Processors that walk
 *   through the old table meanwhile find the same pages there, and no right to write, as the PTE
 *   above it had none. They may set accessed bits in it; losing those does no harm. But another
 *   space may write to the old table once it is its only user. So this space keeps its reference
 *   until all processors have forgotten the table.
 * - fork removes the right to write from the root's PTEs, and all processors forget everything
 *   before it returns. What another thread of the parent writes until then, the child has too.
 *
 * When memory is out, a table cannot be copied, and the operation returns -ENOMEM; space.h says for
 * each function what may have changed by then.
 *
 * Most tables are nearly empty. A table's frame notes which groups of eight PTEs were ever
 * filled, and copying or freeing a table looks only at those. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "frames.h"
#include "space.h"

enum { TABLE_FLAGS = PTE_PRESENT | PTE_WRITE | PTE_USER };

static pte_t *table_at(paddr_t frame)
{
    return phys_to_virt(frame);
}

pte_t pte_set(pte_t *pte, pte_t value)
{
    return __atomic_exchange_n(pte, value, __ATOMIC_SEQ_CST);
}

void pte_fill(pte_t *pte, pte_t value)
{
    paddr_t at = virt_to_phys(pte);
    frame_at(at)->filled |= 1ull << at % PAGE_SIZE / sizeof(pte_t) / GROUP;
    __atomic_store_n(pte, value, __ATOMIC_RELEASE);
}

/* An empty table, or 0 when memory is out. */
static paddr_t table_alloc(void)
{
    paddr_t table = frame_alloc_zeroed(FRAME_TABLE);
    if (table)
        frame_at(table)->filled = 0;
    return table;
}

/* The number of bytes that one PTE of a table of that level maps. */
static uint64_t pte_span(int level)
{
    return 1ull << (PAGE_SHIFT + 9 * (level - 1));
}

/* Takes another reference to what the PTE points to, and removes the right to write, except from
 * a MAP_SHARED page. The new value. */
static pte_t pte_share(pte_t *pte)
{
    pte_t value = __atomic_load_n(pte, __ATOMIC_RELAXED);
    frame_ref(pte_phys(value));
    if (!(value & PTE_WRITE) || value & PTE_SOFT_SHARED)
        return value;
    return __atomic_and_fetch(pte, ~(pte_t)PTE_WRITE, __ATOMIC_SEQ_CST);
}

void tables_share(pte_t *from, pte_t *to)
{
    uint64_t groups = filled_groups(from);
    frame_at(virt_to_phys(to))->filled = groups;
    for_each_group(first, groups) {
        for (uint64_t i = first; i < first + GROUP; i++) {
            if (from[i])
                to[i] = pte_share(&from[i]);
        }
    }
}

static void put_ptes(pte_t *table, int level, bool slowly);

/* Drops a reference to a table or, at level 0, a page. `slowly`: lets other threads run after each
 * table. Each call goes down one level of tables, of which there are four. */
/* NOLINTNEXTLINE(misc-no-recursion) */
static void put(paddr_t frame, int level, bool slowly)
{
    struct frame *counted = frame_at(frame);
    if (level > 0 && __atomic_load_n(&counted->refs, __ATOMIC_ACQUIRE) > 1 &&
        __atomic_sub_fetch(&counted->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    if (level == 0) {
        frame_unref(frame);
        return;
    }
    counted->refs = 1; /* no other user is left */
    put_ptes(table_at(frame), level, slowly);
    frame_free_zeroed(frame);
    if (slowly)
        mm_resched();
}

/* NOLINTNEXTLINE(misc-no-recursion): a level of tables each, four at most */
static void put_ptes(pte_t *table, int level, bool slowly)
{
    for_each_group(first, filled_groups(table)) {
        for (uint64_t i = first; i < first + GROUP; i++) {
            pte_t gone = table[i];
            if (!gone)
                continue;
            table[i] = 0; /* so that the frame holds zeros when it is freed */
            put(pte_phys(gone), level - 1, slowly);
        }
    }
}

void table_put(paddr_t frame, int level)
{
    put(frame, level, false);
}

void table_put_ptes(pte_t *table, int level)
{
    put_ptes(table, level, false);
}

void tables_free_slowly(struct space *ended)
{
    pte_t *root = table_at(ended->root);
    for (int i = 0; i < TABLE_ENTRIES / 2; i++) {
        pte_t gone = root[i];
        if (!gone)
            continue;
        pte_set(&root[i], 0);
        tlb_shootdown(space_cpus(ended), 0, 0);
        put(pte_phys(gone), 3, true);
    }
}

/* The table that the PTE points to, as this space's own: it is copied if others use it. NULL when
 * memory is out. */
static pte_t *table_own(pte_t *pte, int level_below, uint64_t address, struct flush *flush)
{
    paddr_t shared = pte_phys(*pte);
    if (*pte & PTE_WRITE)
        return table_at(shared);
    if (frame_refs(shared) == 1) {
        __atomic_or_fetch(pte, PTE_WRITE, __ATOMIC_SEQ_CST);
        return table_at(shared);
    }
    paddr_t copy = table_alloc();
    if (!copy)
        return NULL;
    tables_share(table_at(shared), table_at(copy));
    pte_set(pte, copy | TABLE_FLAGS);
    flush_page(flush, align_down(address, PAGE_SIZE)); /* this flushes the places of tables too */
    flush_put(flush, shared, level_below);
    return table_at(copy);
}

/* Creates the table for a PTE that is 0; NULL when memory is out. */
static pte_t *table_add(pte_t *pte)
{
    paddr_t fresh = table_alloc();
    if (!fresh)
        return NULL;
    pte_fill(pte, fresh | TABLE_FLAGS);
    return table_at(fresh);
}

pte_t *pte_own(struct space *space, uint64_t address, struct flush *flush)
{
    pte_t *table = table_at(space->root);
    for (int level = 4; level > 1 && table; level--) {
        pte_t *pte = &table[table_index(address, level)];
        table = *pte ? table_own(pte, level - 1, address, flush) : table_add(pte);
    }
    return table ? &table[table_index(address, 1)] : NULL;
}

pte_t table_lookup(const struct space *space, uint64_t address)
{
    pte_t rights = ~0ull;
    const pte_t *table = table_at(space->root);
    for (int level = 4; level > 1; level--) {
        pte_t pte = table[table_index(address, level)];
        if (!pte)
            return 0;
        if (!(pte & PTE_WRITE))
            rights = ~(pte_t)PTE_WRITE;
        table = table_at(pte_phys(pte));
    }
    return table[table_index(address, 1)] & rights;
}

int tables_isolate(struct space *space, uint64_t address, struct flush *flush)
{
    if (address >= USER_END)
        return 0;
    pte_t *table = table_at(space->root);
    for (int level = 4; level > 1 && table && address & (pte_span(level) - 1); level--) {
        pte_t *pte = &table[table_index(address, level)];
        if (!*pte)
            break;
        table = table_own(pte, level - 1, address, flush);
    }
    return table ? 0 : -ENOMEM;
}

/* Notes what must be flushed after a PTE was cleared. Flushing one page makes a processor forget
 * all places of tables, so of a table of pages only the range of its pages matters. */
static void flush_pte(struct flush *flush, pte_t gone, int level, uint64_t address)
{
    int first = 0, last = TABLE_ENTRIES - 1;
    if (level == 1)
        last = 0;
    const pte_t *table = table_at(pte_phys(gone));
    while (level == 2 && first < last && !table[first])
        first++;
    while (level == 2 && first < last && !table[last])
        last--;
    uint64_t step = level == 1 ? PAGE_SIZE : pte_span(level - 1);
    flush_page(flush, address + first * step);
    flush_page(flush, address + last * step);
}

/* The number of pages below a table of that level. */
/* NOLINTNEXTLINE(misc-no-recursion): a level of tables each, three at most */
static uint64_t count_pages(const pte_t *table, int level)
{
    uint64_t n = 0;
    for_each_group(first, filled_groups(table)) {
        for (uint64_t i = first; i < first + GROUP; i++) {
            if (table[i])
                n += level == 1 ? 1 : count_pages(table_at(pte_phys(table[i])), level - 1);
        }
    }
    return n;
}

/* Clears [start, end) in a table that is this space's own and whose first PTE maps the address
 * `base`. */
/* NOLINTNEXTLINE(misc-no-recursion): a level of tables each, four at most */
static void clear_in(pte_t *table, int level, uint64_t base, uint64_t start, uint64_t end,
                     struct flush *flush)
{
    uint64_t span = pte_span(level);
    uint64_t at = max(align_down(start, span), base);
    uint64_t limit = min(end, base + span * TABLE_ENTRIES);
    for (pte_t *pte = &table[table_index(at, level)]; at < limit; at += span, pte++) {
        if (!*pte)
            continue;
        if (at < start || at + span > end) {
            clear_in(table_at(pte_phys(*pte)), level - 1, at, start, end, flush);
            continue;
        }
        pte_t gone = pte_set(pte, 0);
        flush->space->n_resident -=
            level == 1 ? 1 : count_pages(table_at(pte_phys(gone)), level - 1);
        flush_pte(flush, gone, level, at);
        flush_put(flush, pte_phys(gone), level - 1);
    }
}

void tables_clear(struct space *space, uint64_t start, uint64_t end, struct flush *flush)
{
    space_note_most(space);
    if (start < end)
        clear_in(table_at(space->root), 4, 0, start, end, flush);
}

/* The address of the next entry of this table that is not 0, from that of `address` on; the end of
 * the table if there is none. An address within the entry stays as it is. */
static uint64_t next_entry(const pte_t *table, int level, uint64_t address)
{
    uint64_t first = table_index(address, level), i = first;
    uint64_t groups = level == 4 ? UINT64_MAX : filled_groups(table);
    while (i < TABLE_ENTRIES && !table[i])
        i = (groups >> (i / GROUP)) & 1 ? i + 1 : align_down(i, (uint64_t)GROUP) + GROUP;
    uint64_t span = pte_span(level);
    return i == first ? address : align_down(address, span) + (i - first) * span;
}

pte_t *next_table(const struct space *space, uint64_t *address, uint64_t end)
{
    int level = 4;
    const pte_t *table = table_at(space->root);
    while (level > 1 && *address < end) {
        uint64_t next = next_entry(table, level, *address), whole = pte_span(level + 1);
        bool here = next / whole == *address / whole;
        *address = next;
        table = table_at(here ? pte_phys(table[table_index(next, level)]) : space->root);
        level = here ? level - 1 : 4;
    }
    return *address < end ? (pte_t *)table : NULL;
}

/* The PTE with only those rights that `prot` grants. */
static pte_t restricted(pte_t pte, uint32_t prot)
{
    if (!prot)
        pte &= ~(pte_t)PTE_PRESENT;
    if (!(prot & PROT_WRITE))
        pte &= ~(pte_t)PTE_WRITE;
    if (!(prot & PROT_EXEC))
        pte |= PTE_NX;
    return pte;
}

int tables_restrict(struct space *space, uint64_t start, uint64_t end, uint32_t prot,
                    struct flush *flush)
{
    uint64_t at = start;
    while (next_table(space, &at, end)) {
        uint64_t limit = min(end, align_down(at, LARGE_SPAN) + LARGE_SPAN);
        pte_t *pte = pte_own(space, at, flush);
        if (!pte)
            return -ENOMEM;
        for (; at < limit; at += PAGE_SIZE, pte++) {
            if (!*pte || restricted(*pte, prot) == *pte)
                continue;
            pte_set(pte, restricted(*pte, prot));
            flush_page(flush, at);
        }
    }
    return 0;
}

uint64_t tables_reach(const struct space *space, uint64_t start, uint64_t end, int n)
{
    uint64_t at = start;
    end = min(end, align_down(start, PIECE_SPAN) + PIECE_SPAN);
    while (n > 0 && next_table(space, &at, end)) {
        at = align_down(at, LARGE_SPAN) + LARGE_SPAN;
        n--;
    }
    return n > 0 ? end : min(at, end);
}
