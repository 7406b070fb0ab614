/* strcoll and strxfrm: in the C locale, the order of bytes. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

int strcoll(const char *a, const char *b)
{
    return strcmp(a, b);
}

size_t strxfrm(char *restrict to, const char *restrict from, size_t size)
{
    return strlcpy(to, from, size);
}
