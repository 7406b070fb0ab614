/* strchrnul: the first byte of a string with a given value, or the string's end. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "words.h"

char *strchrnul(const char *text, int c)
{
    uint64_t pattern = WORD_ONES * (unsigned char)c;

    for (; (uintptr_t)text % 8; text++)
        if (!*text || *text == (char)c)
            return (char *)text;
    while (!zero_bytes(*(const word *)text) && !zero_bytes(*(const word *)text ^ pattern))
        text += 8;
    while (*text && *text != (char)c)
        text++;
    return (char *)text;
}
