/* strpbrk: the first byte that is in a set. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

char *strpbrk(const char *text, const char *stop)
{
    text += strcspn(text, stop);
    return *text ? (char *)text : NULL;
}
