/* memmove: like memcpy, but from the end if the target is above the source. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "words.h"

static void move_up(char *to, const char *from, size_t size)
{
    while (size >= 32) {
        size -= 32;
        uint64_t d = *(const loose_word *)(from + size + 24);
        uint64_t c = *(const loose_word *)(from + size + 16);
        uint64_t b = *(const loose_word *)(from + size + 8);
        uint64_t a = *(const loose_word *)(from + size);
        *(loose_word *)(to + size + 24) = d;
        *(loose_word *)(to + size + 16) = c;
        *(loose_word *)(to + size + 8) = b;
        *(loose_word *)(to + size) = a;
    }
    for (; size >= 8; size -= 8)
        *(loose_word *)(to + size - 8) = *(const loose_word *)(from + size - 8);
    while (size > 0) {
        size--;
        to[size] = from[size];
    }
}

static void move_down(char *to, const char *from, size_t size)
{
    for (; size >= 32; size -= 32, to += 32, from += 32) {
        uint64_t a = *(const loose_word *)from;
        uint64_t b = *(const loose_word *)(from + 8);
        uint64_t c = *(const loose_word *)(from + 16);
        uint64_t d = *(const loose_word *)(from + 24);
        *(loose_word *)to = a;
        *(loose_word *)(to + 8) = b;
        *(loose_word *)(to + 16) = c;
        *(loose_word *)(to + 24) = d;
    }
    for (; size >= 8; size -= 8, to += 8, from += 8)
        *(loose_word *)to = *(const loose_word *)from;
    while (size-- > 0)
        *to++ = *from++;
}

void *memmove(void *to, const void *from, size_t size)
{
    if ((uintptr_t)to - (uintptr_t)from < size)
        move_up(to, from, size);
    else
        move_down(to, from, size);
    return to;
}
