/* Writing a string. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "file.h"

int fputs(const char *restrict text, FILE *restrict file)
{
    size_t length = strlen(text);

    return file_put(file, text, length) == length ? 0 : EOF;
}

int fputs_unlocked(const char *restrict text, FILE *restrict file)
{
    return fputs(text, file);
}

int puts(const char *text)
{
    return fputs(text, stdout) < 0 ? EOF : fputc('\n', stdout) < 0 ? EOF : 1;
}
