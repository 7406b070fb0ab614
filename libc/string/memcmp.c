/* memcmp: finds the first word that differs, then its first byte. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "words.h"

int memcmp(const void *a, const void *b, size_t size)
{
    const unsigned char *x = a, *y = b;

    while (size >= 8 && *(const loose_word *)x == *(const loose_word *)y) {
        x += 8;
        y += 8;
        size -= 8;
    }
    for (; size > 0; size--, x++, y++)
        if (*x != *y)
            return *x - *y;
    return 0;
}
