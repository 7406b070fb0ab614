/* brk: the heap, a VMA of its own, whose end the program moves. */
/* SPDX-License-Identifier: MIT */
#include "space.h"
#include "syscall_calls.h"

/* Extends the heap from `old` to `end`, which are page-aligned; false if that is not possible. Not
 * inline, so that the caller's stack frame, which holds the flush, does not grow. Lock: space->lock
 * held. */
__attribute__((noinline)) static bool heap_grow(struct space *space, uint64_t old, uint64_t end)
{
    uint32_t prot = PROT_READ | PROT_WRITE;
    uint64_t n_bytes = end - old;
    struct vma vma = {.start = old,
                      .end = end,
                      .prot = prot,
                      .max_prot = prot | PROT_EXEC,
                      .flags = VMA_HEAP | space->locks_new};
    const struct vma *next = vma_find(space, old);
    uint64_t above = next ? next->start : USER_END;
    if (next && next->flags & VMA_STACK)
        above -= min(above, (uint64_t)STACK_GAP);
    if (end > above || !space_within_limits(space, n_bytes, prot, VMA_HEAP) ||
        space_check_locks(space, n_bytes, vma.flags, false) < 0 || space->n_vmas > most_vmas() ||
        !vmas_reserve(space, 1))
        return false;
    vmas_add(space, &vma);
    return true;
}

/* Moves the break, or leaves it if that is not possible. Lock: space->lock held. */
static void brk_move(struct space *space, uint64_t wanted, struct flush *flush, struct list *dead)
{
    uint64_t old = align_up(space->brk_end, PAGE_SIZE), end = align_up(wanted, PAGE_SIZE);
    bool done = true;
    if (end > old)
        done = heap_grow(space, old, end);
    else if (end < old)
        done = space_unmap_locked(space, end, old, flush, dead) == 0;
    if (done)
        space->brk_end = wanted;
}

/* If the heap will shrink by much, frees its pages beforehand, in pieces. The break is read without
 * a lock: if another thread moves it meanwhile, the result is as if it had done so later. */
__attribute__((noinline)) static void brk_discard(struct space *space, uint64_t wanted)
{
    uint64_t old = align_up(space->brk_end, PAGE_SIZE), end = align_up(wanted, PAGE_SIZE);
    if (wanted >= space->brk_start && end + PIECE_BYTES < old)
        space_discard(space, end, old);
}

uint64_t space_set_brk(struct space *space, uint64_t wanted)
{
    struct list dead;
    struct flush flush;
    brk_discard(space, wanted);
    list_init(&dead);
    flush_begin(&flush, space);
    space_lock_vmas(space);
    uint64_t old = space->brk_end;
    if (wanted >= space->brk_start && wanted < USER_END)
        brk_move(space, wanted, &flush, &dead);
    uint64_t brk_end = space->brk_end;
    bool at_once = locks_at_once(space->locks_new);
    vmas_release(space);
    flush_end(&flush);
    spin_unlock(&space->lock);
    mappings_free(&dead);
    if (unlikely(at_once && brk_end > old))
        mm_locks.populate(space, align_down(old, PAGE_SIZE), brk_end);
    return brk_end;
}

long sys_brk(struct space *space, uaddr_t wanted)
{
    return space_set_brk(space, wanted.at);
}
