/* The heap: the memory up to the break, as chunks; free chunks in bins by size, and the end, `top`.
 *
 * The heap is a row of chunks without gaps. Each begins with a header that has its size, so the
 * right neighbour of a chunk is easily found. A free chunk also has its size in its last 8 bytes,
 * and its right neighbour has the flag LEFT_FREE: so the left neighbour is found if it is free, and
 * only then. The last chunk, `top`, is free too, but in no bin; at its end is the break, which
 * brk(2) moves.
 *
 * To allocate, heap_take() looks for a free chunk that is large enough. A bin has the chunks of one
 * range of sizes: 16 bytes wide below 1 KB, then eight bins for each power of two. Chunks in higher
 * bins always fit, and a bitmap tells which bins are not empty, so the search is short: a few
 * chunks of the bin of that size, then the first higher bin with a chunk. If there is none, the
 * chunk is cut from top, after moving the break if necessary. What is left over of a chunk becomes
 * a free chunk.
 *
 * To free, heap_give() joins the chunk with its free neighbours at once. So no two free chunks are
 * neighbours, and memory does not fall into ever smaller pieces. A large top is returned to the
 * kernel.
 *
 * A program may move the break itself. Then heap_end is not the break any more, and the heap starts
 * again at the new break; the old top is never used again. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "heap.h"
#include "syscall.h"

#define SMALL  1024
#define N_BINS (64 + 8 * 28)
#define GROW   (64 << 10)  /* the break moves by at least so much */
#define TRIM   (256 << 10) /* an unused end of this size is returned to the kernel */

unsigned heap_lock;

static struct chunk *bins[N_BINS];
static uint64_t filled[(N_BINS + 63) / 64]; /* which bins are not empty */
static struct chunk *top;                   /* the free end: in no bin; NULL before the first use */
static char *fresh_from;                    /* from here to the break all bytes are still zero */

/* The break as the heap left it. `top` always keeps at least MIN_CHUNK bytes before it. */
static char *heap_end;

static int bin_of(size_t size)
{
    if (size < SMALL)
        return (int)(size / 16);
    int log = 63 - __builtin_clzl(size);
    int bin = 64 + (log - 10) * 8 + (int)(size >> (log - 3) & 7);
    return bin < N_BINS ? bin : N_BINS - 1;
}

static void bin_insert(struct chunk *chunk)
{
    int bin = bin_of(chunk_size(chunk));

    chunk->previous = NULL;
    chunk->next = bins[bin];
    if (chunk->next)
        chunk->next->previous = chunk;
    bins[bin] = chunk;
    filled[bin / 64] |= 1UL << bin % 64;
}

static void bin_remove(struct chunk *chunk)
{
    int bin = bin_of(chunk_size(chunk));

    if ((chunk->previous ? chunk->previous->next : bins[bin]) != chunk ||
        (chunk->next && chunk->next->previous != chunk))
        heap_broken("malloc", "a freed block was written to", chunk_memory(chunk));
    if (chunk->next)
        chunk->next->previous = chunk->previous;
    if (chunk->previous)
        chunk->previous->next = chunk->next;
    else
        bins[bin] = chunk->next;
    if (!bins[bin])
        filled[bin / 64] &= ~(1UL << bin % 64);
}

/* Makes a free chunk and sets LEFT_FREE in its right neighbour. */
static void make_free(struct chunk *chunk, size_t size)
{
    struct chunk *right = chunk_at(chunk, size);

    chunk_mark(chunk, size);
    ((uint64_t *)right)[-1] = size;
    right->size |= LEFT_FREE;
    bin_insert(chunk);
}

/* Removes a free chunk from its bin and makes it a used one. */
static struct chunk *take_free(struct chunk *chunk)
{
    bin_remove(chunk);
    chunk_right(chunk)->size &= ~LEFT_FREE;
    chunk_mark(chunk, chunk_size(chunk) | USED);
    return chunk;
}

/* The first bin from `bin` on that is not empty, or -1. */
static int next_bin(int bin)
{
    for (int i = bin / 64; bin < N_BINS; bin = ++i * 64) {
        uint64_t bits = filled[i] >> bin % 64;

        if (bits)
            return bin + __builtin_ctzl(bits);
    }
    return -1;
}

static struct chunk *take_from_bins(size_t size)
{
    int bin = bin_of(size), tries = 8;

    for (struct chunk *chunk = bins[bin]; chunk && tries > 0; chunk = chunk->next, tries--)
        if (chunk_size(chunk) >= size)
            return take_free(chunk);
    bin = next_bin(bin + 1);
    return bin < 0 || chunk_size(bins[bin]) < size ? NULL : take_free(bins[bin]);
}

static void set_top(struct chunk *chunk)
{
    top = chunk;
    chunk_mark(top, (size_t)(heap_end - (char *)top));
}

/* Starts the heap at the break: for the first time, or after the program has moved the break. Then
 * the old top becomes a used chunk for ever. */
static bool start_heap(void)
{
    long at = sys_brk(NULL);
    long start = (at + 15) & ~15L;

    if (top)
        chunk_mark(top, chunk_size(top) | USED);
    if (sys_brk((void *)(start + GROW)) != start + GROW)
        return false;
    heap_end = (char *)start + GROW;
    fresh_from = (char *)start;
    set_top((struct chunk *)start);
    return true;
}

/* Moves the break so that `size` bytes can be cut from top. */
static bool grow_top(size_t size)
{
    if ((!top || sys_brk(NULL) != (long)heap_end) && !start_heap())
        return false;
    if (chunk_size(top) >= size + MIN_CHUNK)
        return true;
    size_t step = (size + MIN_CHUNK - chunk_size(top) + GROW - 1) & -(size_t)GROW;
    if (sys_brk(heap_end + step) != (long)(heap_end + step))
        return false;
    heap_end += step;
    chunk_mark(top, (chunk_size(top) + step) | (top->size & LEFT_FREE));
    return true;
}

static struct chunk *take_from_top(size_t size, bool *fresh)
{
    if ((!top || chunk_size(top) < size + MIN_CHUNK) && !grow_top(size))
        return NULL;
    struct chunk *chunk = top;
    set_top(chunk_at(chunk, size));
    chunk_mark(chunk, size | USED);
    char *end = (char *)chunk + size + sizeof(struct chunk);
    *fresh = (char *)chunk + sizeof(struct chunk) >= fresh_from;
    if (end > fresh_from)
        fresh_from = end;
    return chunk;
}

struct chunk *heap_take(size_t size, bool *fresh)
{
    struct chunk *chunk = take_from_bins(size);

    *fresh = false;
    if (!chunk)
        return take_from_top(size, fresh);
    heap_cut(chunk, size);
    return chunk;
}

/* The free chunk before this one, removed from its bin. */
static struct chunk *take_left(struct chunk *chunk)
{
    size_t size = ((uint64_t *)chunk)[-1];
    struct chunk *left = chunk_at(chunk, -size);

    if (size % 16 || (char *)left >= (char *)chunk || !chunk_sealed(left) ||
        chunk_size(left) != size)
        heap_broken("free", "written to the freed memory before a block", chunk_memory(chunk));
    bin_remove(left);
    return left;
}

void heap_give(struct chunk *chunk)
{
    size_t size = chunk_size(chunk);
    struct chunk *right = chunk_right(chunk);
    struct chunk *left = chunk;

    chunk->size &= ~USED;
    chunk_mark(chunk, chunk->size); /* a second free finds this header even after it is joined */
    if (chunk->size & LEFT_FREE) {
        left = take_left(chunk);
        size += chunk_size(left);
    }
    if (right == top) {
        set_top(left);
        if (chunk_size(top) >= TRIM)
            heap_trim(GROW);
        return;
    }
    if (!(right->size & USED)) {
        bin_remove(right);
        size += chunk_size(right);
    }
    make_free(left, size);
}

bool heap_extend(struct chunk *chunk, size_t size)
{
    struct chunk *right = chunk_right(chunk);
    size_t lacking = size - chunk_size(chunk);
    bool fresh;

    if (right == top) {
        struct chunk *taken = take_from_top(lacking < MIN_CHUNK ? MIN_CHUNK : lacking, &fresh);

        if (taken && taken != right)
            heap_give(taken);
        if (taken != right)
            return false;
    } else if (!(right->size & USED) && chunk_size(right) >= lacking) {
        take_free(right);
    } else {
        return false;
    }
    chunk_mark(chunk, (chunk_size(chunk) + chunk_size(right)) | (chunk->size & FLAGS));
    heap_cut(chunk, size);
    return true;
}

void heap_cut(struct chunk *chunk, size_t size)
{
    size_t rest = chunk_size(chunk) - size;

    if (rest < MIN_CHUNK)
        return;
    chunk_mark(chunk, size | (chunk->size & FLAGS));
    struct chunk *cut = chunk_at(chunk, size);
    chunk_mark(cut, rest | USED);
    heap_give(cut);
}

bool heap_trim(size_t keep)
{
    if (!top || sys_brk(NULL) != (long)heap_end)
        return false;
    char *end = (char *)(((uintptr_t)top + MIN_CHUNK + keep + 4095) & ~4095UL);
    if (end >= heap_end || sys_brk(end) != (long)end)
        return false;
    heap_end = end;
    if (fresh_from > heap_end)
        fresh_from = heap_end;
    chunk_mark(top, (size_t)(heap_end - (char *)top) | (top->size & LEFT_FREE));
    return true;
}
