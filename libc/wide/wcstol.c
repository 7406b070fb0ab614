/* wcstol and its family: the ASCII characters that a number may consist of are copied to bytes, and
 * strtol and its family read those. */
/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>
#include <wchar.h>
#include "narrow.h"

long wcstol(const wchar_t *restrict text, wchar_t **restrict end, int base)
{
    struct narrow number;
    char *stop;

    if (!narrow_begin(&number, text, "+-"))
        return 0;
    long result = strtol(number.bytes, &stop, base);
    narrow_end(&number, stop, end);
    return result;
}

unsigned long wcstoul(const wchar_t *restrict text, wchar_t **restrict end, int base)
{
    struct narrow number;
    char *stop;

    if (!narrow_begin(&number, text, "+-"))
        return 0;
    unsigned long result = strtoul(number.bytes, &stop, base);
    narrow_end(&number, stop, end);
    return result;
}

long long wcstoll(const wchar_t *restrict text, wchar_t **restrict end, int base)
{
    return wcstol(text, end, base);
}

unsigned long long wcstoull(const wchar_t *restrict text, wchar_t **restrict end, int base)
{
    return wcstoul(text, end, base);
}

intmax_t wcstoimax(const wchar_t *restrict text, wchar_t **restrict end, int base)
{
    return wcstol(text, end, base);
}

uintmax_t wcstoumax(const wchar_t *restrict text, wchar_t **restrict end, int base)
{
    return wcstoul(text, end, base);
}
