/* printf's parts: where text goes, one conversion, and the printing of one number. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* Where formatted text goes. put may fail, which ends the printing. */
struct sink {
    bool (*put)(struct sink *sink, const char *text, size_t length);
    size_t total; /* bytes so far */
};

/* One conversion, as written between '%' and its letter. */
struct spec {
    bool left, zero, plus, space, alternate;
    int width;
    int precision; /* -1: none given */
    int length;    /* 'H' (hh), 'h', 0, 'l' (also ll, j, z, t), 'L' */
    char letter;
};

bool sink_put(struct sink *sink, const char *text, size_t length);
bool sink_pad(struct sink *sink, char c, long n);

/* Prefix (sign, 0x), zeros and digits, padded to the width as the conversion says. */
bool format_padded(struct sink *sink, const struct spec *spec, const char *prefix,
                   const char *digits, size_t n_digits, long zeros);

/* One floating point number, by %e %f %g %a and their upper case. */
bool format_float(struct sink *sink, const struct spec *spec, long double value);

/* All of it; the number of bytes, or -1. */
int format_all(struct sink *sink, const char *format, va_list args);
