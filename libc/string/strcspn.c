/* strcspn: how many bytes at the start are not in a set. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

size_t strcspn(const char *text, const char *stop)
{
    size_t n = 0;

    while (text[n] && !strchr(stop, text[n]))
        n++;
    return n;
}
