/* A number in wide characters, as bytes: the copy that strtol and strtod read. */
/* SPDX-License-Identifier: MIT */
#include "narrow.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static bool belongs(wchar_t c, const char *marks)
{
    return c > 0 && c < 128 && (isalnum((int)c) || strchr(marks, (int)c));
}

bool narrow_begin(struct narrow *number, const wchar_t *text, const char *marks)
{
    size_t n = 0;

    number->text = text;
    while (iswspace((wint_t)*text))
        text++;
    number->digits = text;
    while (belongs(text[n], marks))
        n++;
    number->bytes = n < sizeof(number->room) ? number->room : malloc(n + 1);
    if (!number->bytes)
        return false;
    for (size_t i = 0; i < n; i++)
        number->bytes[i] = (char)text[i];
    number->bytes[n] = '\0';
    return true;
}

void narrow_end(struct narrow *number, const char *stop, wchar_t **end)
{
    if (end)
        *end = (wchar_t *)(stop == number->bytes ? number->text
                                                 : number->digits + (stop - number->bytes));
    if (number->bytes != number->room)
        free(number->bytes);
}
