/* printf to files. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "file.h"
#include "format.h"

struct file_sink {
    struct sink sink;
    FILE *file;
};

static bool put(struct sink *sink, const char *text, size_t length)
{
    return file_put(((struct file_sink *)sink)->file, text, length) == length;
}

/* An unbuffered file gets a buffer during one call, so that a line is one write. */
static int print_unbuffered(FILE *file, const char *format, va_list args)
{
    unsigned char room[256];
    FILE with = *file;
    struct file_sink sink = {{put, 0}, &with};

    with.mode = _IOFBF;
    with.buf = with.at = room;
    with.size = sizeof(room);
    with.limit = room + sizeof(room);
    with.writing = true;
    int result = format_all(&sink.sink, format, args);
    if (file_flush(&with) < 0)
        result = -1;
    file->error |= with.error;
    return result;
}

static int print(FILE *restrict file, const char *restrict format, va_list args)
{
    struct file_sink sink = {{put, 0}, file};

    if (file_writes(file) < 0)
        return -1;
    if (file->mode == _IONBF)
        return print_unbuffered(file, format, args);
    return format_all(&sink.sink, format, args);
}

int vfprintf(FILE *restrict file, const char *restrict format, va_list args)
{
    file_take(file);
    int result = print(file, format, args);
    file_give(file);
    return result;
}

int fprintf(FILE *restrict file, const char *restrict format, ...)
{
    va_list args;

    va_start(args, format);
    int result = vfprintf(file, format, args);
    va_end(args);
    return result;
}

int vprintf(const char *restrict format, va_list args)
{
    return vfprintf(stdout, format, args);
}

int printf(const char *restrict format, ...)
{
    va_list args;

    va_start(args, format);
    int result = vfprintf(stdout, format, args);
    va_end(args);
    return result;
}
