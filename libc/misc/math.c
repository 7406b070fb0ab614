/* The floating point functions that need no mathematics, for programs where musl is missing. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdint.h>

union bits {
    double value;
    uint64_t word;
};

double fabs(double x)
{
    return __builtin_fabs(x);
}

double trunc(double x)
{
    if (fabs(x) >= 0x1p52 || isnan(x))
        return x;
    return __builtin_copysign((double)(int64_t)x, x);
}

double floor(double x)
{
    double whole = trunc(x);

    return whole > x ? whole - 1 : whole;
}

double ceil(double x)
{
    double whole = trunc(x);

    return whole < x ? __builtin_copysign(whole + 1, x) : whole;
}

double round(double x)
{
    double whole = trunc(x);

    return fabs(x - whole) >= 0.5 ? whole + __builtin_copysign(1, x) : whole;
}

double modf(double x, double *whole)
{
    *whole = trunc(x);
    return isinf(x) ? __builtin_copysign(0, x) : __builtin_copysign(x - *whole, x);
}

double frexp(double x, int *exponent)
{
    union bits bits = {x};
    int biased = (int)(bits.word >> 52 & 0x7ff);

    *exponent = 0;
    if (x == 0 || biased == 0x7ff)
        return x;
    if (biased == 0) {
        x = frexp(x * 0x1p64, exponent);
        *exponent -= 64;
        return x;
    }
    *exponent = biased - 1022;
    bits.word = (bits.word & ~(0x7ffUL << 52)) | 1022UL << 52;
    return bits.value;
}

double ldexp(double x, int exponent)
{
    for (; exponent > 1023; exponent -= 1023)
        x *= 0x1p1023;
    for (; exponent < -969; exponent += 969)
        x *= 0x1p-969;
    union bits power = {.word = (uint64_t)(exponent + 1023) << 52};
    return x * power.value;
}
