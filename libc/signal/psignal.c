/* psignal: writes the name of a signal to standard error. */
/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdio.h>
#include <string.h>

void psignal(int signal, const char *what)
{
    if (what && *what)
        fprintf(stderr, "%s: %s\n", what, strsignal(signal));
    else
        fprintf(stderr, "%s\n", strsignal(signal));
}
