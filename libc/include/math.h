/* The few floating point functions that need no library of mathematics. */
/* SPDX-License-Identifier: MIT */
#pragma once

#define HUGE_VAL    __builtin_huge_val()
#define INFINITY    __builtin_inff()
#define NAN         __builtin_nanf("")
#define isnan(x)    __builtin_isnan(x)
#define isinf(x)    __builtin_isinf_sign(x)
#define isfinite(x) __builtin_isfinite(x)
#define signbit(x)  __builtin_signbit(x)
#define M_PI        3.14159265358979323846
#define M_E         2.7182818284590452354

double fabs(double x);
double ldexp(double x, int exponent);
double frexp(double x, int *exponent);
double modf(double x, double *whole);
double floor(double x);
double ceil(double x);
double trunc(double x);
double round(double x);
