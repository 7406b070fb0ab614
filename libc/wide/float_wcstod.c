/* wcstod and its family, by strtod and its family (wcstol.c explains how). */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <wchar.h>
#include "narrow.h"

#define MARKS "+-._()" /* nan(chars) may have an underscore */

float wcstof(const wchar_t *restrict text, wchar_t **restrict end)
{
    struct narrow number;
    char *stop;

    if (!narrow_begin(&number, text, MARKS))
        return 0;
    float result = strtof(number.bytes, &stop);
    narrow_end(&number, stop, end);
    return result;
}

double wcstod(const wchar_t *restrict text, wchar_t **restrict end)
{
    struct narrow number;
    char *stop;

    if (!narrow_begin(&number, text, MARKS))
        return 0;
    double result = strtod(number.bytes, &stop);
    narrow_end(&number, stop, end);
    return result;
}

long double wcstold(const wchar_t *restrict text, wchar_t **restrict end)
{
    struct narrow number;
    char *stop;

    if (!narrow_begin(&number, text, MARKS))
        return 0;
    long double result = strtold(number.bytes, &stop);
    narrow_end(&number, stop, end);
    return result;
}
