/* /proc/PID/pagemap: a word for each page of an address space, in Linux's form. */
/* SPDX-License-Identifier: MIT */
#include "annex/look/look.h"
#include "nodes.h"

#define PAGE_PRESENT   (1ull << 63)
#define PAGE_OF_OBJECT (1ull << 61) /* of a file or of shared memory */
#define PAGE_ALONE     (1ull << 56) /* mapped nowhere else */

enum { WORD = 8, MOST_WORDS = 32 };

/* The word for a page. The number of its frame is for root only. */
static uint64_t word_for(struct space *space, uint64_t address, bool root)
{
    struct page_seen seen;
    if (!space_page_at(space, address, &seen))
        return 0;
    return PAGE_PRESENT | (seen.of_object ? PAGE_OF_OBJECT : 0) | (seen.alone ? PAGE_ALONE : 0) |
           (root ? seen.frame / PAGE_SIZE : 0);
}

long proc_live_pagemap(const struct proc_inode *of, struct uio *uio, uint64_t pos)
{
    uint64_t words[MOST_WORDS];
    bool root = current_process()->euid == 0;
    uint64_t page = pos / WORD, end = USER_END / PAGE_SIZE;
    long total = 0;
    if (pos % WORD || uio->left % WORD)
        return -EINVAL;
    struct space *space = program_space(of);
    while (space && uio->left > 0 && page < end) {
        size_t n = min(min(uio->left / WORD, (size_t)MOST_WORDS), (size_t)(end - page));
        for (size_t i = 0; i < n; i++)
            words[i] = word_for(space, (page + i) * PAGE_SIZE, root);
        size_t done = uio_put(uio, words, n * WORD);
        total += (long)done;
        page += n;
        if (done < n * WORD && total == 0)
            total = -EFAULT;
        if (done < n * WORD || !thread_resched(n * PAGE_SIZE / WORD)) /* a walk for each word */
            break;
    }
    if (space)
        space_unref(space);
    return total;
}
