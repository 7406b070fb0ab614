/* wcsftime: strftime prints each conversion, in ASCII; the rest of the format is copied. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <time.h>
#include <wchar.h>

#define LONGEST 32 /* characters of a conversion, with its flags and width */

/* Copies the conversion at `format` to bytes, after a space. Returns its length; 0 if it is none.
 */
static size_t conversion(char bytes[LONGEST + 2], const wchar_t *format)
{
    size_t n = 1;

    while (n < LONGEST && format[n] > 0 && format[n] < 128 && strchr("_-0^#+123456789", format[n]))
        n++;
    if (format[n] == 'E' || format[n] == 'O')
        n++;
    if (n >= LONGEST || format[n] <= 0 || format[n] >= 128)
        return 0;
    n++;
    bytes[0] = ' ';
    for (size_t i = 0; i < n; i++)
        bytes[i + 1] = (char)format[i];
    bytes[n + 1] = '\0';
    return n;
}

/* strftime's text, in the memory that it is to fill, becomes wide from its end on. The space in
 * front of it, which tells an empty text from one that does not fit, is dropped. */
static size_t widen(wchar_t *text, size_t n)
{
    const char *bytes = (const char *)text;

    for (size_t i = n; i > 1; i--)
        text[i - 1] = (unsigned char)bytes[i - 1];
    wmemmove(text, text + 1, n - 1);
    return n - 1;
}

size_t wcsftime(wchar_t *restrict text, size_t size, const wchar_t *restrict format,
                const struct tm *restrict tm)
{
    char bytes[LONGEST + 2];
    size_t at = 0;

    while (*format && at < size) {
        size_t length = *format == '%' ? conversion(bytes, format) : 0;

        if (length == 0) {
            text[at++] = *format++;
            continue;
        }
        size_t n = strftime((char *)(text + at), (size - at) * sizeof(*text), bytes, tm);
        if (n == 0 || n > size - at)
            return 0;
        at += widen(text + at, n);
        format += length;
    }
    if (at >= size)
        return 0;
    text[at] = 0;
    return at;
}
