/* strtol and its family: integers from text. */
/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include "syscall.h"

static int digit_value(char c)
{
    if (isdigit(c))
        return c - '0';
    return isalpha((unsigned char)c) ? (c | 32) - 'a' + 10 : 36;
}

/* Skips "0x" or "0" if the base admits it; returns the base to use. */
static int skip_prefix(const char **at, int base)
{
    const char *p = *at;
    int hex = p[0] == '0' && (p[1] | 32) == 'x' && digit_value(p[2]) < 16;

    if ((base == 0 || base == 16) && hex) {
        *at += 2;
        return 16;
    }
    if (base == 0)
        return *p == '0' ? 8 : 10;
    return base;
}

/* Parses the magnitude and the sign; *over says that the magnitude does not fit 64 bits. */
static unsigned long parse(const char *text, char **end, int base, int *negative, int *over)
{
    const char *at = text;
    unsigned long value = 0;
    int any = 0;

    *negative = *over = 0;
    if (end)
        *end = (char *)text;
    if (base < 0 || base == 1 || base > 36) {
        fail(EINVAL);
        return 0;
    }
    while (isspace((unsigned char)*at))
        at++;
    if (*at == '-' || *at == '+')
        *negative = *at++ == '-';
    base = skip_prefix(&at, base);
    for (int digit; (digit = digit_value(*at)) < base; at++, any = 1)
        if (__builtin_mul_overflow(value, (unsigned long)base, &value) ||
            __builtin_add_overflow(value, (unsigned long)digit, &value))
            *over = 1;
    if (any && end)
        *end = (char *)at;
    return value;
}

long strtol(const char *restrict text, char **restrict end, int base)
{
    int negative, over;
    unsigned long value = parse(text, end, base, &negative, &over);

    if (over || value > (unsigned long)LONG_MAX + (unsigned long)negative) {
        fail(ERANGE);
        return negative ? LONG_MIN : LONG_MAX;
    }
    return negative ? (long)-value : (long)value;
}

unsigned long strtoul(const char *restrict text, char **restrict end, int base)
{
    int negative, over;
    unsigned long value = parse(text, end, base, &negative, &over);

    if (over) {
        fail(ERANGE);
        return ULONG_MAX;
    }
    return negative ? -value : value;
}

long long strtoll(const char *restrict text, char **restrict end, int base)
{
    return strtol(text, end, base);
}

unsigned long long strtoull(const char *restrict text, char **restrict end, int base)
{
    return strtoul(text, end, base);
}

intmax_t strtoimax(const char *text, char **end, int base)
{
    return strtol(text, end, base);
}

uintmax_t strtoumax(const char *text, char **end, int base)
{
    return strtoul(text, end, base);
}
