/* strlcpy: copies what fits and a NUL; the result is the length that all of it would have. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

size_t strlcpy(char *restrict to, const char *restrict from, size_t size)
{
    size_t length = strlen(from);

    if (size > 0) {
        size_t fits = length < size ? length : size - 1;

        memcpy(to, from, fits);
        to[fits] = '\0';
    }
    return length;
}
