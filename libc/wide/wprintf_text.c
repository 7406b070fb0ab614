/* swprintf. Unlike snprintf it fails if the text does not fit. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include "syscall.h"
#include "wprintf.h"

struct text_sink {
    struct wide_sink sink;
    wchar_t *at, *end; /* the free space, without the last character, which is for the NUL */
};

static bool put(struct wide_sink *sink, const wchar_t *text, size_t n)
{
    struct text_sink *to = (struct text_sink *)sink;
    size_t room = (size_t)(to->end - to->at);
    size_t fits = n < room ? n : room;

    to->at = wmempcpy(to->at, text, fits);
    return fits == n || fail(EOVERFLOW) == 0;
}

int vswprintf(wchar_t *restrict text, size_t size, const wchar_t *restrict format, va_list args)
{
    struct text_sink sink = {.sink.put = put, .at = text, .end = text + size - 1};

    if (size == 0)
        return fail(EOVERFLOW);
    int result = wide_format(&sink.sink, format, args);
    *sink.at = 0;
    return result;
}

int swprintf(wchar_t *restrict text, size_t size, const wchar_t *restrict format, ...)
{
    va_list args;

    va_start(args, format);
    int result = vswprintf(text, size, format, args);
    va_end(args);
    return result;
}
