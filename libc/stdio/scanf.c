/* scanf from files. */
/* SPDX-License-Identifier: MIT */
#include "file.h"

int fscanf(FILE *restrict file, const char *restrict format, ...)
{
    va_list args;

    va_start(args, format);
    int result = vfscanf(file, format, args);
    va_end(args);
    return result;
}

int vscanf(const char *restrict format, va_list args)
{
    return vfscanf(stdin, format, args);
}

int scanf(const char *restrict format, ...)
{
    va_list args;

    va_start(args, format);
    int result = vfscanf(stdin, format, args);
    va_end(args);
    return result;
}
