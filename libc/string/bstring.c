/* The names that BSD gave to memset, memmove and memcmp. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

void bzero(void *block, size_t size)
{
    memset(block, 0, size);
}

void bcopy(const void *from, void *to, size_t size)
{
    memmove(to, from, size);
}

int bcmp(const void *a, const void *b, size_t size)
{
    return memcmp(a, b, size);
}
