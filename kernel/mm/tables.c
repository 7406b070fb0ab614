/* Page tables that spaces share until one writes: fork is a copy of half a root.
 *
 * A table and a page alike count the entries that lead to them. The rule that everything here
 * keeps: an entry that allows writing leads to a frame that no other entry leads to (but for
 * MAP_SHARED pages). So a write through shared tables faults, and the fault copies the shared ones
 * from the top down; a table that came to have one user again is made writable where it is. A
 * shared table changes in one way only: its entries lose PTE_WRITE when it is copied.
 *
 * The accessed bits must cover whatever a TLB holds (load.c). So no entry loses its bit but where
 * its pages are flushed next, and a table is copied while no processor can reach it.
 *
 * Most tables are nearly empty. A table's frame notes which groups of entries were ever filled, and
 * who copies or frees the table looks only at those. */
#include "abi/errno.h"
#include "frames.h"
#include "space.h"

enum {
    TABLE_FLAGS = PTE_PRESENT | PTE_WRITE | PTE_USER,
    ADOPT_MOST = 12, /* what is handed on from space to space is not known to be used any more */
};

static pte_t *table_at(paddr_t frame)
{
    return phys_to_virt(frame);
}

static pte_t entry_take(pte_t *entry)
{
    return __atomic_exchange_n(entry, 0, __ATOMIC_SEQ_CST);
}

void entry_fill(pte_t *entry, pte_t value)
{
    paddr_t at = virt_to_phys(entry);
    frame_at(at)->filled |= 1ull << at % PAGE_SIZE / sizeof(pte_t) / GROUP;
    *entry = value;
}

/* An empty table, or 0. */
static paddr_t table_alloc(void)
{
    paddr_t table = frame_alloc_zeroed(FRAME_TABLE);
    if (table)
        frame_at(table)->filled = 0;
    return table;
}

/* How many bytes one entry of a table of that level covers. */
static uint64_t entry_span(int level)
{
    return 1ull << (PAGE_SHIFT + 9 * (level - 1));
}

/* Another reference for what the entry leads to; then neither side may write to it without
 * asking. */
static pte_t entry_share(pte_t *entry)
{
    pte_t pte = __atomic_load_n(entry, __ATOMIC_RELAXED);
    frame_ref(pte_phys(pte));
    if (!(pte & PTE_WRITE) || pte & PTE_SOFT_SHARED)
        return pte;
    return __atomic_and_fetch(entry, ~(pte_t)PTE_WRITE, __ATOMIC_SEQ_CST);
}

void tables_share(pte_t *from, pte_t *to)
{
    uint64_t groups = filled_groups(from);
    frame_at(virt_to_phys(to))->filled = groups;
    for_each_group(first, groups) {
        for (uint64_t i = first; i < first + GROUP; i++) {
            if (from[i])
                to[i] = entry_share(&from[i]);
        }
    }
}

/* NOLINTNEXTLINE(misc-no-recursion): a level of tables each, four at most */
void table_put(paddr_t frame, int level)
{
    struct frame *counted = frame_at(frame);
    if (level > 0 && __atomic_load_n(&counted->refs, __ATOMIC_ACQUIRE) > 1 &&
        __atomic_sub_fetch(&counted->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    if (level == 0) {
        frame_unref(frame);
        return;
    }
    counted->refs = 1; /* nobody else is left */
    table_put_entries(table_at(frame), level);
    frame_free_zeroed(frame);
}

/* NOLINTNEXTLINE(misc-no-recursion): a level of tables each, four at most */
void table_put_entries(pte_t *table, int level)
{
    for_each_group(first, filled_groups(table)) {
        for (uint64_t i = first; i < first + GROUP; i++) {
            pte_t gone = table[i];
            if (!gone)
                continue;
            table[i] = 0; /* so the next to use this frame need not clear it */
            table_put(pte_phys(gone), level - 1);
        }
    }
}

/* The table below the entry, made this space's own: copied if others use it; NULL when memory is
 * out. The first entry on the way down that leads to a shared table stays out until cut_mend. */
static pte_t *entry_own(pte_t *entry, int level_below, uint64_t address, struct flush *flush)
{
    paddr_t shared = pte_phys(*entry);
    pte_t accessed = *entry & PTE_ACCESSED;
    if (*entry & PTE_WRITE)
        return table_at(shared);
    if (frame_refs(shared) == 1) {
        __atomic_or_fetch(entry, PTE_WRITE, __ATOMIC_SEQ_CST); /* more rights need no flush */
        return table_at(shared);
    }
    paddr_t copy = table_alloc();
    if (!copy)
        return NULL;
    if (!flush->cut) {
        flush->cut = entry;
        __atomic_store_n(entry, 0, __ATOMIC_SEQ_CST);
        flush_page(flush, align_down(address, PAGE_SIZE)); /* and where tables are below it */
        flush_now(flush);
    }
    tables_share(table_at(shared), table_at(copy));
    if (entry == flush->cut)
        flush->mended = copy | TABLE_FLAGS | accessed;
    else
        *entry = copy | TABLE_FLAGS | accessed;
    flush_put(flush, shared, level_below);
    return table_at(copy);
}

/* Puts the entry that entry_own has taken out in its place again. */
static void cut_mend(struct flush *flush)
{
    if (flush->cut)
        __atomic_store_n(flush->cut, flush->mended, __ATOMIC_SEQ_CST);
    flush->cut = NULL;
}

/* The table below an entry that is 0; NULL when memory is out. */
static pte_t *table_add(pte_t *entry)
{
    paddr_t fresh = table_alloc();
    if (!fresh)
        return NULL;
    entry_fill(entry, fresh | TABLE_FLAGS);
    return table_at(fresh);
}

pte_t *table_entry_own(struct space *space, uint64_t address, struct flush *flush)
{
    pte_t *table = table_at(space->root);
    for (int level = 4; level > 1 && table; level--) {
        pte_t *entry = &table[table_index(address, level)];
        table = *entry ? entry_own(entry, level - 1, address, flush) : table_add(entry);
    }
    cut_mend(flush);
    return table ? &table[table_index(address, 1)] : NULL;
}

pte_t table_lookup(const struct space *space, uint64_t address)
{
    pte_t rights = ~0ull;
    const pte_t *table = table_at(space->root);
    for (int level = 4; level > 1; level--) {
        pte_t entry = table[table_index(address, level)];
        if (!entry)
            return 0;
        if (!(entry & PTE_WRITE))
            rights = ~(pte_t)PTE_WRITE;
        table = table_at(pte_phys(entry));
    }
    return table[table_index(address, 1)] & rights;
}

int tables_isolate(struct space *space, uint64_t address, struct flush *flush)
{
    if (address >= USER_END)
        return 0;
    pte_t *table = table_at(space->root);
    for (int level = 4; level > 1 && table && address & (entry_span(level) - 1); level--) {
        pte_t *entry = &table[table_index(address, level)];
        if (!*entry)
            break;
        table = entry_own(entry, level - 1, address, flush);
    }
    cut_mend(flush);
    return table ? 0 : -ENOMEM;
}

/* Notes what must be flushed when an entry is gone. To flush one page makes a processor forget all
 * that it knows of tables, so of a table of pages only the pages in it matter. */
static void flush_entry(struct flush *flush, pte_t gone, int level, uint64_t address)
{
    int first = 0, last = TABLE_ENTRIES - 1;
    if (level == 1)
        last = 0;
    const pte_t *table = table_at(pte_phys(gone));
    while (level == 2 && first < last && !table[first])
        first++;
    while (level == 2 && first < last && !table[last])
        last--;
    uint64_t step = level == 1 ? PAGE_SIZE : entry_span(level - 1);
    flush_page(flush, address + first * step);
    flush_page(flush, address + last * step);
}

/* Clears [start, end) within a table that is the space's own and whose first entry is for the
 * address `base`. */
/* NOLINTNEXTLINE(misc-no-recursion): a level of tables each, four at most */
static void clear_in(pte_t *table, int level, uint64_t base, uint64_t start, uint64_t end,
                     struct flush *flush)
{
    uint64_t span = entry_span(level);
    uint64_t at = max(align_down(start, span), base);
    uint64_t limit = min(end, base + span * TABLE_ENTRIES);
    for (pte_t *entry = &table[table_index(at, level)]; at < limit; at += span, entry++) {
        if (!*entry)
            continue;
        if (at < start || at + span > end) {
            clear_in(table_at(pte_phys(*entry)), level - 1, at, start, end, flush);
            continue;
        }
        pte_t gone = entry_take(entry);
        flush_entry(flush, gone, level, at);
        flush_put(flush, pte_phys(gone), level - 1);
    }
}

void tables_clear(struct space *space, uint64_t start, uint64_t end, struct flush *flush)
{
    if (start < end)
        clear_in(table_at(space->root), 4, 0, start, end, flush);
}

/* The first table of pages that may have something at or above `address`, below end: returns its
 * page entries and sets *address to the first address looked for in it; NULL when there is none. */
static pte_t *next_table(const struct space *space, uint64_t *address, uint64_t end)
{
    while (*address < end) {
        const pte_t *table = table_at(space->root);
        int level = 4;
        while (level > 1 && table[table_index(*address, level)]) {
            table = table_at(pte_phys(table[table_index(*address, level)]));
            level--;
        }
        if (level == 1)
            return (pte_t *)table;
        *address = align_down(*address, entry_span(level)) + entry_span(level);
    }
    return NULL;
}

/* The page entry with no more rights than prot grants. */
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
        pte_t *entry = table_entry_own(space, at, flush);
        if (!entry)
            return -ENOMEM;
        for (; at < limit; at += PAGE_SIZE, entry++) {
            if (!*entry || restricted(*entry, prot) == *entry)
                continue;
            __atomic_store_n(entry, restricted(*entry, prot), __ATOMIC_SEQ_CST);
            flush_page(flush, at);
        }
    }
    return 0;
}

/* Makes both ends of a move the space's own, so that the move cannot fail. 0 or -ENOMEM. */
static int move_prepare(struct space *space, uint64_t from, uint64_t to, uint64_t n_bytes,
                        struct flush *flush)
{
    uint64_t at = from;
    while (next_table(space, &at, from + n_bytes)) {
        uint64_t limit = min(from + n_bytes, align_down(at, LARGE_SPAN) + LARGE_SPAN);
        if (!table_entry_own(space, at, flush) || !table_entry_own(space, at - from + to, flush) ||
            !table_entry_own(space, limit - PAGE_SIZE - from + to, flush))
            return -ENOMEM;
        at = limit;
    }
    return 0;
}

int tables_move(struct space *space, uint64_t from, uint64_t to, uint64_t n_bytes,
                struct flush *flush)
{
    if (move_prepare(space, from, to, n_bytes, flush) < 0)
        return -ENOMEM;
    uint64_t at = from;
    for (pte_t *table; (table = next_table(space, &at, from + n_bytes));) {
        uint64_t limit = min(from + n_bytes, align_down(at, LARGE_SPAN) + LARGE_SPAN);
        for (; at < limit; at += PAGE_SIZE) {
            pte_t *entry = &table[table_index(at, 1)];
            if (!*entry)
                continue;
            entry_fill(table_entry_own(space, at - from + to, flush), entry_take(entry));
            flush_page(flush, at);
        }
    }
    return 0;
}

/* ---- What was accessed ---- */

struct walk {
    struct accessed *pages; /* room for `limit` */
    size_t n, limit;
};

/* Which entries of a group have the bit: a bit each. */
static inline unsigned group_mask(const pte_t *group, pte_t bit)
{
    unsigned mask = 0;
    mask |= group[0] & bit ? 1 << 0 : 0;
    mask |= group[1] & bit ? 1 << 1 : 0;
    mask |= group[2] & bit ? 1 << 2 : 0;
    mask |= group[3] & bit ? 1 << 3 : 0;
    mask |= group[4] & bit ? 1 << 4 : 0;
    mask |= group[5] & bit ? 1 << 5 : 0;
    mask |= group[6] & bit ? 1 << 6 : 0;
    mask |= group[7] & bit ? 1 << 7 : 0;
    return mask;
}

/* For the number of each entry of a table that has the bit. */
#define for_each_with(i, table, bit)                                \
    for_each_group(first_, filled_groups(table))                    \
        for (uint64_t mask_ = group_mask(&(table)[first_], bit), i; \
             mask_ && (i = first_ + (uint64_t)__builtin_ctzll(mask_), true); mask_ &= mask_ - 1)

/* Whether the table below an entry is the space's alone, if the one that the entry is in is. */
static bool own_below(pte_t entry, bool own)
{
    return own && (n_cpus == 1 || frame_refs(pte_phys(entry)) == 1);
}

static void walk_pages(struct walk *walk, pte_t *table, uint64_t base, bool own)
{
    for_each_with(i, table, PTE_ACCESSED) {
        if (walk->n < walk->limit)
            walk->pages[walk->n] = (struct accessed){base + i * PAGE_SIZE, table[i]};
        walk->n++;
        if (own)
            table[i] &= ~(pte_t)PTE_ACCESSED;
    }
}

static void walk_directory(struct walk *walk, pte_t *table, uint64_t base, bool own)
{
    for_each_with(i, table, PTE_ACCESSED) {
        pte_t entry = table[i];
        if (own)
            table[i] &= ~(pte_t)PTE_ACCESSED;
        walk_pages(walk, table_at(pte_phys(entry)), base + i * LARGE_SPAN, own_below(entry, own));
    }
}

/* Where bits stay, and so many may be set, too many are enough. */
static void walk_directories(struct walk *walk, pte_t *table, uint64_t base, bool own)
{
    for_each_with(i, table, PTE_ACCESSED) {
        pte_t entry = table[i];
        if (own)
            table[i] &= ~(pte_t)PTE_ACCESSED;
        else if (walk->n > walk->limit)
            return;
        walk_directory(walk, table_at(pte_phys(entry)), base + i * entry_span(3),
                       own_below(entry, own));
    }
}

/* The root's own entries are copied to the processors' roots, which get the bits. */
size_t tables_accessed(struct space *space, bool alone, struct accessed *pages, size_t limit)
{
    struct walk walk = {.pages = pages, .limit = limit};
    pte_t *root = table_at(space->root);
    for_each_with(i, root, PTE_PRESENT)
        walk_directories(&walk, table_at(pte_phys(root[i])), i * entry_span(4),
                         own_below(root[i], alone));
    return walk.n;
}

/* Sets the accessed bit, unless the entry is another one by now. */
static bool entry_mark(pte_t *entry, pte_t value)
{
    return value & PTE_ACCESSED ||
           __atomic_compare_exchange_n(entry, &value, value | PTE_ACCESSED, false, __ATOMIC_SEQ_CST,
                                       __ATOMIC_RELAXED);
}

/* The table of pages for the address, with the accessed bits set on the way; NULL when there is
 * none. */
static pte_t *mark_way(const struct space *space, uint64_t address)
{
    pte_t *table = table_at(space->root);
    for (int level = 4; level > 1; level--) {
        pte_t *entry = &table[table_index(address, level)];
        pte_t value = __atomic_load_n(entry, __ATOMIC_RELAXED);
        if (!(value & PTE_PRESENT) || (level < 4 && !entry_mark(entry, value)))
            return NULL;
        table = table_at(pte_phys(value));
    }
    return table;
}

/* Whether the entry is the same, allows no writing, and is marked now. */
static bool adopt(pte_t *entry, pte_t known)
{
    pte_t value = __atomic_load_n(entry, __ATOMIC_RELAXED);
    return !(known & PTE_WRITE) && !((value ^ known) & ~(pte_t)PTE_ACCESSED) &&
           entry_mark(entry, value);
}

size_t tables_adopt(const struct space *space, struct accessed *pages, size_t n)
{
    uint64_t span = UINT64_MAX;
    pte_t *table = NULL;
    size_t left = 0;
    for (size_t i = 0; i < n; i++) {
        if (pages[i].address / LARGE_SPAN != span) {
            span = pages[i].address / LARGE_SPAN;
            table = mark_way(space, pages[i].address);
        }
        if (!table || i - left == ADOPT_MOST ||
            !adopt(&table[table_index(pages[i].address, 1)], pages[i].pte))
            pages[left++] = pages[i];
    }
    return left;
}

uint64_t tables_count(const struct space *space, uint64_t start, uint64_t end)
{
    uint64_t count = 0, at = start;
    for (pte_t *table; (table = next_table(space, &at, end));) {
        uint64_t limit = min(end, align_down(at, LARGE_SPAN) + LARGE_SPAN);
        for (; at < limit; at += PAGE_SIZE)
            count += table[table_index(at, 1)] != 0;
    }
    return count;
}
