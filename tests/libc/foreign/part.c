/* The part that the host's compiler makes with the host's headers and its own options: it has
 * canaries on its stack, and reads and writes thread-local variables as its options say. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "part.h"

_Thread_local char first = 'a';
_Thread_local long long_value = 1234567890123;
static _Thread_local char zeros[3000];
_Thread_local _Alignas(256) struct wide wide = {{7, 8}};

int check_variables(void)
{
    int sum = 0;

    for (unsigned i = 0; i < sizeof(zeros); i++)
        sum += zeros[i];
    memset(zeros, 1, sizeof(zeros));
    return sum == 0 && first == 'a' && long_value == 1234567890123 && wide.numbers[1] == 8 &&
           (unsigned long)&wide % 256 == 0 && of_main == 99;
}

void change_variables(void)
{
    first++;
    long_value = -1;
    of_main++;
}

int error_of_close(void)
{
    errno = 0;
    return close(-1) == -1 ? errno : 0;
}

/* A volatile size, so that the compiler does not see the overrun. */
int fill(volatile unsigned size)
{
    char array[16];

    memset(array, 'x', size);
    return array[size - 1];
}
