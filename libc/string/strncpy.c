/* strncpy: fills a field of a given size, with zeros after a shorter string. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

char *strncpy(char *restrict to, const char *restrict from, size_t size)
{
    stpncpy(to, from, size);
    return to;
}
