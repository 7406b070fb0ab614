/* strchr: the first byte of a string with a given value. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

char *strchr(const char *text, int c)
{
    char *found = strchrnul(text, c);

    return *found == (char)c ? found : NULL;
}
