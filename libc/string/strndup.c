/* strndup: a copy of at most a given number of bytes of a string, in memory from malloc. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

char *strndup(const char *text, size_t size)
{
    size_t length = strnlen(text, size);
    char *copy = malloc(length + 1);

    if (!copy)
        return NULL;
    copy[length] = '\0';
    return memcpy(copy, text, length);
}
