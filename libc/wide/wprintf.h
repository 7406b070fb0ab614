/* The destination of wprintf's text. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <wchar.h>
#include "../stdio/format.h"

/* If put fails, the printing ends. `bytes` is what printf writes numbers to; wide_format sets it.
 */
struct wide_sink {
    bool (*put)(struct wide_sink *sink, const wchar_t *text, size_t n);
    size_t total; /* wide characters so far */
    struct sink bytes;
};

/* Prints a whole format; the number of wide characters, or -1. */
int wide_format(struct wide_sink *sink, const wchar_t *format, va_list args);
