/* perror: writes the text of errno to standard error. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>

void perror(const char *what)
{
    const char *text = strerror(errno);

    if (what && *what)
        fprintf(stderr, "%s: %s\n", what, text);
    else
        fprintf(stderr, "%s\n", text);
}
