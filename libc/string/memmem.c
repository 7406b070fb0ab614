/* memmem: the first occurrence of a block in a block. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

void *memmem(const void *block, size_t size, const void *part, size_t part_size)
{
    const char *at = block, *first = part;

    if (part_size == 0)
        return (void *)at;
    while (size >= part_size) {
        const char *found = memchr(at, *first, size - part_size + 1);

        if (!found)
            return NULL;
        if (memcmp(found, part, part_size) == 0)
            return (void *)found;
        size -= (size_t)(found + 1 - at);
        at = found + 1;
    }
    return NULL;
}
