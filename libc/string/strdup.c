/* strdup: a copy of a string in memory from malloc. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

char *strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);

    return copy ? memcpy(copy, text, size) : NULL;
}
