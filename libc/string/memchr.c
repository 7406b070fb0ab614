/* memchr: the first byte of a block with a given value. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "words.h"

void *memchr(const void *block, int byte, size_t size)
{
    const unsigned char *at = block;
    uint64_t pattern = WORD_ONES * (unsigned char)byte;

    for (; size > 0 && (uintptr_t)at % 8; at++, size--)
        if (*at == (unsigned char)byte)
            return (void *)at;
    for (; size >= 8 && !zero_bytes(*(const word *)at ^ pattern); at += 8)
        size -= 8;
    for (; size > 0; at++, size--)
        if (*at == (unsigned char)byte)
            return (void *)at;
    return NULL;
}
