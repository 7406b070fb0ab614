/* Page faults: memory is mapped when a program first touches it, and copied when it first writes to
 * it.
 *
 * mmap, fork and exec only set up VMAs and share tables. The work is done here, page by page, with
 * the space's lock held:
 *
 * 1. Find the VMA of the address. If there is none, a stack above may grow down to it. If there is
 *    still none, or the VMA does not allow the access, the program gets SIGSEGV.
 * 2. Make the tables on the way to the page this space's own (pte_own).
 * 3. If the PTE is 0, fill it: with a page of zeros, or with the backing's page; a private write
 *    gets a copy of that at once.
 * 4. If there is a page, the access needed a right that the PTE does not grant. For a write to a
 *    page that others use, the page is copied; otherwise the PTE gets the rights of the VMA.
 *
 * Two threads may fault on the same page at once. The second one waits for the lock and finds that
 * the PTE allows the access; step 4 then changes nothing. When memory is out, the fault fails with
 * -ENOMEM and the VMAs are as before.
 *
 * One fault costs more than clearing a page. So while a program touches pages in order, each fault
 * maps twice as many as the one before, up to 32. When a file's page is read, those around it that
 * are in memory are mapped too. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "frames.h"
#include "space.h"

enum {
    /* zeroed pages mapped by one fault at most; clearing them takes 20 us, perhaps for nothing */
    MAX_WINDOW = 32,
    AROUND_PAGES = 16, /* a file's pages around the one that was touched, mapped if they exist */
};

struct fault {
    struct space *space;
    struct vma *vma;
    uint64_t page; /* the address of the page */
    bool write;
    pte_t *pte; /* its PTE, in a table that is this space's own */
    struct flush flush;
};

pte_t vma_pte_flags(const struct vma *vma)
{
    pte_t flags = PTE_USER;
    if (vma->prot)
        flags |= PTE_PRESENT;
    if (!(vma->prot & PROT_EXEC))
        flags |= PTE_NX;
    if (vma->flags & VMA_SHARED)
        flags |= PTE_SOFT_SHARED;
    return flags;
}

/* PTE_WRITE if the VMA allows writing, for a page that only this space uses. */
static pte_t write_flag(const struct vma *vma)
{
    return vma->prot & PROT_WRITE ? PTE_WRITE : 0;
}

/* Grows the stack above the address down to it and returns it; NULL if its limit or what is mapped
 * below does not allow that. */
static struct vma *stack_grow(struct space *space, uint64_t address)
{
    struct vma *vma = vma_find(space, address);
    if (!vma || !(vma->flags & VMA_STACK))
        return NULL;
    const struct vma *next = vma_prev(vma);
    uint64_t start = align_down(address, PAGE_SIZE);
    uint64_t below = next ? next->end : USER_START;
    uint64_t grown = vma->start - start;
    if (vma->end - start > space->limit_stack || start < below || start - below < STACK_GAP ||
        start < least_address() || !space_within_limits(space, grown, vma->prot, vma->flags) ||
        space_check_locks(space, grown, vma->flags, false) < 0)
        return NULL;
    vma_resize(space, vma, start, vma->end);
    if (unlikely(space->copied_to))
        vmas_regrown(space, vma);
    return vma;
}

/* Does the VMA allow the access? On x86 any page with some right can be read. */
static bool access_allowed(const struct vma *vma, uint64_t error)
{
    if (error & FAULT_FORCED && (!(vma->flags & VMA_SHARED) || !(error & FAULT_WRITE)))
        return true;
    if (error & FAULT_WRITE)
        return vma->prot & PROT_WRITE;
    if (error & FAULT_FETCH)
        return vma->prot & PROT_EXEC;
    return vma->prot != PROT_NONE;
}

/* ---- The PTE is 0 ---- */

/* How many pages to map: 1, or more if the last faults were in order. */
static uint32_t window_for(struct space *space, uint64_t page)
{
    if (page != space->last_fault)
        return space->fault_window = 1;
    return space->fault_window = min(space->fault_window * 2, (uint32_t)MAX_WINDOW);
}

/* Maps zeroed pages from the fault's on, as many as the window allows, up to the end of the table
 * or VMA or the first PTE that is not 0. */
static int fault_fresh(struct fault *fault)
{
    pte_t flags = vma_pte_flags(fault->vma) | write_flag(fault->vma);
    uint64_t page = fault->page;
    uint64_t end = page + (uint64_t)window_for(fault->space, page) * PAGE_SIZE;
    end = min(end, min(fault->vma->end, align_down(page, LARGE_SPAN) + LARGE_SPAN));
    for (pte_t *pte = fault->pte; page < end && !*pte; page += PAGE_SIZE, pte++) {
        paddr_t frame = frame_alloc_zeroed(FRAME_USER);
        if (!frame)
            break;
        pte_fill(pte, frame | flags);
        fault->space->n_resident++;
    }
    fault->space->last_fault = page;
    return *fault->pte ? 0 : -ENOMEM;
}

static uint64_t backing_index(const struct vma *vma, uint64_t address)
{
    return (vma->offset + (address - vma->start)) / PAGE_SIZE;
}

/* Maps the pages around the fault's that the backing has in memory, read-only. Not inline, so that
 * the caller's stack frame, which holds the flush, does not grow. */
__attribute__((noinline)) static void map_around(struct fault *fault)
{
    const struct vma *vma = fault->vma;
    uint64_t span = AROUND_PAGES * PAGE_SIZE;
    uint64_t start = max(align_down(fault->page, span), vma->start);
    uint64_t end = min(align_down(fault->page, span) + span, vma->end);
    size_t n = (end - start) / PAGE_SIZE;
    paddr_t frames[AROUND_PAGES];
    vma->backing->ops->pages(vma->backing, backing_index(vma, start), n, frames);
    pte_t *pte = fault->pte - (fault->page - start) / PAGE_SIZE;
    for (size_t i = 0; i < n; i++, pte++) {
        if (!frames[i])
            continue;
        if (!*pte) {
            pte_fill(pte, frames[i] | vma_pte_flags(vma));
            fault->space->n_resident++;
        } else {
            frame_unref(frames[i]);
        }
    }
}

/* A copy of a page, or 0 when memory is out. */
static paddr_t page_duplicate(paddr_t original)
{
    paddr_t copy = frame_alloc(FRAME_USER);
    if (copy)
        page_copy(phys_to_virt(copy), phys_to_virt(original));
    return copy;
}

/* Maps the page of the backing, or a copy of it for a private write. */
static int fault_backed(struct fault *fault)
{
    struct vma *vma = fault->vma;
    bool shared = vma->flags & VMA_SHARED;
    paddr_t frame;
    int err =
        vma->backing->ops->page(vma->backing, backing_index(vma, fault->page), shared, &frame);
    if (err < 0)
        return err;
    if (shared) {
        pte_fill(fault->pte, frame | vma_pte_flags(vma) | write_flag(vma));
    } else if (fault->write) {
        paddr_t copy = page_duplicate(frame);
        frame_unref(frame);
        if (!copy)
            return -ENOMEM;
        pte_fill(fault->pte, copy | vma_pte_flags(vma) | write_flag(vma));
    } else {
        pte_fill(fault->pte, frame | vma_pte_flags(vma));
    }
    fault->space->n_resident++;
    if (vma->backing->ops->pages && !fault->write && !shared)
        map_around(fault);
    return 0;
}

/* ---- The PTE has a page, but grants too few rights ---- */

/* Gives the PTE the rights of its VMA. A write to a private page that others use copies it. */
static int fault_present(struct fault *fault)
{
    pte_t old = *fault->pte;
    paddr_t frame = pte_phys(old);
    pte_t flags = vma_pte_flags(fault->vma);
    /* A page of a file is never this space's own, even with one reference: then the file was
     * truncated, and a zap is about to unmap the page. */
    bool own =
        old & PTE_SOFT_SHARED || (frame_refs(frame) == 1 && frame_at(frame)->use != FRAME_FILE);
    if (own || !fault->write) {
        /* For a read, the right to write stays as it was: others may use the page. */
        flags |= fault->write ? write_flag(fault->vma) : old & PTE_WRITE;
        pte_set(fault->pte, frame | flags);
        if (old & PTE_PRESENT && (old ^ flags) & PTE_NX)
            flush_page(&fault->flush, fault->page);
        return 0;
    }
    paddr_t copy = page_duplicate(frame);
    if (!copy)
        return -ENOMEM;
    /* No processor may write to the copy while another still reads the old page. */
    pte_set(fault->pte, 0);
    flush_page(&fault->flush, fault->page);
    flush_now(&fault->flush);
    pte_set(fault->pte, copy | flags | write_flag(fault->vma));
    flush_put(&fault->flush, frame, 0);
    return 0;
}

static void tell_written(struct backing *backing)
{
    if (backing->ops->written)
        backing->ops->written(backing);
}

/* Resolves the fault, after the VMA was found and allows the access. */
static int fault_resolve(struct fault *fault)
{
    fault->pte = pte_own(fault->space, fault->page, &fault->flush);
    if (!fault->pte)
        return -ENOMEM;
    if (!*fault->pte && !fault->vma->backing)
        return fault_fresh(fault);
    int err = *fault->pte ? fault_present(fault) : fault_backed(fault);
    if (!err && fault->write && fault->vma->flags & VMA_SHARED)
        tell_written(fault->vma->backing);
    return err;
}

int space_fault_locked(struct space *space, uint64_t address, uint64_t error)
{
    if (address >= USER_END || error & FAULT_RESERVED)
        return -EFAULT;
    struct fault fault; /* set field by field: most of it is the flush's room for frames */
    fault.space = space;
    fault.page = align_down(address, PAGE_SIZE);
    fault.write = error & FAULT_WRITE;
    fault.vma = vma_at(space, address);
    if (!fault.vma)
        fault.vma = stack_grow(space, address);
    if (!fault.vma)
        return -EFAULT;
    if (!access_allowed(fault.vma, error))
        return -EACCES;
    flush_begin(&fault.flush, space);
    int result = fault_resolve(&fault);
    flush_end(&fault.flush);
    return result;
}

int space_fault(struct space *space, uint64_t address, uint64_t error)
{
    space_lock_pages(space);
    int result = space_fault_locked(space, address, error);
    spin_unlock(&space->lock);
    return result;
}
