/* Blocks at multiples of more than 16: allocates a longer block and frees the parts around it. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include "heap.h"
#include "syscall.h"

/* Frees the first `lead` bytes of a chunk, so that the block starts after them. */
static struct chunk *cut_lead(struct chunk *chunk, size_t lead)
{
    struct chunk *rest = chunk_at(chunk, lead);

    if (chunk->size & MAPPED) {
        size_t whole = lead & ~4095UL; /* whole pages are unmapped, less than a page stays */

        chunk_mark(rest, (chunk_size(chunk) - lead) | USED | MAPPED);
        if (whole)
            sys_munmap(chunk, whole);
        return rest;
    }
    chunk_mark(rest, (chunk_size(chunk) - lead) | USED);
    chunk_mark(chunk, lead | (chunk->size & FLAGS));
    heap_give(chunk);
    return rest;
}

void *memalign(size_t alignment, size_t size)
{
    if (alignment & (alignment - 1) || size > PTRDIFF_MAX || alignment > PTRDIFF_MAX / 2)
        return fail_null(EINVAL);
    if (alignment <= 16)
        return malloc(size);
    char *block = malloc(size + alignment + 2 * MIN_CHUNK);
    if (!block)
        return NULL;
    lock_take(&heap_lock);
    struct chunk *chunk = chunk_of(block, "memalign");
    size_t lead = -(uintptr_t)block & (alignment - 1);
    if (lead > 0 && lead < MIN_CHUNK)
        lead += (MIN_CHUNK + alignment - 1) & -alignment;
    if (lead)
        chunk = cut_lead(chunk, lead);
    if (!(chunk->size & MAPPED))
        heap_cut(chunk, chunk_size_for(size));
    lock_give(&heap_lock);
    return chunk_memory(chunk);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    int saved = errno;

    if (alignment < sizeof(void *) || alignment & (alignment - 1))
        return EINVAL;
    void *memory = memalign(alignment, size);
    if (!memory) {
        errno = saved;
        return ENOMEM;
    }
    *block = memory;
    return 0;
}
