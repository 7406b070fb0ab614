/* atoi, atol, atoll: decimal integers from text, without a report of errors. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

int atoi(const char *text)
{
    return (int)strtol(text, NULL, 10);
}

long atol(const char *text)
{
    return strtol(text, NULL, 10);
}

long long atoll(const char *text)
{
    return strtol(text, NULL, 10);
}
