/* Looking at a space from outside: its VMAs one by one, and its contents as a debugger sees them.
 */
/* SPDX-License-Identifier: MIT */
#include "look.h"
#include "mm/space.h"

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

size_t space_peek(struct space *space, uint64_t address, void *buf, size_t n_bytes)
{
    return space_transfer(space, address, buf, n_bytes, FAULT_USER);
}

size_t space_peek_all(struct space *space, uint64_t address, void *buf, size_t n_bytes)
{
    return space_transfer(space, address, buf, n_bytes, FAULT_USER | FAULT_FORCED);
}

size_t space_poke_all(struct space *space, uint64_t address, const void *buf, size_t n_bytes)
{
    return space_transfer(space, address, (void *)buf, n_bytes,
                          FAULT_USER | FAULT_WRITE | FAULT_FORCED);
}
