/* Looking at a space from outside, for /proc, ptrace and core files: its VMAs, how much of it is
 * in memory, and its contents. */
/* SPDX-License-Identifier: MIT */
#include "space.h"

/* Copies a VMA; its backing gets a reference, which the caller drops. */
static void vma_copy_out(const struct vma *vma, struct vma *out)
{
    *out = *vma;
    out->mapping = NULL;
    if (out->backing)
        out->backing->ops->ref(out->backing);
}

bool space_vma_at(struct space *space, uint64_t address, struct vma *out)
{
    spin_lock(&space->lock);
    struct vma *vma = vma_at(space, address);
    if (vma)
        vma_copy_out(vma, out);
    spin_unlock(&space->lock);
    return vma;
}

bool space_vma_after(struct space *space, uint64_t address, struct vma *out)
{
    spin_lock(&space->lock);
    struct vma *vma = vma_find(space, address);
    if (vma)
        vma_copy_out(vma, out);
    spin_unlock(&space->lock);
    return vma;
}

void *space_name_at(struct space *space, uint64_t address)
{
    spin_lock(&space->lock);
    struct vma *vma = vma_at(space, address);
    void *name = vma && vma->mapping ? vma->mapping->name : NULL;
    if (name)
        vma->backing->ops->name_ref(name);
    spin_unlock(&space->lock);
    return name;
}

uint64_t space_resident_in(struct space *space, uint64_t start, uint64_t end)
{
    spin_lock(&space->lock);
    uint64_t count = tables_count(space, start, min(end, USER_END));
    spin_unlock(&space->lock);
    return count;
}

uint64_t space_most_resident(struct space *space)
{
    spin_lock(&space->lock);
    uint64_t most = max(space->most_resident, space->n_resident);
    spin_unlock(&space->lock);
    return most;
}

uint64_t space_weight(struct space *space)
{
    uint64_t weight = 0;
    for (uint64_t at = 0; at < USER_END; mm_resched()) {
        spin_lock(&space->lock);
        weight += tables_weight(space, &at, USER_END);
        spin_unlock(&space->lock);
    }
    return weight;
}

uint64_t space_resident(struct space *space)
{
    return space_resident_in(space, 0, USER_END);
}

enum access { READ, WRITE, READ_ALL, WRITE_ALL };

/* The kernel's address of a user address, after a fault if need be; NULL if the access is not
 * possible. It is valid while the lock is held. Lock: space->lock held. */
static void *page_reach(struct space *space, uint64_t address, enum access access)
{
    static const uint64_t errors[] = {
        [READ] = FAULT_USER,
        [WRITE] = FAULT_USER | FAULT_WRITE,
        [READ_ALL] = FAULT_USER | FAULT_FORCED,
        [WRITE_ALL] = FAULT_USER | FAULT_WRITE | FAULT_FORCED,
    };
    if (address >= USER_END)
        return NULL;
    pte_t pte = table_lookup(space, address);
    bool ready = access == READ    ? pte & PTE_PRESENT
                 : access == WRITE ? (pte & (PTE_PRESENT | PTE_WRITE)) == (PTE_PRESENT | PTE_WRITE)
                                   : access == READ_ALL && pte;
    if (!ready && space_fault_locked(space, address, errors[access]) < 0)
        return NULL;
    pte = table_lookup(space, address);
    return (char *)phys_to_virt(pte_phys(pte)) + (address & (PAGE_SIZE - 1));
}

/* Copies page by page; the result is how many bytes were copied. Takes space->lock for each
 * page. */
static size_t transfer(struct space *space, uint64_t address, void *buf, size_t n_bytes,
                       enum access access)
{
    bool write = access == WRITE || access == WRITE_ALL;
    size_t done = 0;
    while (done < n_bytes) {
        size_t step = PAGE_SIZE - ((address + done) & (PAGE_SIZE - 1));
        step = min(step, n_bytes - done);
        spin_lock(&space->lock);
        void *page = page_reach(space, address + done, access);
        if (page && write && buf)
            memcpy(page, (char *)buf + done, step);
        else if (page && write)
            memset(page, 0, step);
        else if (page)
            memcpy((char *)buf + done, page, step);
        spin_unlock(&space->lock);
        if (!page)
            break;
        done += step;
    }
    return done;
}

size_t space_peek(struct space *space, uint64_t address, void *buf, size_t n_bytes)
{
    return transfer(space, address, buf, n_bytes, READ);
}

size_t space_poke(struct space *space, uint64_t address, const void *buf, size_t n_bytes)
{
    return transfer(space, address, (void *)buf, n_bytes, WRITE);
}

size_t space_peek_all(struct space *space, uint64_t address, void *buf, size_t n_bytes)
{
    return transfer(space, address, buf, n_bytes, READ_ALL);
}

size_t space_poke_all(struct space *space, uint64_t address, const void *buf, size_t n_bytes)
{
    return transfer(space, address, (void *)buf, n_bytes, WRITE_ALL);
}
