/* strncat: appends at most a given number of bytes of a string, and a NUL. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

char *strncat(char *restrict to, const char *restrict from, size_t size)
{
    char *end = to + strlen(to);
    size_t length = strnlen(from, size);

    memcpy(end, from, length);
    end[length] = '\0';
    return to;
}
