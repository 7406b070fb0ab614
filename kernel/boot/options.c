/* Finds words of the kernel's command line. */
/* SPDX-License-Identifier: MIT */
#include "boot.h"

bool boot_option(const char *line, const char *name, char *value, size_t size)
{
    size_t length = strlen(name);
    while (*line) {
        while (*line == ' ')
            line++;
        const char *end = line;
        while (*end && *end != ' ')
            end++;
        bool whole = (size_t)(end - line) == length;
        if (strncmp(line, name, length) == 0 && (whole || line[length] == '=')) {
            const char *text = whole ? end : line + length + 1;
            size_t n = min((size_t)(end - text), size - 1);
            memcpy(value, text, n);
            value[n] = '\0';
            return true;
        }
        line = end;
    }
    return false;
}
