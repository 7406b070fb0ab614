/* strncmp: strcmp of at most a given number of bytes. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

int strncmp(const char *a, const char *b, size_t size)
{
    for (; size > 0; size--, a++, b++)
        if (*a != *b || !*a)
            return (unsigned char)*a - (unsigned char)*b;
    return 0;
}
