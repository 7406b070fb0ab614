/* mblen: in the C locale a character is a byte. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

int mblen(const char *text, size_t size)
{
    return !text || size == 0 ? 0 : *text != '\0';
}
