/* os.confstr. */
/* SPDX-License-Identifier: MIT */
#include "os_internal.h"

char *os_confstr(int name)
{
    size_t size = confstr(name, NULL, 0);
    char *text = size ? malloc(size) : NULL;

    if (text)
        confstr(name, text, size);
    return text;
}
