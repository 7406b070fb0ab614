/* wprintf to files. */
/* SPDX-License-Identifier: MIT */
#include "put.h"
#include "wprintf.h"

struct file_sink {
    struct wide_sink sink;
    struct wide_writer writer;
};

static bool put(struct wide_sink *sink, const wchar_t *text, size_t n)
{
    return wide_put(&((struct file_sink *)sink)->writer, text, n);
}

int vfwprintf(FILE *restrict file, const wchar_t *restrict format, va_list args)
{
    struct file_sink sink = {.sink.put = put, .writer.file = file};

    flockfile(file);
    fwide(file, 1);
    int result = wide_format(&sink.sink, format, args);
    if (!wide_flush(&sink.writer))
        result = -1;
    funlockfile(file);
    return result;
}

int fwprintf(FILE *restrict file, const wchar_t *restrict format, ...)
{
    va_list args;

    va_start(args, format);
    int result = vfwprintf(file, format, args);
    va_end(args);
    return result;
}

int vwprintf(const wchar_t *restrict format, va_list args)
{
    return vfwprintf(stdout, format, args);
}

int wprintf(const wchar_t *restrict format, ...)
{
    va_list args;

    va_start(args, format);
    int result = vfwprintf(stdout, format, args);
    va_end(args);
    return result;
}
