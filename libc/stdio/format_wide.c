/* printf's %ls and %lc: wide characters as bytes. Width and precision count bytes, and no character
 * is printed in part. */
/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <stdint.h>
#include <wchar.h>
#include "format.h"

/* How many bytes the text has, whole characters only and at most `most`; -1 with EILSEQ if one has
 * no form in bytes. */
static long bytes_of(const wchar_t *text, size_t most)
{
    char bytes[MB_LEN_MAX];
    size_t sum = 0;

    for (; sum < most && *text; text++) {
        size_t length = wcrtomb(bytes, *text, NULL);

        if (length == (size_t)-1)
            return -1;
        if (length > most - sum)
            break;
        sum += length;
    }
    return (long)sum;
}

bool format_wide(struct sink *sink, const struct spec *spec, const wchar_t *text)
{
    char bytes[MB_LEN_MAX];

    if (!text)
        text = spec->precision >= 0 && spec->precision < 6 ? L"" : L"(null)";
    long left = bytes_of(text, spec->precision < 0 ? SIZE_MAX : (size_t)spec->precision);
    long pad = spec->width - left;
    if (left < 0 || (!spec->left && !sink_pad(sink, ' ', pad)))
        return false;
    for (; left > 0 && *text; text++) {
        size_t length = wcrtomb(bytes, *text, NULL);

        if (length == (size_t)-1 || !sink_put(sink, bytes, length))
            return false;
        left -= (long)length;
    }
    return !spec->left || sink_pad(sink, ' ', pad);
}

bool format_wide_char(struct sink *sink, const struct spec *spec, wint_t c)
{
    struct spec all = *spec;
    wchar_t text[2] = {(wchar_t)c, 0};

    all.precision = -1;
    all.zero = false;
    if (c == 0) /* a NUL is printed, too */
        return format_padded(sink, &all, "", "", 1, 0);
    return format_wide(sink, &all, text);
}
