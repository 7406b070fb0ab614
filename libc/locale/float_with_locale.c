/* strtod and its family, given a locale: both of ours have a point. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

float strtof_l(const char *restrict text, char **restrict end, locale_t none)
{
    (void)none;
    return strtof(text, end);
}

double strtod_l(const char *restrict text, char **restrict end, locale_t none)
{
    (void)none;
    return strtod(text, end);
}

long double strtold_l(const char *restrict text, char **restrict end, locale_t none)
{
    (void)none;
    return strtold(text, end);
}
