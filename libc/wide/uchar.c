/* UTF-16 and UTF-32. The state keeps a surrogate that waits for its other half, above the bits that
 * mbrtowc uses. */
/* SPDX-License-Identifier: MIT */
#include <uchar.h>
#include <errno.h>
#include "syscall.h"

#define WAITING 0x80000000u

size_t mbrtoc16(char16_t *restrict c, const char *restrict bytes, size_t n,
                mbstate_t *restrict state)
{
    static mbstate_t own;
    wchar_t wide = 0;
    char16_t none;

    if (!state)
        state = &own;
    if (!bytes)
        return mbrtoc16(NULL, "", 1, state);
    if (!c)
        c = &none;
    if (state->__value & WAITING) {
        *c = (char16_t)state->__value;
        *state = (mbstate_t){0};
        return (size_t)-3;
    }
    size_t length = mbrtowc(&wide, bytes, n, state);
    if (length > n)
        return length;
    if (wide > 0xffff) {
        *c = (char16_t)(0xd7c0 + (wide >> 10));
        *state = (mbstate_t){1, WAITING | 0xdc00 | ((unsigned)wide & 0x3ff)};
    } else {
        *c = (char16_t)wide;
    }
    return length;
}

size_t c16rtomb(char *restrict bytes, char16_t c, mbstate_t *restrict state)
{
    static mbstate_t own;
    unsigned int first;

    if (!state)
        state = &own;
    if (!bytes)
        return 1;
    first = state->__value & WAITING ? state->__value & 0xffff : 0;
    if (!first && c >= 0xd800 && c < 0xdc00) {
        *state = (mbstate_t){1, WAITING | c};
        return 0;
    }
    *state = (mbstate_t){0};
    if (first && (c < 0xdc00 || c > 0xdfff))
        return (size_t)fail(EILSEQ);
    return wcrtomb(bytes, first ? (wchar_t)((first - 0xd7c0) << 10 | (c & 0x3ff)) : c, NULL);
}

size_t mbrtoc32(char32_t *restrict c, const char *restrict bytes, size_t n,
                mbstate_t *restrict state)
{
    static mbstate_t own;

    return mbrtowc((wchar_t *)c, bytes, n, state ? state : &own);
}

size_t c32rtomb(char *restrict bytes, char32_t c, mbstate_t *restrict state)
{
    return wcrtomb(bytes, (wchar_t)c, state);
}
