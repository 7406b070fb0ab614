/* memrchr: the last byte of a block with a given value. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

void *memrchr(const void *block, int byte, size_t size)
{
    const unsigned char *bytes = block;

    while (size-- > 0)
        if (bytes[size] == (unsigned char)byte)
            return (void *)(bytes + size);
    return NULL;
}
