/* Measures how much memory a space or a part of it uses, and which pages it has.
 *
 * Spaces share page tables (tables.c), so a page's reference count alone does not say how many
 * spaces map it: a table with two users makes two spaces of one reference. The number of users is
 * the product of the counts on the way down. This is exact unless a page is mapped by several
 * tables of which only some are shared. */
/* SPDX-License-Identifier: MIT */
#include "look.h"
#include "mm/frames.h"
#include "mm/space.h"

/* The table of pages for the address, and in *users the product of the reference counts on the way
 * to it. NULL if there is none: *level is then the level of the entry that is 0. Lock: space->lock
 * held. */
static const pte_t *find_pages(const struct space *space, uint64_t address, uint64_t *users,
                               int *level)
{
    const pte_t *table = phys_to_virt(space->root);
    *users = 1;
    for (*level = 4; *level > 1; --*level) {
        pte_t entry = table[table_index(address, *level)];
        if (!entry)
            return NULL;
        *users *= frame_refs(pte_phys(entry));
        table = phys_to_virt(pte_phys(entry));
    }
    return table;
}

/* The same for a walk: *limit is where the part of [address, end) ends that this table serves, or
 * for which there is none. */
static const pte_t *find_part(const struct space *space, uint64_t address, uint64_t end,
                              uint64_t *users, uint64_t *limit)
{
    int level;
    const pte_t *table = find_pages(space, address, users, &level);
    uint64_t span = table ? LARGE_SPAN : 1ull << (PAGE_SHIFT + 9 * (level - 1));
    *limit = min(end, align_down(address, span) + span);
    return table;
}

/* Does the page belong to a file or a shared object? `object`: its VMA has a backing. */
static bool is_of_object(pte_t pte, bool object)
{
    return frame_at(pte_phys(pte))->use == FRAME_FILE || (object && pte & PTE_SOFT_SHARED);
}

/* How many spaces map the page: its references, without that of the object it belongs to, times the
 * users of its table. */
static uint64_t count_users(pte_t pte, uint64_t users_of_table, bool of_object)
{
    uint32_t holders = frame_refs(pte_phys(pte)) - of_object;
    return users_of_table * max(holders, 1u);
}

static void count_page(struct memory_use *use, pte_t pte, uint64_t users, bool object)
{
    bool file = is_of_object(pte, object);
    users = count_users(pte, users, file);
    use->pages++;
    use->anonymous += !file;
    use->referenced += (pte & PTE_ACCESSED) != 0;
    use->share += (PAGE_SIZE << SHARE_SHIFT) / users;
    if (users > 1)
        use->shared_dirty += (pte & PTE_DIRTY) != 0, use->shared++;
    else
        use->private_dirty += (pte & PTE_DIRTY) != 0;
}

/* The same for the next table of pages, to which it moves *at, as far as one look may go. */
static const pte_t *next_part(const struct space *space, uint64_t *at, uint64_t end,
                              uint64_t *users, uint64_t *limit)
{
    *limit = min(end, align_down(*at, PIECE_SPAN) + PIECE_SPAN);
    return next_table(space, at, *limit) ? find_part(space, *at, end, users, limit) : NULL;
}

void space_measure(struct space *space, const struct vma *vma, struct memory_use *use)
{
    uint64_t users, limit;
    memset(use, 0, sizeof(*use));
    for (uint64_t at = vma->start; at < vma->end;) {
        spin_lock(&space->lock);
        const pte_t *table = next_part(space, &at, vma->end, &users, &limit);
        for (; table && at < limit; at += PAGE_SIZE)
            if (table[table_index(at, 1)])
                count_page(use, table[table_index(at, 1)], users, vma->backing);
        spin_unlock(&space->lock);
        at = limit;
        if (!mm_resched())
            return;
    }
    use->locked = vma->flags & VMA_LOCKED ? use->share : 0;
}

bool space_next_page(struct space *space, uint64_t *address, uint64_t end, void *page)
{
    uint64_t users, limit, at = *address;
    space_lock_pages(space);
    const pte_t *table = find_part(space, at, end, &users, &limit);
    while (table && at < limit && !table[table_index(at, 1)])
        at += PAGE_SIZE;
    bool found = table && at < limit;
    if (found)
        page_copy(page, phys_to_virt(pte_phys(table[table_index(at, 1)])));
    spin_unlock(&space->lock);
    *address = found ? at + PAGE_SIZE : limit;
    return found;
}

uint64_t space_weight(struct space *space)
{
    uint64_t weight = 0, users, limit;
    for (uint64_t at = 0; at < USER_END; mm_resched()) {
        spin_lock(&space->lock);
        const pte_t *table = next_part(space, &at, USER_END, &users, &limit);
        weight += table != NULL;
        for (; table && at < limit; at += PAGE_SIZE) {
            pte_t pte = table[table_index(at, 1)];
            weight += pte && frame_at(pte_phys(pte))->use == FRAME_USER;
        }
        spin_unlock(&space->lock);
        at = limit;
    }
    return weight;
}

bool space_page_at(struct space *space, uint64_t address, struct page_seen *seen)
{
    int level;
    uint64_t users;
    spin_lock(&space->lock);
    const pte_t *table = find_pages(space, address, &users, &level);
    pte_t pte = table ? table[table_index(address, 1)] : 0;
    const struct vma *vma = pte ? vma_at(space, address) : NULL;
    if (pte) {
        bool of_object = is_of_object(pte, vma && vma->backing);
        *seen =
            (struct page_seen){pte_phys(pte), of_object, count_users(pte, users, of_object) == 1};
    }
    spin_unlock(&space->lock);
    return pte;
}

/* NOLINTNEXTLINE(misc-no-recursion): a level of tables each, three at most */
static uint64_t count_tables(const pte_t *table, int level)
{
    uint64_t n = 1;
    for (int i = 0; level > 1 && i < TABLE_ENTRIES; i++)
        if (table[i])
            n += count_tables(phys_to_virt(pte_phys(table[i])), level - 1);
    return n;
}

uint64_t space_tables(struct space *space)
{
    uint64_t n = 1;
    const pte_t *root = phys_to_virt(space->root);
    for (int i = 0; i < TABLE_ENTRIES / 2; i++) {
        spin_lock(&space->lock);
        if (root[i])
            n += count_tables(phys_to_virt(pte_phys(root[i])), 3);
        spin_unlock(&space->lock);
        if (!mm_resched())
            break;
    }
    return n;
}
