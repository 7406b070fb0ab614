/* stpncpy: fills a field of a given size, with zeros after a shorter string. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

char *stpncpy(char *restrict to, const char *restrict from, size_t size)
{
    size_t length = strnlen(from, size);

    memcpy(to, from, length);
    memset(to + length, 0, size - length);
    return to + length;
}
