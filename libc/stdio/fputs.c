/* Writing a string. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "file.h"

int fputs_unlocked(const char *restrict text, FILE *restrict file)
{
    size_t length = strlen(text);

    return file_put(file, text, length) == length ? 0 : EOF;
}

int fputs(const char *restrict text, FILE *restrict file)
{
    file_take(file);
    int result = fputs_unlocked(text, file);
    file_give(file);
    return result;
}

int puts(const char *text)
{
    file_take(stdout);
    int result = fputs_unlocked(text, stdout) < 0 || file_put_byte(stdout, '\n') < 0 ? EOF : 1;
    file_give(stdout);
    return result;
}
