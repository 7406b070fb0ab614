/* strlcat: appends what fits and a NUL; the result is the length that all of it would have. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

size_t strlcat(char *restrict to, const char *restrict from, size_t size)
{
    size_t used = strnlen(to, size);

    if (used == size)
        return size + strlen(from);
    return used + strlcpy(to + used, from, size - used);
}
