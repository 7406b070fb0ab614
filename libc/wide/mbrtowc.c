/* One character from bytes, and to bytes, by the locale. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <wchar.h>
#include "locales.h"
#include "syscall.h"
#include "utf8.h"

#define HIGH_BYTES 0xdf00 /* in the C locale, what is added to a byte above 127 */

size_t mbrtowc(wchar_t *restrict c, const char *restrict bytes, size_t n, mbstate_t *restrict state)
{
    static mbstate_t own;
    wchar_t none;

    if (!state)
        state = &own;
    if (!bytes)
        return mbrtowc(NULL, "", 1, state);
    if (!c)
        c = &none;
    if (locale_is_utf8())
        return utf8_decode(c, bytes, n, state);
    if (n == 0)
        return (size_t)-2;
    unsigned char byte = (unsigned char)*bytes;
    *c = byte < 128 ? byte : HIGH_BYTES + byte;
    return byte != 0;
}

size_t mbrlen(const char *restrict bytes, size_t n, mbstate_t *restrict state)
{
    static mbstate_t own;

    return mbrtowc(NULL, bytes, n, state ? state : &own);
}

size_t wcrtomb(char *restrict bytes, wchar_t c, mbstate_t *restrict state)
{
    (void)state;
    if (!bytes)
        return 1;
    if (locale_is_utf8())
        return utf8_encode(bytes, c);
    wint_t wide = (wint_t)c;
    if (wide >= 128 && wide - HIGH_BYTES - 128 >= 128)
        return (size_t)fail(EILSEQ);
    *bytes = (char)wide;
    return 1;
}

int mbsinit(const mbstate_t *state)
{
    return !state || (state->__left & 255) == 0;
}

wint_t btowc(int byte)
{
    if (byte < 0 || byte > (locale_is_utf8() ? 127 : 255))
        return WEOF;
    return byte < 128 ? (wint_t)byte : HIGH_BYTES + (wint_t)byte;
}

int wctob(wint_t c)
{
    char bytes[UTF8_MOST];

    if (c < 128)
        return (int)c;
    if (locale_is_utf8() || c - HIGH_BYTES - 128 >= 128)
        return EOF;
    wcrtomb(bytes, (wchar_t)c, NULL);
    return (unsigned char)bytes[0];
}
