/* strcmp: which of two strings comes first, byte by byte. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

int strcmp(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return (unsigned char)*a - (unsigned char)*b;
}
