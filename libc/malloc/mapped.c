/* Large blocks: each is a mapping of its own, which is unmapped as soon as the block is freed. */
/* SPDX-License-Identifier: MIT */
#include <sys/mman.h>
#include "heap.h"
#include "syscall.h"

static size_t pages(size_t size)
{
    return (size + 4095) & ~4095UL;
}

struct chunk *mapped_take(size_t size)
{
    long at =
        sys_mmap(NULL, pages(size), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (syscall_ret(at) == -1)
        return NULL;
    chunk_mark((struct chunk *)at, pages(size) | USED | MAPPED);
    return (struct chunk *)at;
}

/* If memalign has moved a chunk inside its mapping, the chunk does not start at a page, and its
 * mapping starts at the page in which it is: `lead` bytes earlier. */
struct chunk *mapped_resize(struct chunk *chunk, size_t size)
{
    size_t lead = (uintptr_t)chunk % 4096;
    long at = sys_mremap((char *)chunk - lead, chunk_size(chunk) + lead, pages(size + lead),
                         MREMAP_MAYMOVE, NULL);

    if (syscall_ret(at) == -1)
        return NULL;
    chunk = chunk_at((void *)at, lead);
    chunk_mark(chunk, (pages(size + lead) - lead) | USED | MAPPED);
    return chunk;
}

void mapped_give(struct chunk *chunk)
{
    size_t lead = (uintptr_t)chunk % 4096;

    sys_munmap((char *)chunk - lead, chunk_size(chunk) + lead);
}
