/* string.h's functions for wide characters: copying and comparing. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

size_t wcslen(const wchar_t *text)
{
    size_t n = 0;

    while (text[n])
        n++;
    return n;
}

size_t wcsnlen(const wchar_t *text, size_t most)
{
    size_t n = 0;

    while (n < most && text[n])
        n++;
    return n;
}

wchar_t *wmemcpy(wchar_t *restrict to, const wchar_t *restrict from, size_t n)
{
    return memcpy(to, from, n * sizeof(*to));
}

wchar_t *wmempcpy(wchar_t *restrict to, const wchar_t *restrict from, size_t n)
{
    return wmemcpy(to, from, n) + n;
}

wchar_t *wmemmove(wchar_t *to, const wchar_t *from, size_t n)
{
    return memmove(to, from, n * sizeof(*to));
}

wchar_t *wmemset(wchar_t *block, wchar_t c, size_t n)
{
    for (size_t i = 0; i < n; i++)
        block[i] = c;
    return block;
}

wchar_t *wcpcpy(wchar_t *restrict to, const wchar_t *restrict from)
{
    size_t n = wcslen(from);

    return wmemcpy(to, from, n + 1) + n;
}

wchar_t *wcscpy(wchar_t *restrict to, const wchar_t *restrict from)
{
    return wmemcpy(to, from, wcslen(from) + 1);
}

wchar_t *wcpncpy(wchar_t *restrict to, const wchar_t *restrict from, size_t n)
{
    size_t length = wcsnlen(from, n);

    wmemcpy(to, from, length);
    return wmemset(to + length, 0, n - length);
}

wchar_t *wcsncpy(wchar_t *restrict to, const wchar_t *restrict from, size_t n)
{
    wcpncpy(to, from, n);
    return to;
}

wchar_t *wcscat(wchar_t *restrict to, const wchar_t *restrict from)
{
    wcscpy(to + wcslen(to), from);
    return to;
}

wchar_t *wcsncat(wchar_t *restrict to, const wchar_t *restrict from, size_t n)
{
    size_t length = wcsnlen(from, n);

    *wmempcpy(to + wcslen(to), from, length) = 0;
    return to;
}

size_t wcslcpy(wchar_t *restrict to, const wchar_t *restrict from, size_t n)
{
    size_t length = wcslen(from);

    if (n > 0)
        *wmempcpy(to, from, length < n ? length : n - 1) = 0;
    return length;
}

size_t wcslcat(wchar_t *restrict to, const wchar_t *restrict from, size_t n)
{
    size_t before = wcsnlen(to, n);

    return before + wcslcpy(to + before, from, n - before);
}

wchar_t *wcsdup(const wchar_t *text)
{
    size_t n = wcslen(text) + 1;
    wchar_t *copy = reallocarray(NULL, n, sizeof(*copy));

    return copy ? wmemcpy(copy, text, n) : NULL;
}

static int compare(wchar_t a, wchar_t b)
{
    return (a > b) - (a < b);
}

int wmemcmp(const wchar_t *a, const wchar_t *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (a[i] != b[i])
            return compare(a[i], b[i]);
    return 0;
}

int wcsncmp(const wchar_t *a, const wchar_t *b, size_t n)
{
    for (; n > 0 && *a && *a == *b; n--)
        a++, b++;
    return n > 0 ? compare(*a, *b) : 0;
}

int wcscmp(const wchar_t *a, const wchar_t *b)
{
    return wcsncmp(a, b, (size_t)-1);
}

int wcsncasecmp(const wchar_t *a, const wchar_t *b, size_t n)
{
    for (; n > 0 && *a && towlower((wint_t)*a) == towlower((wint_t)*b); n--)
        a++, b++;
    return n > 0 ? compare((wchar_t)towlower((wint_t)*a), (wchar_t)towlower((wint_t)*b)) : 0;
}

int wcscasecmp(const wchar_t *a, const wchar_t *b)
{
    return wcsncasecmp(a, b, (size_t)-1);
}

/* Both locales order text by the numbers of its characters. */
int wcscoll(const wchar_t *a, const wchar_t *b)
{
    return wcscmp(a, b);
}

size_t wcsxfrm(wchar_t *restrict to, const wchar_t *restrict from, size_t n)
{
    return wcslcpy(to, from, n);
}
