/* Formatted printing into a buffer: the part of snprintf that a kernel needs. */
/* SPDX-License-Identifier: MIT */
#include "lib.h"

/* The destination of the text. `at` counts every byte, also those that did not fit. */
struct sink {
    char *buf;
    size_t size, at;
};

/* One conversion: what is written between '%' and its letter. */
struct spec {
    bool left, zero, plus, space, alternate;
    int width, precision; /* precision -1: none given */
    int length;           /* -2 hh, -1 h, 0 int, 1 long (also ll, z) */
};

static void put(struct sink *sink, char c)
{
    if (sink->at + 1 < sink->size)
        sink->buf[sink->at] = c;
    sink->at++;
}

static void put_many(struct sink *sink, char c, int n)
{
    while (n-- > 0)
        put(sink, c);
}

/* Prints `length` bytes of text padded with spaces to the width. */
static void put_text(struct sink *sink, const struct spec *spec, const char *text, int length)
{
    if (!spec->left)
        put_many(sink, ' ', spec->width - length);
    for (int i = 0; i < length; i++)
        put(sink, text[i]);
    if (spec->left)
        put_many(sink, ' ', spec->width - length);
}

/* Prints a number: the prefix (a sign or 0x), zeros up to the precision or width, the digits. */
static void put_number(struct sink *sink, const struct spec *spec, const char *prefix,
                       uint64_t value, unsigned base, bool upper)
{
    const char *alphabet = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    char digits[24];
    int n = 0, prefix_length = (int)strlen(prefix);
    for (; value; value /= base)
        digits[n++] = alphabet[value % base];
    int wanted = spec->precision >= 0 ? spec->precision : 1;
    if (spec->zero && !spec->left && spec->precision < 0)
        wanted = max(wanted, spec->width - prefix_length);
    if (base == 8 && spec->alternate && wanted <= n)
        wanted = n + 1;
    int zeros = max(wanted - n, 0), total = prefix_length + zeros + n;
    if (!spec->left)
        put_many(sink, ' ', spec->width - total);
    while (*prefix)
        put(sink, *prefix++);
    put_many(sink, '0', zeros);
    while (n > 0)
        put(sink, digits[--n]);
    if (spec->left)
        put_many(sink, ' ', spec->width - total);
}

static const char *parse_flags(const char *fmt, struct spec *spec)
{
    for (;; fmt++) {
        switch (*fmt) {
        case '-': spec->left = true; break;
        case '0': spec->zero = true; break;
        case '+': spec->plus = true; break;
        case ' ': spec->space = true; break;
        case '#': spec->alternate = true; break;
        default: return fmt;
        }
    }
}

static const char *parse_count(const char *fmt, int *count)
{
    for (*count = 0; *fmt >= '0' && *fmt <= '9'; fmt++)
        *count = min(*count * 10 + (*fmt - '0'), 4096);
    return fmt;
}

static const char *parse_length(const char *fmt, struct spec *spec)
{
    for (;; fmt++) {
        if (*fmt == 'l' || *fmt == 'z')
            spec->length = 1;
        else if (*fmt == 'h')
            spec->length--;
        else
            return fmt;
    }
}

static int64_t fetch_signed(const struct spec *spec, va_list *args)
{
    if (spec->length > 0)
        return va_arg(*args, long);
    int value = va_arg(*args, int);
    return spec->length == 0 ? value : spec->length == -1 ? (short)value : (signed char)value;
}

static uint64_t fetch_unsigned(const struct spec *spec, va_list *args)
{
    if (spec->length > 0)
        return va_arg(*args, unsigned long);
    unsigned value = va_arg(*args, unsigned);
    return spec->length == 0 ? value : value & (spec->length == -1 ? 0xffffu : 0xffu);
}

static void convert_signed(struct sink *sink, const struct spec *spec, va_list *args)
{
    int64_t value = fetch_signed(spec, args);
    const char *sign = value < 0 ? "-" : spec->plus ? "+" : spec->space ? " " : "";
    put_number(sink, spec, sign, value < 0 ? -(uint64_t)value : (uint64_t)value, 10, false);
}

static void convert_hex(struct sink *sink, const struct spec *spec, va_list *args, bool upper)
{
    uint64_t value = fetch_unsigned(spec, args);
    const char *prefix = !spec->alternate || value == 0 ? "" : upper ? "0X" : "0x";
    put_number(sink, spec, prefix, value, 16, upper);
}

static void convert_string(struct sink *sink, const struct spec *spec, const char *text)
{
    if (!text)
        text = "(null)";
    size_t limit = spec->precision >= 0 ? (size_t)spec->precision : INT32_MAX;
    put_text(sink, spec, text, (int)strnlen(text, limit));
}

/* Performs the conversion that `letter` names. */
static void convert(struct sink *sink, struct spec *spec, char letter, va_list *args)
{
    char c;
    switch (letter) {
    case 'd':
    case 'i': convert_signed(sink, spec, args); break;
    case 'u': put_number(sink, spec, "", fetch_unsigned(spec, args), 10, false); break;
    case 'o': put_number(sink, spec, "", fetch_unsigned(spec, args), 8, false); break;
    case 'x': convert_hex(sink, spec, args, false); break;
    case 'X': convert_hex(sink, spec, args, true); break;
    case 'p': put_number(sink, spec, "0x", (uintptr_t)va_arg(*args, void *), 16, false); break;
    case 'c':
        c = (char)va_arg(*args, int);
        put_text(sink, spec, &c, 1);
        break;
    case 's': convert_string(sink, spec, va_arg(*args, const char *)); break;
    case '%': put(sink, '%'); break;
    default: put(sink, '?'); break;
    }
}

/* Reads one conversion after its '%' and performs it; returns the rest of the format. */
static const char *format_one(struct sink *sink, const char *fmt, va_list *args)
{
    struct spec spec = {.precision = -1};
    fmt = parse_flags(fmt, &spec);
    if (*fmt == '*') {
        spec.width = va_arg(*args, int);
        if (spec.width < 0) {
            spec.left = true;
            spec.width = -spec.width;
        }
        fmt++;
    } else {
        fmt = parse_count(fmt, &spec.width);
    }
    if (*fmt == '.' && fmt[1] == '*') {
        spec.precision = va_arg(*args, int);
        fmt += 2;
    } else if (*fmt == '.') {
        fmt = parse_count(fmt + 1, &spec.precision);
    }
    fmt = parse_length(fmt, &spec);
    if (!*fmt)
        return fmt;
    convert(sink, &spec, *fmt, args);
    return fmt + 1;
}

int vformat(char *buf, size_t size, const char *fmt, va_list args)
{
    struct sink sink = {buf, size, 0};
    va_list rest;
    va_copy(rest, args);
    while (*fmt) {
        if (*fmt == '%')
            fmt = format_one(&sink, fmt + 1, &rest);
        else
            put(&sink, *fmt++);
    }
    va_end(rest);
    if (size > 0)
        buf[min(sink.at, size - 1)] = '\0';
    return (int)sink.at;
}

int format(char *buf, size_t size, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int n = vformat(buf, size, fmt, args);
    va_end(args);
    return n;
}
