/* The older functions for one character or a string, without a state that the caller has: a
 * character whose rest is missing is an error. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <wchar.h>
#include "syscall.h"

int mbtowc(wchar_t *restrict c, const char *restrict bytes, size_t n)
{
    mbstate_t state = {0};

    if (!bytes)
        return 0;
    size_t length = mbrtowc(c, bytes, n, &state);
    return length == (size_t)-2 ? fail(EILSEQ) : (int)length;
}

int mblen(const char *bytes, size_t n)
{
    return mbtowc(NULL, bytes, n);
}

int wctomb(char *bytes, wchar_t c)
{
    return bytes ? (int)wcrtomb(bytes, c, NULL) : 0;
}

size_t mbstowcs(wchar_t *restrict to, const char *restrict from, size_t n)
{
    mbstate_t state = {0};
    const char *at = from;

    return mbsrtowcs(to, &at, n, &state);
}

size_t wcstombs(char *restrict to, const wchar_t *restrict from, size_t n)
{
    mbstate_t state = {0};
    const wchar_t *at = from;

    return wcsrtombs(to, &at, n, &state);
}
