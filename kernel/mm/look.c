/* Looking at a space from outside: a VMA of it, and its contents. */
/* SPDX-License-Identifier: MIT */
#include "space.h"

uint64_t space_most_resident(struct space *space)
{
    spin_lock(&space->lock);
    uint64_t most = max(space->most_resident, space->n_resident);
    spin_unlock(&space->lock);
    return most;
}

/* What is wanted of a page: a fault's code. */
static bool is_ready(pte_t pte, uint64_t access)
{
    const pte_t rights = PTE_PRESENT | (access & FAULT_WRITE ? PTE_WRITE : 0);
    return access & FAULT_FORCED ? pte && !(access & FAULT_WRITE) : (pte & rights) == rights;
}

/* The kernel's address of a user address, after a fault if need be; NULL if the access is not
 * possible. It is valid while the lock is held. Lock: space->lock held. */
static void *page_reach(struct space *space, uint64_t address, uint64_t access)
{
    if (address >= USER_END)
        return NULL;
    if (!is_ready(table_lookup(space, address), access) &&
        space_fault_locked(space, address, access) < 0)
        return NULL;
    return (char *)phys_to_virt(pte_phys(table_lookup(space, address))) + address % PAGE_SIZE;
}

size_t space_transfer(struct space *space, uint64_t address, void *buf, size_t n_bytes,
                      uint64_t access)
{
    size_t done = 0;
    while (done < n_bytes) {
        size_t step = min(PAGE_SIZE - (address + done) % PAGE_SIZE, n_bytes - done);
        space_lock_pages(space);
        void *page = page_reach(space, address + done, access);
        if (page && access & FAULT_WRITE && buf)
            memcpy(page, (char *)buf + done, step);
        else if (page && access & FAULT_WRITE)
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

size_t space_poke(struct space *space, uint64_t address, const void *buf, size_t n_bytes)
{
    return space_transfer(space, address, (void *)buf, n_bytes, FAULT_USER | FAULT_WRITE);
}
