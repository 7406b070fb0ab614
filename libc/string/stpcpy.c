/* stpcpy: copies a string and returns where its copy ends. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

char *stpcpy(char *restrict to, const char *restrict from)
{
    size_t length = strlen(from);

    memcpy(to, from, length + 1);
    return to + length;
}
