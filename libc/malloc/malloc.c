/* malloc, calloc, realloc and free, on top of the heap and of mappings. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include "heap.h"
#include "syscall.h"

static void *take(size_t request, bool *zero)
{
    size_t size = chunk_size_for(request);
    struct chunk *chunk = NULL;

    if (size >= LARGE) {
        chunk = mapped_take(size);
        *zero = true;
    } else if (size) {
        lock_take(&heap_lock);
        chunk = heap_take(size, zero);
        lock_give(&heap_lock);
        if (!chunk) {
            chunk = mapped_take(size);
            *zero = true;
        }
    }
    return chunk ? chunk_memory(chunk) : fail_null(ENOMEM);
}

void *malloc(size_t size)
{
    bool zero;

    return take(size, &zero);
}

void *calloc(size_t n, size_t size)
{
    size_t bytes;
    bool zero;

    if (__builtin_mul_overflow(n, size, &bytes))
        return fail_null(ENOMEM);
    void *block = take(bytes, &zero);
    if (block)
        memset(block, 0, zero && bytes > HEADER ? HEADER : bytes); /* links may be at the start */
    return block;
}

void free(void *block)
{
    if (!block)
        return;
    int saved = errno;
    lock_take(&heap_lock);
    struct chunk *chunk = chunk_of(block, "free");
    bool mapped = chunk->size & MAPPED;
    if (!mapped)
        heap_give(chunk);
    lock_give(&heap_lock);
    if (mapped)
        mapped_give(chunk);
    errno = saved;
}

/* Moves the contents to another block. On failure the old one stays as it is. */
static void *move(void *block, size_t old_size, size_t size)
{
    void *moved = malloc(size);

    if (!moved)
        return NULL;
    memcpy(moved, block, old_size < size ? old_size : size);
    free(block);
    return moved;
}

static bool resize_in_place(struct chunk *chunk, size_t size)
{
    if (size > chunk_size(chunk))
        return size < LARGE && heap_extend(chunk, size);
    heap_cut(chunk, size);
    return true;
}

static void *resize_mapped(void *block, struct chunk *chunk, size_t size, size_t request)
{
    size_t old = chunk_size(chunk) - HEADER;

    if (size < LARGE / 2)
        return move(block, old, request);
    struct chunk *resized = mapped_resize(chunk, size);
    if (!resized && errno == ENOSYS) /* a kernel that is built without mremap */
        return move(block, old, request);
    return resized ? chunk_memory(resized) : NULL;
}

void *realloc(void *block, size_t request)
{
    if (!block)
        return malloc(request);
    size_t size = chunk_size_for(request);
    lock_take(&heap_lock);
    struct chunk *chunk = chunk_of(block, "realloc");
    size_t old_size = chunk_size(chunk);
    bool mapped = chunk->size & MAPPED, done = size && !mapped && resize_in_place(chunk, size);
    lock_give(&heap_lock);
    if (!size)
        return fail_null(ENOMEM);
    if (mapped)
        return resize_mapped(block, chunk, size, request);
    return done ? block : move(block, old_size - HEADER, request);
}

void *reallocarray(void *block, size_t n, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(n, size, &bytes))
        return fail_null(ENOMEM);
    return realloc(block, bytes);
}

size_t malloc_usable_size(void *block)
{
    if (!block)
        return 0;
    lock_take(&heap_lock);
    size_t size = chunk_size(chunk_of(block, "malloc_usable_size"));
    lock_give(&heap_lock);
    return size - HEADER;
}

int malloc_trim(size_t keep)
{
    lock_take(&heap_lock);
    bool trimmed = heap_trim(keep);
    lock_give(&heap_lock);
    return trimmed;
}
