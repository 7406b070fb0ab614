/* strcasecmp and strncasecmp: comparison without regard to case. */
/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdint.h>
#include <string.h>

int strncasecmp(const char *a, const char *b, size_t size)
{
    for (; size > 0; size--, a++, b++) {
        int x = tolower((unsigned char)*a), y = tolower((unsigned char)*b);

        if (x != y || !x)
            return x - y;
    }
    return 0;
}

int strcasecmp(const char *a, const char *b)
{
    return strncasecmp(a, b, SIZE_MAX);
}
