/* Names that mean the function of <math.h> or <complex.h> for the type of their arguments. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <complex.h>
#include <math.h>

/* clang-format off */

/* A zero of the type that an argument counts as: a whole number is a double. The sum of two has the
 * type that decides. */
#define __tg(x) _Generic((x), float: 0.0F, long double: 0.0L, \
    float _Complex: (float _Complex)0, double _Complex: (double _Complex)0, \
    long double _Complex: (long double _Complex)0, default: 0.0)

#define __tg_real(zero, name) _Generic(zero, float: name##f, long double: name##l, default: name)
#define __tg_both(zero, name) _Generic(zero, float: name##f, long double: name##l, default: name, \
    float _Complex: c##name##f, double _Complex: c##name, long double _Complex: c##name##l)
#define __tg_parts(zero, name) _Generic(zero, float: name##f, long double: name##l, \
    float _Complex: name##f, long double _Complex: name##l, default: name)

#define sin(z)   __tg_both(__tg(z), sin)(z)
#define cos(z)   __tg_both(__tg(z), cos)(z)
#define tan(z)   __tg_both(__tg(z), tan)(z)
#define asin(z)  __tg_both(__tg(z), asin)(z)
#define acos(z)  __tg_both(__tg(z), acos)(z)
#define atan(z)  __tg_both(__tg(z), atan)(z)
#define sinh(z)  __tg_both(__tg(z), sinh)(z)
#define cosh(z)  __tg_both(__tg(z), cosh)(z)
#define tanh(z)  __tg_both(__tg(z), tanh)(z)
#define asinh(z) __tg_both(__tg(z), asinh)(z)
#define acosh(z) __tg_both(__tg(z), acosh)(z)
#define atanh(z) __tg_both(__tg(z), atanh)(z)
#define exp(z)   __tg_both(__tg(z), exp)(z)
#define log(z)   __tg_both(__tg(z), log)(z)
#define sqrt(z)  __tg_both(__tg(z), sqrt)(z)

#define pow(x, y) __tg_both(__tg(x) + __tg(y), pow)(x, y)
#define fabs(z) _Generic(__tg(z), float: fabsf, long double: fabsl, default: fabs, \
    float _Complex: cabsf, double _Complex: cabs, long double _Complex: cabsl)(z)

#define carg(z)  __tg_parts(__tg(z), carg)(z)
#define cimag(z) __tg_parts(__tg(z), cimag)(z)
#define conj(z)  __tg_parts(__tg(z), conj)(z)
#define cproj(z) __tg_parts(__tg(z), cproj)(z)
#define creal(z) __tg_parts(__tg(z), creal)(z)

#define atan2(x, y)     __tg_real(__tg(x) + __tg(y), atan2)(x, y)
#define copysign(x, y)  __tg_real(__tg(x) + __tg(y), copysign)(x, y)
#define fdim(x, y)      __tg_real(__tg(x) + __tg(y), fdim)(x, y)
#define fmax(x, y)      __tg_real(__tg(x) + __tg(y), fmax)(x, y)
#define fmin(x, y)      __tg_real(__tg(x) + __tg(y), fmin)(x, y)
#define fmod(x, y)      __tg_real(__tg(x) + __tg(y), fmod)(x, y)
#define hypot(x, y)     __tg_real(__tg(x) + __tg(y), hypot)(x, y)
#define nextafter(x, y) __tg_real(__tg(x) + __tg(y), nextafter)(x, y)
#define remainder(x, y) __tg_real(__tg(x) + __tg(y), remainder)(x, y)

#define cbrt(x)      __tg_real(__tg(x), cbrt)(x)
#define ceil(x)      __tg_real(__tg(x), ceil)(x)
#define erf(x)       __tg_real(__tg(x), erf)(x)
#define erfc(x)      __tg_real(__tg(x), erfc)(x)
#define exp2(x)      __tg_real(__tg(x), exp2)(x)
#define expm1(x)     __tg_real(__tg(x), expm1)(x)
#define floor(x)     __tg_real(__tg(x), floor)(x)
#define lgamma(x)    __tg_real(__tg(x), lgamma)(x)
#define llrint(x)    __tg_real(__tg(x), llrint)(x)
#define llround(x)   __tg_real(__tg(x), llround)(x)
#define log10(x)     __tg_real(__tg(x), log10)(x)
#define log1p(x)     __tg_real(__tg(x), log1p)(x)
#define log2(x)      __tg_real(__tg(x), log2)(x)
#define logb(x)      __tg_real(__tg(x), logb)(x)
#define ilogb(x)     __tg_real(__tg(x), ilogb)(x)
#define lrint(x)     __tg_real(__tg(x), lrint)(x)
#define lround(x)    __tg_real(__tg(x), lround)(x)
#define nearbyint(x) __tg_real(__tg(x), nearbyint)(x)
#define rint(x)      __tg_real(__tg(x), rint)(x)
#define round(x)     __tg_real(__tg(x), round)(x)
#define tgamma(x)    __tg_real(__tg(x), tgamma)(x)
#define trunc(x)     __tg_real(__tg(x), trunc)(x)

#define fma(x, y, z)         __tg_real(__tg(x) + __tg(y) + __tg(z), fma)(x, y, z)
#define frexp(x, exponent)   __tg_real(__tg(x), frexp)(x, exponent)
#define ldexp(x, exponent)   __tg_real(__tg(x), ldexp)(x, exponent)
#define nexttoward(x, y)     __tg_real(__tg(x), nexttoward)(x, y)
#define remquo(x, y, result) __tg_real(__tg(x) + __tg(y), remquo)(x, y, result)
#define scalbn(x, exponent)  __tg_real(__tg(x), scalbn)(x, exponent)
#define scalbln(x, exponent) __tg_real(__tg(x), scalbln)(x, exponent)
