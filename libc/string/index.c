/* The names that BSD gave to strchr and strrchr. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

char *index(const char *text, int c)
{
    return strchr(text, c);
}

char *rindex(const char *text, int c)
{
    return strrchr(text, c);
}
