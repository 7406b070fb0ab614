/* The part that tools/cc makes: prints what the other part does. With an argument, that overruns an
 * array, which its canary shows. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include "part.h"

_Thread_local int of_main = 99;
_Thread_local int zero;

int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1)
        return fill(64);
    printf("first values: %d %d\n", check_variables(), zero);
    change_variables();
    printf("changed: %c %ld %d %d\n", first, long_value, wide.numbers[0], of_main);
    printf("errno: %d\n", error_of_close() == EBADF);
    printf("a full array: %c\n", fill(16));
    return 0;
}
