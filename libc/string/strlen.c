/* strlen: reads whole aligned words, so it never reads a page that has no byte of the string. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "words.h"

size_t strlen(const char *text)
{
    const char *at = text;

    for (; (uintptr_t)at % 8; at++)
        if (!*at)
            return (size_t)(at - text);
    uint64_t zeros;
    while (!(zeros = zero_bytes(*(const word *)at)))
        at += 8;
    return (size_t)(at - text) + first_byte(zeros);
}
