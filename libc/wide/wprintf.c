/* wprintf: goes through a wide format. Characters and strings are wide here; a number is printed by
 * printf itself, to which its conversion is given with the width and the precision as arguments. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include "../stdio/format.h"
#include "put.h"
#include "syscall.h"
#include "wprintf.h"

/* One conversion, and the text of it for printf. */
struct wide_spec {
    char flags[8];
    char length[3];
    bool left, has_width;
    int width, precision; /* precision -1: none given */
    char letter;
};

struct arguments {
    va_list list;
};

static bool put_wide(struct wide_sink *sink, const wchar_t *text, size_t n)
{
    sink->total += n;
    return n == 0 || sink->put(sink, text, n);
}

/* What printf's numbers are put to: their ASCII becomes wide. */
static bool put_ascii(struct sink *sink, const char *text, size_t length)
{
    struct wide_sink *wide = (struct wide_sink *)((char *)sink - offsetof(struct wide_sink, bytes));
    wchar_t run[64];

    while (length > 0) {
        size_t n = length < 64 ? length : 64;

        for (size_t i = 0; i < n; i++)
            run[i] = (unsigned char)text[i];
        if (!put_wide(wide, run, n))
            return false;
        text += n;
        length -= n;
    }
    return true;
}

static bool pad(struct wide_sink *sink, long n)
{
    return sink_pad(&sink->bytes, ' ', n);
}

static bool put_padded(struct wide_sink *sink, const struct wide_spec *spec, const wchar_t *text,
                       size_t n)
{
    long blanks = n < (size_t)spec->width ? spec->width - (long)n : 0;

    return (spec->left || pad(sink, blanks)) && put_wide(sink, text, n) &&
           (!spec->left || pad(sink, blanks));
}

static bool print_wide(struct wide_sink *sink, const struct wide_spec *spec, const wchar_t *text)
{
    if (!text)
        text = spec->precision >= 0 && spec->precision < 6 ? L"" : L"(null)";
    size_t n = spec->precision < 0 ? wcslen(text) : wcsnlen(text, (size_t)spec->precision);
    return put_padded(sink, spec, text, n);
}

/* %s: the bytes become wide characters, of which the precision is the most. */
static bool print_bytes(struct wide_sink *sink, const struct wide_spec *spec, const char *text)
{
    mbstate_t state = {0};

    if (!text)
        return print_wide(sink, spec, NULL);
    const char *from = text;
    size_t most = spec->precision < 0 ? strlen(text) : strnlen(text, (size_t)spec->precision * 4);
    if (spec->precision >= 0 && most > (size_t)spec->precision)
        most = (size_t)spec->precision;
    wchar_t *wide = reallocarray(NULL, most + 1, sizeof(*wide));
    if (!wide)
        return false;
    size_t n = mbsrtowcs(wide, &from, most, &state);
    bool good = n != (size_t)-1 && put_padded(sink, spec, wide, n);
    free(wide);
    return good;
}

static bool print_char(struct wide_sink *sink, const struct wide_spec *spec, wint_t c)
{
    wchar_t one = (wchar_t)c;

    if (c == WEOF)
        return fail(EILSEQ) == 0;
    return put_padded(sink, spec, &one, 1);
}

/* Lets printf print one argument. */
static bool print_by(struct wide_sink *sink, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    bool good = format_all(&sink->bytes, format, args) >= 0;
    va_end(args);
    return good;
}

static bool print_number(struct wide_sink *sink, const struct wide_spec *spec,
                         struct arguments *args)
{
    char format[24], *at = format;
    int width = spec->width, precision = spec->precision;
    bool real = strchr("eEfFgGaA", spec->letter);

    *at++ = '%';
    at = stpcpy(stpcpy(stpcpy(at, spec->flags), "*.*"), spec->length);
    *at++ = spec->letter;
    *at = '\0';
    sink->bytes.total = 0;
    if (real && spec->length[0] == 'L')
        return print_by(sink, format, width, precision, va_arg(args->list, long double));
    if (real)
        return print_by(sink, format, width, precision, va_arg(args->list, double));
    if (spec->letter == 'p')
        return print_by(sink, format, width, precision, va_arg(args->list, void *));
    if (spec->length[0] && spec->length[0] != 'h')
        return print_by(sink, format, width, precision, va_arg(args->list, long));
    return print_by(sink, format, width, precision, va_arg(args->list, int));
}

static bool store_total(const struct wide_sink *sink, const struct wide_spec *spec, void *to)
{
    switch (spec->length[0]) {
    case '\0': *(int *)to = (int)sink->total; break;
    case 'h':
        if (spec->length[1])
            *(signed char *)to = (signed char)sink->total;
        else
            *(short *)to = (short)sink->total;
        break;
    default: *(long *)to = (long)sink->total;
    }
    return true;
}

static bool print_argument(struct wide_sink *sink, const struct wide_spec *spec,
                           struct arguments *args)
{
    bool wide = spec->length[0] == 'l';

    switch (spec->letter) {
    case '%': return put_wide(sink, L"%", 1);
    case 'm': return print_bytes(sink, spec, strerror(errno));
    case 'n': return store_total(sink, spec, va_arg(args->list, void *));
    case 'C': return print_char(sink, spec, va_arg(args->list, wint_t));
    case 'S': return print_wide(sink, spec, va_arg(args->list, const wchar_t *));
    case 'c':
        if (wide)
            return print_char(sink, spec, va_arg(args->list, wint_t));
        return print_char(sink, spec, btowc((unsigned char)va_arg(args->list, int)));
    case 's':
        if (wide)
            return print_wide(sink, spec, va_arg(args->list, const wchar_t *));
        return print_bytes(sink, spec, va_arg(args->list, const char *));
    }
    if (spec->letter && strchr("diuoxXpeEfFgGaA", spec->letter))
        return print_number(sink, spec, args);
    return fail(EINVAL) == 0;
}

/* Reads a number or '*'; -1 if it does not fit an int. */
static const wchar_t *parse_number(const wchar_t *at, int *number, struct arguments *args)
{
    *number = 0;
    if (*at == '*') {
        *number = va_arg(args->list, int);
        return at + 1;
    }
    for (; *at >= '0' && *at <= '9'; at++)
        if (*number >= 0 && (__builtin_mul_overflow(*number, 10, number) ||
                             __builtin_add_overflow(*number, *at - '0', number)))
            *number = -1;
    return at;
}

/* Copies the ASCII characters at `at` that are in `set`, each once; returns what follows. */
static const wchar_t *parse_letters(const wchar_t *at, const char *set, char *copy, size_t size)
{
    size_t n = 0;

    for (; *at > 0 && *at < 128 && strchr(set, *at); at++)
        if (n < size - 1 && (*set != '-' || !memchr(copy, *at, n)))
            copy[n++] = (char)*at;
    copy[n] = '\0';
    return at;
}

/* Reads a conversion after its '%' and returns the place after its letter; NULL if the width or the
 * precision is too large. */
static const wchar_t *parse_spec(const wchar_t *at, struct wide_spec *spec, struct arguments *args)
{
    *spec = (struct wide_spec){.precision = -1};
    at = parse_letters(at, "-0+ #'", spec->flags, sizeof(spec->flags));
    spec->left = strchr(spec->flags, '-');
    bool star = *at == '*';
    at = parse_number(at, &spec->width, args);
    if (star && spec->width < 0) {
        spec->left = true;
        strcat(spec->flags, "-");
        spec->width = -spec->width;
    }
    if (spec->width < 0)
        return NULL;
    if (*at == '.') {
        star = at[1] == '*';
        at = parse_number(at + 1, &spec->precision, args);
        if (!star && spec->precision < 0)
            return NULL;
        if (spec->precision < 0)
            spec->precision = -1;
    }
    at = parse_letters(at, "hljztqL", spec->length, sizeof(spec->length));
    spec->letter = *at < 128 ? (char)*at : '\0';
    return *at ? at + 1 : at;
}

int wide_format(struct wide_sink *sink, const wchar_t *format, va_list list)
{
    struct arguments args;
    struct wide_spec spec;
    bool good = true;

    sink->bytes.put = put_ascii;
    va_copy(args.list, list);
    while (good && *format) {
        size_t text = (size_t)(wcschrnul(format, '%') - format);

        good = put_wide(sink, format, text);
        format += text;
        if (!good || !*format)
            break;
        format = parse_spec(format + 1, &spec, &args);
        if (!format) {
            good = false;
            fail(EOVERFLOW);
            break;
        }
        good = print_argument(sink, &spec, &args);
    }
    va_end(args.list);
    if (!good)
        return -1;
    return sink->total > INT_MAX ? fail(EOVERFLOW) : (int)sink->total;
}
