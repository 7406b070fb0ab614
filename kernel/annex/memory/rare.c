/* What few programs ask of their memory: that the child of a fork does not get it, or gets it empty
 * (MADV_DONTFORK, MADV_WIPEONFORK); that mprotect finds the start of a stack (PROT_GROWSDOWN). */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "annex.h"
#include "mm/space.h"

/* Handles the next VMAs of a fork's child, from *at on: removes those that are VMA_DONTFORK and
 * drops the pages of those that are VMA_WIPEONFORK. Moves *at to where it stopped. 0 or -ENOMEM.
 * Takes child->lock. */
static int keep_piece(struct space *child, uint64_t *at, struct list *dead)
{
    struct flush flush;
    int err = 0;
    flush_begin(&flush, child);
    spin_lock(&child->lock);
    for (int n = 0; n < PIECE_VMAS && *at < USER_END && !err; n++) {
        const struct vma *vma = vma_find(child, *at);
        uint64_t start = vma ? max(vma->start, *at) : USER_END;
        uint32_t flags = vma ? vma->flags : 0;
        *at = vma ? vma->end : USER_END;
        if (!(flags & (VMA_DONTFORK | VMA_WIPEONFORK)))
            continue;
        *at = tables_reach(child, start, *at, PIECE_TABLES);
        n += *at < vma->end ? PIECE_VMAS : 0;
        err = space_discard_locked(child, start, *at, &flush);
        if (flags & VMA_DONTFORK && !err)
            vmas_cut(child, start, *at, dead);
    }
    flush_end(&flush);
    spin_unlock(&child->lock);
    return err;
}

/* The same for all VMAs of the child. */
static int vmas_keep(struct space *child, struct list *dead)
{
    int err = 0;
    for (uint64_t at = 0; at < USER_END && !err;) {
        err = keep_piece(child, &at, dead);
        mm_resched();
    }
    return err;
}

/* PROT_GROWSDOWN moves *start to the start of a stack in the range. Nothing grows upwards, so
 * PROT_GROWSUP fails. 0, -EINVAL or -ENOMEM. Takes space->lock. */
static int widen_growing(struct space *space, uint64_t *start, uint64_t end, uint64_t prot)
{
    spin_lock(&space->lock);
    const struct vma *vma = vma_find(space, *start);
    bool is_there = vma && vma->start < (prot & PROT_GROWSDOWN ? end : *start + 1);
    bool grows = is_there && prot & PROT_GROWSDOWN && vma->flags & VMA_STACK;
    if (grows)
        *start = vma->start;
    spin_unlock(&space->lock);
    return !is_there ? -ENOMEM : grows ? 0 : -EINVAL;
}

static void start_fork(struct fs_context *fs, const char *command_line)
{
    (void)fs, (void)command_line;
    annex_hooks.fork_kept = vmas_keep;
    annex_hooks.widen_growing = widen_growing;
}

ANNEX(memory, ANNEX_DEVICES, start_fork);
