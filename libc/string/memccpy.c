/* memccpy: copies up to and including a given byte. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

void *memccpy(void *restrict to, const void *restrict from, int stop, size_t size)
{
    unsigned char *t = to;
    const unsigned char *f = from;

    while (size-- > 0)
        if ((*t++ = *f++) == (unsigned char)stop)
            return t;
    return NULL;
}
