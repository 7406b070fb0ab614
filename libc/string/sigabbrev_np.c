/* sigabbrev_np: the name of a signal without its SIG. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <abi/signal_list.h>

#define NAME(name, text) [name] = #name,
static const char *const names[] = {SIGNAL_LIST(NAME)};

const char *sigabbrev_np(int signal)
{
    if (signal <= 0 || signal >= (int)(sizeof(names) / sizeof(names[0])))
        return NULL;
    return names[signal] + 3;
}
