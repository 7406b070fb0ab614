/* wctype.h and wcwidth: kinds, cases and widths of wide characters, looked up in tables of runs. */
/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>
#include "unicode_tables.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* True if one of the runs contains c. Finds the last run that does not begin after c. */
static bool in_runs(const uint32_t *runs, size_t n, wint_t c)
{
    size_t low = 0, high = n;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (runs[middle] >> 11 <= c)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && c - (runs[low - 1] >> 11) <= (runs[low - 1] & 2047);
}

#define IN(table, c) in_runs(table, LENGTH(table), c)

/* What a mapping makes of c. Finds the first run that does not end before c. */
static wint_t mapped(const struct case_run *runs, size_t n, wint_t c)
{
    size_t low = 0, high = n;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (runs[middle].last < c)
            low = middle + 1;
        else
            high = middle;
    }
    const struct case_run *run = &runs[low];
    if (low == n || c < run->first || (c - run->first) % run->step != 0)
        return c;
    return c + (wint_t)run->shift;
}

wint_t towlower(wint_t c)
{
    if (c < 128)
        return c - 'A' < 26 ? c + 32 : c;
    return mapped(unicode_lower, LENGTH(unicode_lower), c);
}

wint_t towupper(wint_t c)
{
    if (c < 128)
        return c - 'a' < 26 ? c - 32 : c;
    return mapped(unicode_upper, LENGTH(unicode_upper), c);
}

int iswalpha(wint_t c)
{
    if (c < 128)
        return (c | 32) - 'a' < 26;
    return IN(unicode_alpha, c);
}

int iswdigit(wint_t c)
{
    return c - '0' < 10;
}

int iswalnum(wint_t c)
{
    return iswdigit(c) || iswalpha(c);
}

int iswblank(wint_t c)
{
    return IN(unicode_blank, c);
}

/* The separators of lines and paragraphs are control characters and spaces. */
static bool ends_line(wint_t c)
{
    return c == 0x2028 || c == 0x2029;
}

int iswcntrl(wint_t c)
{
    return c < 32 || c - 127 < 33 || ends_line(c);
}

int iswprint(wint_t c)
{
    if (c < 128)
        return c - 32 < 95;
    return IN(unicode_print, c);
}

int iswspace(wint_t c)
{
    return c - '\t' < 5 || ends_line(c) || iswblank(c);
}

int iswgraph(wint_t c)
{
    return iswprint(c) && !iswspace(c);
}

int iswpunct(wint_t c)
{
    return iswgraph(c) && !iswalnum(c);
}

int iswlower(wint_t c)
{
    return towupper(c) != c || IN(unicode_small, c);
}

int iswupper(wint_t c)
{
    return towlower(c) != c || IN(unicode_large, c);
}

int iswxdigit(wint_t c)
{
    return iswdigit(c) || (c | 32) - 'a' < 6;
}

int wcwidth(wchar_t c)
{
    wint_t n = (wint_t)c;

    if (n == 0)
        return 0;
    if (!iswprint(n))
        return -1;
    return IN(unicode_none, n) ? 0 : IN(unicode_wide, n) ? 2 : 1;
}

int wcswidth(const wchar_t *text, size_t n)
{
    int sum = 0;

    for (; n > 0 && *text; text++, n--) {
        int width = wcwidth(*text);

        if (width < 0)
            return -1;
        sum += width;
    }
    return sum;
}
