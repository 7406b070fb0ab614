/* strcasestr: strstr without regard to case. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

char *strcasestr(const char *text, const char *part)
{
    size_t length = strlen(part);

    for (;; text++) {
        if (strncasecmp(text, part, length) == 0)
            return (char *)text;
        if (!*text)
            return NULL;
    }
}
