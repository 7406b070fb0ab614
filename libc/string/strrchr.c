/* strrchr: the last byte of a string with a given value. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

char *strrchr(const char *text, int c)
{
    return memrchr(text, c, strlen(text) + 1);
}
