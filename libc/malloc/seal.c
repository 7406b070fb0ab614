/* The headers of chunks and their seals, and the message if one is broken. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include "heap.h"
#include "syscall.h"

static uint64_t secret;

static uint64_t seal_of(const struct chunk *chunk, uint64_t size)
{
    if (!secret) {
        const void *random = (const void *)getauxval(AT_RANDOM);
        uint64_t made = 0;

        if (random)
            memcpy(&made, random, sizeof(made));
        secret = made | 1; /* in one step: another thread may do the same */
    }
    return (size & ~LEFT_FREE) * 0x9e3779b97f4a7c15UL ^ (uintptr_t)chunk ^ secret;
}

void chunk_mark(struct chunk *chunk, uint64_t size_and_flags)
{
    chunk->size = size_and_flags;
    chunk->seal = seal_of(chunk, size_and_flags);
}

bool chunk_sealed(const struct chunk *chunk)
{
    return chunk->seal == seal_of(chunk, chunk->size);
}

/* Without printf, which would otherwise be linked into every program that allocates. */
_Noreturn void heap_broken(const char *caller, const char *what, const void *block)
{
    char text[160], *at = text;

    at = stpcpy(stpcpy(at, caller), ": ");
    at = stpcpy(stpcpy(at, what), ": 0x");
    for (int shift = 44; shift >= 0; shift -= 4)
        *at++ = "0123456789abcdef"[(uintptr_t)block >> shift & 15];
    *at++ = '\n';
    sys_write(2, text, (size_t)(at - text));
    lock_give(&heap_lock); /* for a handler of SIGABRT */
    abort();
}

struct chunk *chunk_of(void *block, const char *caller)
{
    struct chunk *chunk = chunk_at(block, -(size_t)HEADER);

    if ((uintptr_t)block % 16 || (uintptr_t)block < 4096)
        heap_broken(caller, "not a block from malloc", block);
    if (!chunk_sealed(chunk))
        heap_broken(caller, "not a block from malloc, or its header was overwritten", block);
    if (!(chunk->size & USED))
        heap_broken(caller, "block was freed before", block);
    if (chunk->size & MAPPED)
        return chunk;
    struct chunk *right = chunk_right(chunk);
    if (!chunk_sealed(right))
        heap_broken(caller, "written past the end of a block", block);
    return chunk;
}
