/* scanf from strings: a FILE whose buffer is the string. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "file.h"

static ssize_t nothing(struct memory_file *memory, void *block, size_t size)
{
    (void)memory, (void)block, (void)size;
    return 0;
}

/* scanf puts back only bytes that it has read, so the string is not changed. */
int vsscanf(const char *restrict text, const char *restrict format, va_list args)
{
    struct memory_file memory = {.read = nothing};
    unsigned char *buf = (unsigned char *)text, none = 0;
    FILE file = {.fd = -1, .can_read = true, .mode = _IOFBF, .memory = &memory};

    file.at = buf;
    file.limit = buf + strlen(text);
    file.buf = file.at < file.limit ? buf : &none;
    return vfscanf(&file, format, args);
}

int sscanf(const char *restrict text, const char *restrict format, ...)
{
    va_list args;

    va_start(args, format);
    int result = vsscanf(text, format, args);
    va_end(args);
    return result;
}
