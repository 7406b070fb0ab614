/* Strings of bytes to wide characters, and back. */
/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <string.h>
#include <wchar.h>
#include "utf8.h"

#define WRONG      ((size_t)-1)
#define INCOMPLETE ((size_t)-2)

/* `to` may be NULL: then characters are counted, without limit, and *from stays. Otherwise *from is
 * NULL after the final NUL, or the place of what was not converted. */
size_t mbsnrtowcs(wchar_t *restrict to, const char **restrict from, size_t bytes, size_t n,
                  mbstate_t *restrict state)
{
    static mbstate_t own;
    mbstate_t trial = state ? *state : own, *kept = state ? state : &own;
    mbstate_t *now = to ? kept : &trial;
    const char *at = *from;
    size_t done = 0;

    while (!to || done < n) {
        wchar_t c;
        size_t length = mbrtowc(&c, at, bytes, now);

        if (length == WRONG) {
            done = WRONG;
            break;
        }
        if (length == INCOMPLETE) {
            at += bytes;
            break;
        }
        if (to)
            to[done] = c;
        if (length == 0) {
            at = NULL;
            break;
        }
        at += length;
        bytes -= length;
        done++;
    }
    if (to)
        *from = at;
    return done;
}

/* mbrtowc reads no further than the final NUL, so the number of bytes need not be known. */
size_t mbsrtowcs(wchar_t *restrict to, const char **restrict from, size_t n,
                 mbstate_t *restrict state)
{
    static mbstate_t own;

    return mbsnrtowcs(to, from, SIZE_MAX, n, state ? state : &own);
}

size_t wcsnrtombs(char *restrict to, const wchar_t **restrict from, size_t characters, size_t n,
                  mbstate_t *restrict state)
{
    const wchar_t *at = *from;
    size_t done = 0;

    for (; characters > 0; characters--, at++) {
        char bytes[UTF8_MOST];
        size_t length = wcrtomb(bytes, *at, state);

        if (length == WRONG) {
            done = WRONG;
            break;
        }
        if (to && length > n - done)
            break;
        if (to)
            memcpy(to + done, bytes, length);
        if (!*at) {
            at = NULL;
            break;
        }
        done += length;
    }
    if (to)
        *from = at;
    return done;
}

size_t wcsrtombs(char *restrict to, const wchar_t **restrict from, size_t n,
                 mbstate_t *restrict state)
{
    return wcsnrtombs(to, from, SIZE_MAX, n, state);
}
