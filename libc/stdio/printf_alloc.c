/* printf to strings from malloc. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

int vasprintf(char **restrict text, const char *restrict format, va_list args)
{
    va_list again;

    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0 || !(*text = malloc((size_t)length + 1)))
        return -1;
    return vsnprintf(*text, (size_t)length + 1, format, args);
}

int asprintf(char **restrict text, const char *restrict format, ...)
{
    va_list args;

    va_start(args, format);
    int result = vasprintf(text, format, args);
    va_end(args);
    return result;
}
