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
        chunk = heap_take(size, zero);
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
    struct chunk *chunk = chunk_of(block, "free");
    int saved = errno;
    if (chunk->size & MAPPED)
        mapped_give(chunk);
    else
        heap_give(chunk);
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

void *realloc(void *block, size_t request)
{
    if (!block)
        return malloc(request);
    struct chunk *chunk = chunk_of(block, "realloc");
    size_t size = chunk_size_for(request), old_size = chunk_size(chunk);
    if (!size)
        return fail_null(ENOMEM);
    if (chunk->size & MAPPED) {
        if (size < LARGE / 2)
            return move(block, old_size - HEADER, request);
        struct chunk *resized = mapped_resize(chunk, size);
        if (!resized && errno == ENOSYS) /* a kernel that is built without mremap */
            return move(block, old_size - HEADER, request);
        return resized ? chunk_memory(resized) : NULL;
    }
    if (size <= old_size) {
        heap_cut(chunk, size);
        return block;
    }
    if (size < LARGE && heap_extend(chunk, size))
        return block;
    return move(block, old_size - HEADER, request);
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
    return block ? chunk_size(chunk_of(block, "malloc_usable_size")) - HEADER : 0;
}

int malloc_trim(size_t keep)
{
    return heap_trim(keep);
}
