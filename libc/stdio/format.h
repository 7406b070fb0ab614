/* The parts of printf: the destination of text, one conversion, the printing of one number. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* The destination of formatted text. If put fails, the printing ends. */
struct sink {
    bool (*put)(struct sink *sink, const char *text, size_t length);
    size_t total; /* bytes so far */
};

/* One conversion: what is written between '%' and its letter. */
struct spec {
    bool left, zero, plus, space, alternate;
    int width;
    int precision; /* -1: none given */
    int length;    /* 'H' (hh), 'h', 0, 'l' (also ll, j, z, t), 'L' */
    char letter;
};

bool sink_put(struct sink *sink, const char *text, size_t length);
bool sink_pad(struct sink *sink, char c, long n);

/* Prints a prefix (sign, 0x), zeros and digits, padded to the width of the conversion. */
bool format_padded(struct sink *sink, const struct spec *spec, const char *prefix,
                   const char *digits, size_t n_digits, long zeros);

/* Prints one floating point number, by %e %f %g %a or their upper case. */
bool format_float(struct sink *sink, const struct spec *spec, long double value);

/* Prints wide characters as bytes of the locale. */
bool format_wide(struct sink *sink, const struct spec *spec, const wchar_t *text);
bool format_wide_char(struct sink *sink, const struct spec *spec, unsigned int c);

/* Prints a whole format; the number of bytes, or -1. */
int format_all(struct sink *sink, const char *format, va_list args);
