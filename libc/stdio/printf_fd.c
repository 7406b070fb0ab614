/* printf to descriptors. */
/* SPDX-License-Identifier: MIT */
#include "file.h"

int vdprintf(int fd, const char *restrict format, va_list args)
{
    FILE file = {.fd = fd, .can_write = true, .mode = _IONBF};
    unsigned char none;

    file.buf = file.at = file.limit = &none;
    file.writing = true;
    return vfprintf(&file, format, args);
}

int dprintf(int fd, const char *restrict format, ...)
{
    va_list args;

    va_start(args, format);
    int result = vdprintf(fd, format, args);
    va_end(args);
    return result;
}
