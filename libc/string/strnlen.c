/* strnlen: the length of a string, but at most a given number. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

size_t strnlen(const char *text, size_t size)
{
    const char *end = memchr(text, 0, size);

    return end ? (size_t)(end - text) : size;
}
