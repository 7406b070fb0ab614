/* memcpy: four words of eight bytes in each round; the last word may overlap the one before. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "words.h"

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    char *t = to;
    const char *f = from;
    char *end = t + size;

    if (size < 8) {
        while (t < end)
            *t++ = *f++;
        return to;
    }
    uint64_t last = *(const loose_word *)(f + size - 8);
    for (; end - t >= 32; t += 32, f += 32) {
        uint64_t a = *(const loose_word *)f;
        uint64_t b = *(const loose_word *)(f + 8);
        uint64_t c = *(const loose_word *)(f + 16);
        uint64_t d = *(const loose_word *)(f + 24);
        *(loose_word *)t = a;
        *(loose_word *)(t + 8) = b;
        *(loose_word *)(t + 16) = c;
        *(loose_word *)(t + 24) = d;
    }
    for (; end - t >= 8; t += 8, f += 8)
        *(loose_word *)t = *(const loose_word *)f;
    *(loose_word *)(end - 8) = last;
    return to;
}
