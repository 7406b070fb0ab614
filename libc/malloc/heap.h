/* The heap: chunks with sealed headers, in bins by size; large blocks are mappings of their own.
 *
 * Every chunk has a header of 16 bytes: its size with two flags, and a seal over size and
 * address. What runs over the end of a block breaks the next seal, which free notices; what
 * frees a block twice finds the seal of a free chunk. Both end the program with a message.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEADER    16
#define MIN_CHUNK 48          /* header, two links, footer */
#define LARGE     (128 << 10) /* from here on a block is a mapping */
#define USED      1UL         /* flags in chunk->size, whose lower 4 bits are free */
#define MAPPED    2UL
#define LEFT_FREE 4UL /* the chunk before is free; its size stands in front of us */
#define FLAGS     15UL

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

/* The chunk size for a request; 0 where it is too large for any memory. */
static inline size_t chunk_size_for(size_t request)
{
    if (request > PTRDIFF_MAX - 2 * HEADER)
        return 0;
    size_t size = (request + HEADER + 15) & ~15UL;
    return size < MIN_CHUNK ? MIN_CHUNK : size;
}

/* Sets size and flags of a chunk, and seals it. */
void chunk_mark(struct chunk *chunk, uint64_t size_and_flags);

/* Is the header what chunk_mark wrote? */
bool chunk_sealed(const struct chunk *chunk);

/* The chunk that a used block lies in; ends the program where there is none. */
struct chunk *chunk_of(void *block, const char *caller);

/* A used chunk of at least `size` bytes, or NULL. *fresh: its memory was never used and is zero. */
struct chunk *heap_take(size_t size, bool *fresh);

/* Gives a used chunk back. */
void heap_give(struct chunk *chunk);

/* Makes a used chunk longer where it lies, from what is free behind it; false if there is not
 * enough. */
bool heap_extend(struct chunk *chunk, size_t size);

/* Cuts a used chunk to `size` bytes and gives the rest back. */
void heap_cut(struct chunk *chunk, size_t size);

/* Returns the unused end of the heap to the system, but for `keep` bytes; true if any. */
bool heap_trim(size_t keep);

/* The same for blocks that are mappings. */
struct chunk *mapped_take(size_t size);
struct chunk *mapped_resize(struct chunk *chunk, size_t size);
void mapped_give(struct chunk *chunk);

/* Says what is wrong with which block and aborts. */
_Noreturn void heap_broken(const char *caller, const char *what, const void *block);
