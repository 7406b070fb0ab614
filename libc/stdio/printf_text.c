/* printf to strings. */
/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include "format.h"

struct text_sink {
    struct sink sink;
    char *at, *end; /* the free space, without the last byte, which is for the NUL */
};

static bool put(struct sink *sink, const char *text, size_t length)
{
    struct text_sink *to = (struct text_sink *)sink;
    size_t room = (size_t)(to->end - to->at);
    size_t fits = length < room ? length : room;

    memcpy(to->at, text, fits);
    to->at += fits;
    return true;
}

int vsnprintf(char *restrict text, size_t size, const char *restrict format, va_list args)
{
    char none;
    struct text_sink sink = {{put, 0}, size ? text : &none, size ? text + size - 1 : &none};

    int result = format_all(&sink.sink, format, args);
    *sink.at = '\0';
    return result;
}

int snprintf(char *restrict text, size_t size, const char *restrict format, ...)
{
    va_list args;

    va_start(args, format);
    int result = vsnprintf(text, size, format, args);
    va_end(args);
    return result;
}

int vsprintf(char *restrict text, const char *restrict format, va_list args)
{
    return vsnprintf(text, INT_MAX, format, args);
}

int sprintf(char *restrict text, const char *restrict format, ...)
{
    va_list args;

    va_start(args, format);
    int result = vsprintf(text, format, args);
    va_end(args);
    return result;
}
