/* The heap: chunks with sealed headers, in bins by size; large blocks are mappings of their own.
 *
 * Every chunk has a header of 16 bytes: its size with flags, and a seal, which is computed from
 * size, address and a secret. A write past the end of a block breaks the seal of the next chunk,
 * which free() notices. A second free() of a block finds the seal of a free chunk. Both end the
 * program with a message. heap.c explains how chunks are found and joined. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lock.h"

#define HEADER    16
#define MIN_CHUNK 48          /* header, two links, footer */
#define LARGE     (128 << 10) /* from this chunk size on a block is a mapping */
#define USED      1UL         /* flags in chunk->size, whose lower 4 bits are free */
#define MAPPED    2UL
#define LEFT_FREE 4UL /* the chunk before is free, and its size is in its last 8 bytes */
#define FLAGS     15UL

/* Held while the heap is looked at or changed, chunk_of included. */
extern unsigned heap_lock;

struct chunk {
    uint64_t size;
    uint64_t seal;
    struct chunk *next, *previous; /* in the bin, while it is free */
};

static inline size_t chunk_size(const struct chunk *chunk)
{
    return chunk->size & ~FLAGS;
}

static inline void *chunk_memory(struct chunk *chunk)
{
    return (char *)chunk + HEADER;
}

static inline struct chunk *chunk_at(const void *base, size_t offset)
{
    return (struct chunk *)((char *)base + offset);
}

static inline struct chunk *chunk_right(struct chunk *chunk)
{
    return chunk_at(chunk, chunk_size(chunk));
}

/* The chunk size for a request; 0 if that is too large for any memory. */
static inline size_t chunk_size_for(size_t request)
{
    if (request > PTRDIFF_MAX - 2 * HEADER)
        return 0;
    size_t size = (request + HEADER + 15) & ~15UL;
    return size < MIN_CHUNK ? MIN_CHUNK : size;
}

/* Sets size and flags of a chunk, and seals it. */
void chunk_mark(struct chunk *chunk, uint64_t size_and_flags);

/* True if the header is as chunk_mark wrote it. */
bool chunk_sealed(const struct chunk *chunk);

/* The chunk of a used block; ends the program if there is none. `caller` is for the message. */
struct chunk *chunk_of(void *block, const char *caller);

/* Returns a used chunk of at least `size` bytes, or NULL. *fresh says that its memory was never
 * used and is zero. */
struct chunk *heap_take(size_t size, bool *fresh);

/* Frees a used chunk. */
void heap_give(struct chunk *chunk);

/* Makes a used chunk longer without moving it, if enough memory after it is free. */
bool heap_extend(struct chunk *chunk, size_t size);

/* Cuts a used chunk to `size` bytes and frees the rest. */
void heap_cut(struct chunk *chunk, size_t size);

/* Returns the unused end of the heap to the kernel, except for `keep` bytes. False if there was
 * nothing to return. */
bool heap_trim(size_t keep);

/* The same for blocks that are mappings. */
struct chunk *mapped_take(size_t size);
struct chunk *mapped_resize(struct chunk *chunk, size_t size);
void mapped_give(struct chunk *chunk);

/* Writes to standard error what is wrong with the block, and aborts. The caller holds heap_lock. */
_Noreturn void heap_broken(const char *caller, const char *what, const void *block);
