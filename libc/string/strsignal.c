/* strsignal: what a signal means, in Linux's words. */
/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <abi/signal_list.h>

#define TEXT(name, text) [name] = text,
static const char *const texts[] = {SIGNAL_LIST(TEXT)};

char *strsignal(int signal)
{
    static char other[40];

    if (signal > 0 && signal < (int)(sizeof(texts) / sizeof(texts[0])))
        return (char *)texts[signal];
    if (signal >= SIGRTMIN && signal <= SIGRTMAX)
        snprintf(other, sizeof(other), "Real-time signal %d", signal - SIGRTMIN);
    else
        snprintf(other, sizeof(other), "Unknown signal %d", signal);
    return other;
}
