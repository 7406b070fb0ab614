/* printf: goes through a format and prints its text and its conversions. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include "format.h"
#include "syscall.h"

/* va_list is an array type; inside a structure it can be passed by reference. */
struct arguments {
    va_list list;
};

bool sink_put(struct sink *sink, const char *text, size_t length)
{
    sink->total += length;
    return length == 0 || sink->put(sink, text, length);
}

bool sink_pad(struct sink *sink, char c, long n)
{
    char run[64];

    if (n <= 0)
        return true;
    memset(run, c, n < 64 ? (size_t)n : 64);
    for (; n > 64; n -= 64)
        if (!sink_put(sink, run, 64))
            return false;
    return sink_put(sink, run, (size_t)n);
}

bool format_padded(struct sink *sink, const struct spec *spec, const char *prefix,
                   const char *digits, size_t n_digits, long zeros)
{
    size_t n_prefix = strlen(prefix);
    long pad = spec->width - (long)(n_prefix + n_digits) - zeros;

    if (spec->zero && !spec->left && pad > 0) {
        zeros += pad;
        pad = 0;
    }
    return (spec->left || sink_pad(sink, ' ', pad)) && sink_put(sink, prefix, n_prefix) &&
           sink_pad(sink, '0', zeros) && sink_put(sink, digits, n_digits) &&
           (!spec->left || sink_pad(sink, ' ', pad));
}

/* Writes the digits of a number backwards, before `end`; no digit for 0. */
static char *digits_of(char *end, uint64_t n, unsigned base, char ten)
{
    for (; n; n /= base) {
        unsigned digit = (unsigned)(n % base);

        *--end = (char)(digit < 10 ? '0' + digit : ten + digit - 10);
    }
    return end;
}

static bool format_number(struct sink *sink, struct spec *spec, uint64_t n, const char *sign)
{
    char digits[32], *end = digits + sizeof(digits), *start;
    const char *prefix = sign;
    char letter = spec->letter;

    if (letter == 'x' || letter == 'X')
        start = digits_of(end, n, 16, letter == 'x' ? 'a' : 'A');
    else
        start = digits_of(end, n, letter == 'o' ? 8 : 10, 0);
    if (spec->alternate && n && (letter == 'x' || letter == 'X'))
        prefix = letter == 'x' ? "0x" : "0X";
    if (spec->precision >= 0)
        spec->zero = false;
    long zeros = (spec->precision < 0 ? 1 : spec->precision) - (end - start);
    if (spec->alternate && letter == 'o' && zeros <= 0)
        zeros = 1;
    return format_padded(sink, spec, prefix, start, (size_t)(end - start), zeros < 0 ? 0 : zeros);
}

static bool format_signed(struct sink *sink, struct spec *spec, struct arguments *args)
{
    long n = spec->length == 'l' ? va_arg(args->list, long) : va_arg(args->list, int);

    if (spec->length == 'h')
        n = (short)n;
    else if (spec->length == 'H')
        n = (signed char)n; /* NOLINT(bugprone-signed-char-misuse): that is what %hhd says */
    const char *sign = n < 0 ? "-" : spec->plus ? "+" : spec->space ? " " : "";
    return format_number(sink, spec, n < 0 ? -(uint64_t)n : (uint64_t)n, sign);
}

static bool format_unsigned(struct sink *sink, struct spec *spec, struct arguments *args)
{
    uint64_t n =
        spec->length == 'l' ? va_arg(args->list, unsigned long) : va_arg(args->list, unsigned int);

    if (spec->length == 'h')
        n = (unsigned short)n;
    else if (spec->length == 'H')
        n = (unsigned char)n;
    return format_number(sink, spec, n, "");
}

static bool format_pointer(struct sink *sink, struct spec *spec, const void *pointer)
{
    if (!pointer) {
        spec->zero = false;
        return format_padded(sink, spec, "", "(nil)", 5, 0);
    }
    spec->letter = 'x';
    spec->alternate = true;
    return format_number(sink, spec, (uintptr_t)pointer, "");
}

static bool format_text(struct sink *sink, struct spec *spec, const char *text)
{
    if (!text)
        text = spec->precision >= 0 && spec->precision < 6 ? "" : "(null)";
    spec->zero = false;
    size_t length = spec->precision < 0 ? strlen(text) : strnlen(text, (size_t)spec->precision);
    return format_padded(sink, spec, "", text, length, 0);
}

static bool format_char(struct sink *sink, struct spec *spec, char c)
{
    spec->zero = false;
    return format_padded(sink, spec, "", &c, 1, 0);
}

static bool store_total(struct sink *sink, int length, void *to)
{
    switch (length) {
    case 'H': *(signed char *)to = (signed char)sink->total; break;
    case 'h': *(short *)to = (short)sink->total; break;
    case 'l': *(long *)to = (long)sink->total; break;
    default: *(int *)to = (int)sink->total; break;
    }
    return true;
}

static bool format_argument(struct sink *sink, struct spec *spec, struct arguments *args)
{
    switch (spec->letter) {
    case 'd':
    case 'i': return format_signed(sink, spec, args);
    case 'u':
    case 'o':
    case 'x':
    case 'X': return format_unsigned(sink, spec, args);
    case 'C': return format_wide_char(sink, spec, va_arg(args->list, unsigned int));
    case 'S': return format_wide(sink, spec, va_arg(args->list, const wchar_t *));
    case 'c':
        if (spec->length == 'l')
            return format_wide_char(sink, spec, va_arg(args->list, unsigned int));
        return format_char(sink, spec, (char)va_arg(args->list, int));
    case 's':
        if (spec->length == 'l')
            return format_wide(sink, spec, va_arg(args->list, const wchar_t *));
        return format_text(sink, spec, va_arg(args->list, const char *));
    case 'p': return format_pointer(sink, spec, va_arg(args->list, const void *));
    case 'm': return format_text(sink, spec, strerror(errno));
    case 'n': return store_total(sink, spec->length, va_arg(args->list, void *));
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
    case 'a':
    case 'A':
        if (spec->length == 'L')
            return format_float(sink, spec, va_arg(args->list, long double));
        return format_float(sink, spec, va_arg(args->list, double));
    case '%': return sink_put(sink, "%", 1);
    }
    fail(EINVAL);
    return false;
}

static const char *parse_flags(const char *at, struct spec *spec)
{
    for (;; at++) {
        switch (*at) {
        case '-': spec->left = true; continue;
        case '0': spec->zero = true; continue;
        case '+': spec->plus = true; continue;
        case ' ': spec->space = true; continue;
        case '#': spec->alternate = true; continue;
        case '\'': continue;
        }
        return at;
    }
}

/* Reads a number or '*'; -1 if it does not fit an int. */
static const char *parse_number(const char *at, int *number, struct arguments *args)
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

static const char *parse_length(const char *at, struct spec *spec)
{
    switch (*at) {
    case 'h': spec->length = at[1] == 'h' ? 'H' : 'h'; return at + (at[1] == 'h' ? 2 : 1);
    case 'l': spec->length = 'l'; return at + (at[1] == 'l' ? 2 : 1);
    case 'j':
    case 'z':
    case 't': spec->length = 'l'; return at + 1;
    case 'q': spec->length = 'l'; return at + 1;
    case 'L': spec->length = 'L'; return at + 1;
    }
    return at;
}

/* Reads a conversion after its '%' and returns the place after its letter; NULL if the width or the
 * precision is too large. */
static const char *parse_spec(const char *at, struct spec *spec, struct arguments *args)
{
    *spec = (struct spec){.precision = -1};
    at = parse_flags(at, spec);
    bool star = *at == '*';
    at = parse_number(at, &spec->width, args);
    if (star && spec->width < 0) {
        spec->left = true;
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
    at = parse_length(at, spec);
    spec->letter = *at;
    return at + 1;
}

int format_all(struct sink *sink, const char *format, va_list list)
{
    struct arguments args;
    struct spec spec;
    bool good = true;

    va_copy(args.list, list);
    while (good && *format) {
        size_t text = strcspn(format, "%");

        good = sink_put(sink, format, text);
        format += text;
        if (!good || !*format)
            break;
        format = parse_spec(format + 1, &spec, &args);
        if (!format) {
            good = false;
            fail(EOVERFLOW);
            break;
        }
        good = format_argument(sink, &spec, &args);
    }
    va_end(args.list);
    if (!good)
        return -1;
    return sink->total > INT_MAX ? fail(EOVERFLOW) : (int)sink->total;
}
