/* memset: four words of eight bytes in each round; the last word may overlap the one before. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "words.h"

void *memset(void *block, int byte, size_t size)
{
    char *at = block;
    char *end = at + size;
    uint64_t w = WORD_ONES * (unsigned char)byte;

    if (size < 8) {
        while (at < end)
            *at++ = (char)byte;
        return block;
    }
    for (; end - at >= 32; at += 32) {
        *(loose_word *)at = w;
        *(loose_word *)(at + 8) = w;
        *(loose_word *)(at + 16) = w;
        *(loose_word *)(at + 24) = w;
    }
    for (; end - at >= 8; at += 8)
        *(loose_word *)at = w;
    *(loose_word *)(end - 8) = w;
    return block;
}
