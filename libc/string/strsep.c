/* strsep: cuts off the text up to a separator; empty fields count. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

char *strsep(char **restrict rest, const char *restrict separators)
{
    char *field = *rest;

    if (!field)
        return NULL;
    char *end = strpbrk(field, separators);
    if (end)
        *end++ = '\0';
    *rest = end;
    return field;
}
