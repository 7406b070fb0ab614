/* strcpy: copies a string. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

char *strcpy(char *restrict to, const char *restrict from)
{
    return memcpy(to, from, strlen(from) + 1);
}
