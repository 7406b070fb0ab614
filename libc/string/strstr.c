/* strstr: the first occurrence of a string in a string. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

char *strstr(const char *text, const char *part)
{
    return memmem(text, strlen(text), part, strlen(part));
}
