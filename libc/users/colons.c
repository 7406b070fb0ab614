/* Lines of fields between colons. */
/* SPDX-License-Identifier: MIT */
#include "colons.h"
#include <string.h>

int colons_next(FILE *file, char **line, size_t *size, char *fields[], int n)
{
    ssize_t length;

    while ((length = getline(line, size, file)) > 0) {
        char *rest = *line;
        int found = 0;

        if (rest[length - 1] == '\n')
            rest[length - 1] = '\0';
        while (found < n && (fields[found] = strsep(&rest, ":")))
            found++;
        if (found == n && *fields[0] && *fields[0] != '#')
            return 1;
    }
    return 0;
}
